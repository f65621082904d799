import { describe, expect, test } from 'vitest';
import { createBench, firing } from '#test/remediation/bench';
import {
  AWAY,
  createLadder,
  MINUTE,
  NODE,
  QUARANTINE,
  rulesOf,
  SECOND,
  statesOf,
  VERIFIED,
} from './ladder-bench.ts';

/** The node as it is once its reset is over. */
async function reset(bench: ReturnType<typeof createLadder>, shown: object) {
  await bench.receive(firing(NODE));
  await bench.advance(5 * SECOND);
  Object.assign(bench.nodes.get(NODE)!, shown);
  bench.endJob('job-1');
  await bench.advance(12 * MINUTE);
}

const DEMAND = 'healthy: { driver: 24.1.* }';

describe('a rule that demands a version of the driver', () => {
  test('goes on with its ladder where the node shows another', async () => {
    const bench = createLadder([VERIFIED, AWAY], DEMAND);
    await reset(bench, { driverPhase: 'Running', driverVersion: '23.0' });
    expect(bench.chain()[0]).toMatchObject({
      state: 'escalated',
      why: expect.stringContaining('its driver is 23.0; the rules demand 24.1.*'),
    });
    expect(bench.bodies('batchMigrateNodes')).toHaveLength(1);
  });

  test('succeeds where it shows that one, and says so', async () => {
    const bench = createLadder([VERIFIED, AWAY], DEMAND);
    await reset(bench, { driverPhase: 'Running', driverVersion: '24.1.0.3' });
    expect(statesOf(bench.chain())).toEqual(['succeeded']);
    expect(bench.chain()[0]!.receipts.findLast(({ step }) => step === 'verify')).toMatchObject({
      why: 'the node is Available, and its driver Running (24.1.0.3)',
    });
  });

  test('leaves it to a person where it shows none: nothing more is done', async () => {
    const bench = createLadder([VERIFIED, AWAY], DEMAND);
    await reset(bench, {});
    expect(statesOf(bench.chain())).toEqual(['needs-human']);
    expect(bench.bodies('batchMigrateNodes')).toEqual([]);
  });

  test('succeeds where it shows none, if the rule says that this is well', async () => {
    const bench = createLadder([VERIFIED, AWAY], 'healthy: { driver: 24.1.*, absent: well }');
    await reset(bench, {});
    expect(statesOf(bench.chain())).toEqual(['succeeded']);
  });
});

test('after a migration the pool in which the node arrives says what it must show', async () => {
  const rules = rulesOf([AWAY]).replace(
    `{ id: ${QUARANTINE} }`,
    `{ id: ${QUARANTINE}, healthy: { driver: "25.*" } }`,
  );
  const bench = createBench(rules);
  bench.pools.set(QUARANTINE, { nodes: new Map(), clusters: [] });
  await bench.receive(firing(NODE));
  await bench.advance(5 * SECOND);
  Object.assign(bench.nodes.get(NODE)!, { driverPhase: 'Running', driverVersion: '24.1' });
  bench.endJob('job-1');
  await bench.advance(5 * MINUTE);
  expect(bench.remediations()[0]).toMatchObject({
    state: 'needs-human',
    why: expect.stringContaining('its driver is 24.1; the rules demand 25.*'),
  });
});

test('a driver that all nodes of the flavor show, and one does not after its reset, is not known to be well', async () => {
  const bench = createLadder([VERIFIED, AWAY]);
  for (const node of bench.nodes.values()) Object.assign(node, { driverPhase: 'Running' });
  await reset(bench, { driverPhase: undefined });
  expect(bench.chain()).toMatchObject([
    {
      state: 'needs-human',
      why: expect.stringContaining('the node is Available (its driver is not shown)'),
    },
  ]);
  expect(bench.bodies('batchMigrateNodes')).toEqual([]);
});

test.each([
  ['unknown', 0],
  ['well', 1],
])(
  'in a pool whose rules say that an absent driver is %s, a budget counts such nodes so',
  async (absent, calls) => {
    const rules = rulesOf([VERIFIED]).replace(
      'budget: { maxUnavailable: 100%, perDay: 100% }',
      `budget: { maxUnavailable: 1, perDay: 100% }, healthy: { absent: ${absent} }`,
    );
    const bench = createBench(rules);
    for (const node of bench.nodes.values()) node.phase = 'Available';
    await bench.receive(firing(NODE));
    await bench.advance(5 * SECOND);
    expect(bench.resets()).toHaveLength(calls);
  },
);
