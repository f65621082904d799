import { describe, expect, test } from 'vitest';
import { firing } from '#test/remediation/bench';
import {
  AWAY,
  createLadder,
  MINUTE,
  NODE,
  QUARANTINE,
  RESET,
  SECOND,
  statesOf,
  TELL,
} from './ladder-bench.ts';

const TAGS = 'update-nodes: { action: createTags, tags: [{ key: Broken, value: "yes" }] }';

describe('only what was seen broken moves a ladder on', () => {
  test('a list that does not show the node once is looked at again', async () => {
    const bench = createLadder([RESET, AWAY]);
    await bench.receive(firing(NODE));
    await bench.advance(5 * SECOND);
    bench.endJob('job-1');
    const node = bench.nodes.get(NODE)!;
    bench.nodes.delete(NODE);
    await bench.advance(2 * MINUTE);
    expect(bench.chain()).toMatchObject([
      { state: 'verifying', why: "the pool's list does not show the node" },
    ]);
    bench.nodes.set(NODE, node);
    await bench.advance(MINUTE);
    expect(statesOf(bench.chain())).toEqual(['succeeded']);
    expect(bench.bodies('batchMigrateNodes')).toEqual([]);
  });

  test('a node in a phase that no page names is left to a person', async () => {
    const bench = createLadder([RESET, AWAY]);
    await bench.receive(firing(NODE));
    await bench.advance(5 * SECOND);
    bench.endJob('job-1', 'Success', { [NODE]: 'Unhealthy' });
    await bench.advance(50 * MINUTE);
    expect(bench.chain()).toMatchObject([
      {
        state: 'needs-human',
        why: 'the state of the node was not known in time: the node is Unhealthy; look at it in the console',
      },
    ]);
    expect(bench.bodies('batchMigrateNodes')).toEqual([]);
    expect(bench.leased()).toEqual([]);
    expect(bench.queues.follow).toEqual([]);
  });

  test('a node that arrives and is broken was not repaired by the move', async () => {
    const bench = createLadder([AWAY, TELL]);
    await bench.receive(firing(NODE));
    await bench.advance(5 * SECOND);
    bench.endJob('job-1');
    bench.pools.get(QUARANTINE)!.nodes.get(NODE)!.phase = 'Abnormal';
    await bench.advance(3 * MINUTE);
    expect(statesOf(bench.chain())).toEqual(['escalated', 'needs-human']);
    expect(bench.chain()[0]!.why).toContain('the node is Abnormal');
    expect(bench.notices).toMatchObject([{ kind: 'rung', severity: 'critical' }]);
  });
});

describe('a rung that sets tags', () => {
  test('is done when the API says so, where the rule does not say how it is verified', async () => {
    const bench = createLadder([`{ ${TAGS} }`, RESET]);
    await bench.receive(firing(NODE));
    await bench.advance(10 * MINUTE);
    expect(statesOf(bench.chain())).toEqual(['succeeded']);
    expect(bench.queues.follow).toEqual([]);
  });

  test('is followed until the node is well, where the rule does', async () => {
    const bench = createLadder([`{ ${TAGS}, verify: { healthyFor: 2m, within: 30m } }`, RESET]);
    await bench.receive(firing(NODE));
    await bench.advance(29 * MINUTE);
    expect(bench.chain()).toMatchObject([{ state: 'verifying', why: 'the node is Abnormal' }]);
    await bench.advance(2 * MINUTE);
    expect(statesOf(bench.chain())).toEqual(['escalated', 'running']);
    expect(bench.resets()).toHaveLength(1);
    expect(bench.bodies('batchUpdateNodes')).toHaveLength(1);
  });

  test('has helped when the node is well for as long as the rule wants', async () => {
    const bench = createLadder([`{ ${TAGS}, verify: { healthyFor: 2m, within: 30m } }`, RESET]);
    await bench.receive(firing(NODE));
    await bench.advance(5 * MINUTE);
    bench.nodes.get(NODE)!.phase = 'Available';
    await bench.advance(4 * MINUTE);
    expect(statesOf(bench.chain())).toEqual(['succeeded']);
    expect(bench.leased()).toEqual([]);
  });
});
