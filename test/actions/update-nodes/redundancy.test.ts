import { describe, expect, test } from 'vitest';
import { updateNodes } from '#lib/actions/update-nodes/definition';
import { readWaiting } from '#lib/capacity/wait-list';
import { apiError, createBench, nodeName, POOL } from '#test/remediation/bench';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const HA_LABEL = 'os.modelarts.node/ha.redundant.enabled';
const OPEN = { action: 'openHaRedundant' };

const rulesWith = (pool: string, maxUnavailable: number) => `
pools:
  train-a: { id: ${POOL}, budget: { maxUnavailable: ${maxUnavailable}, perDay: 100% } ${pool} }
rules: []
polling: { first: 90s, every: 30s }
`;

type Bench = ReturnType<typeof createRedundancyBench>;

/** A pool of so many nodes, all of them operational. */
function createRedundancyBench({ nodes = 10, pool = '', maxUnavailable = 1 } = {}) {
  const bench = createBench(rulesWith(pool, maxUnavailable), updateNodes);
  for (const [index, node] of [...bench.nodes.values()].entries()) {
    node.phase = 'Available';
    if (index >= nodes) bench.nodes.delete(node.name);
  }
  return bench;
}

/** The API shows no label, even after a change. */
function createHidingBench() {
  const bench = createRedundancyBench({ pool: ', breaker: { failures: 100, pause: 1m }' });
  bench.update.shown = false;
  return bench;
}

async function update(
  bench: Bench,
  nodes: readonly string[],
  parameters: object = OPEN,
  more: object = {},
): Promise<void> {
  await bench.command({ action: 'update-nodes', pool: POOL, nodes, parameters, mode: 'act', ...more });
  await bench.advance(5_000);
}

const names = (count: number) => Array.from({ length: count }, (_, index) => nodeName(index + 1));
const asked = (bench: Bench): string[] =>
  bench.bodies('batchUpdateNodes').flatMap(({ nodeNames }) => nodeNames);
const isolated = ({ nodes }: Bench) =>
  [...nodes.values()].filter(({ labels }) => labels?.[HA_LABEL] === 'true').length;

describe('a node that is isolated by HA redundancy takes a place in the budget', () => {
  test('so that of ten nodes no more are isolated at a time than the pool can do without', async () => {
    const bench = createRedundancyBench();
    await update(bench, names(10));
    expect(asked(bench)).toEqual([nodeName(1)]);
    for (let minutes = 0; minutes < 180; minutes += 5) {
      await bench.advance(5 * MINUTE, 10_000);
      expect(isolated(bench)).toBeLessThanOrEqual(1);
    }
    await update(bench, [nodeName(1)], { action: 'closeHaRedundant' });
    await bench.advance(HOUR, 10_000);
    expect(isolated(bench)).toBe(1);
    expect(asked(bench)).toEqual([nodeName(1), nodeName(1), nodeName(2)]);
  });

  test('in many commands at once', async () => {
    const bench = createRedundancyBench();
    for (const node of names(5))
      await bench.command({
        action: 'update-nodes',
        pool: POOL,
        nodes: [node],
        parameters: OPEN,
        mode: 'act',
      });
    await bench.drain('commands', 3);
    await bench.advance(10 * MINUTE, 10_000);
    expect(asked(bench)).toHaveLength(1);
  });

  test('which a node that is out of service has already', async () => {
    const bench = createRedundancyBench();
    bench.nodes.get(nodeName(5))!.phase = 'Abnormal';
    await update(bench, [nodeName(1)]);
    expect(asked(bench)).toEqual([]);
    expect(bench.remediations()).toMatchObject([{ state: 'deferred' }]);
  });

  test('beside those that are out of service and those that are isolated already', async () => {
    const bench = createRedundancyBench({ maxUnavailable: 2 });
    bench.nodes.get(nodeName(5))!.phase = 'Abnormal';
    bench.nodes.get(nodeName(6))!.labels = { [HA_LABEL]: 'true' };
    await update(bench, [nodeName(1)]);
    expect(asked(bench)).toEqual([]);
    expect(bench.remediations()).toMatchObject([{ state: 'deferred' }]);
  });

  test('and keeps no reset waiting', async () => {
    const bench = createRedundancyBench();
    await update(bench, names(3));
    await bench.advance(3 * MINUTE);
    const waiting = await readWaiting(POOL, bench);
    expect(waiting.map(({ waitsFor }) => waitsFor)).toEqual(['time']);
  });

  test('while tags need no place', async () => {
    const bench = createRedundancyBench();
    await update(bench, names(10), { action: 'createTags', tags: [{ key: 'Env', value: 'prod' }] });
    expect(asked(bench)).toHaveLength(10);
  });
});

describe('a node counts as isolated though the API never shows its label', () => {
  test('so that no other node is isolated after it, until a call returns it', async () => {
    const bench = createHidingBench();
    await update(bench, [nodeName(1)]);
    await bench.advance(HOUR, 10_000);
    expect(bench.remediations()).toMatchObject([{ state: 'failed' }]);
    await update(bench, [nodeName(2)], OPEN, { id: 'second' });
    await bench.advance(HOUR, 10_000);
    expect(asked(bench)).toEqual([nodeName(1)]);
    const second = bench.remediations().find(({ id }) => id === 'second');
    expect(second).toMatchObject({
      state: 'deferred',
      why: expect.stringContaining(`closeHaRedundant returns ${nodeName(1)}`),
    });
    await update(bench, [nodeName(1)], { action: 'closeHaRedundant' });
    await bench.advance(HOUR, 10_000);
    expect(asked(bench)).toEqual([nodeName(1), nodeName(1), nodeName(2)]);
  });

  test('and though a call that sets its tags has succeeded since', async () => {
    const bench = createHidingBench();
    await update(bench, [nodeName(1)]);
    await bench.advance(HOUR, 10_000);
    await update(bench, [nodeName(1)], { action: 'createTags', tags: [{ key: 'Env', value: 'prod' }] });
    await update(bench, [nodeName(2)]);
    await bench.advance(HOUR, 10_000);
    expect(asked(bench)).toEqual([nodeName(1), nodeName(1)]);
  });

  test('and though the answer of its call was lost', async () => {
    const bench = createHidingBench();
    bench.api.before = (endpoint, body) => {
      if (endpoint === 'batchUpdateNodes' && body.nodeNames.includes(nodeName(1)))
        throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 504 });
    };
    await update(bench, [nodeName(1)]);
    await update(bench, [nodeName(2)]);
    await bench.advance(30 * MINUTE, 10_000);
    expect(new Set(asked(bench))).toEqual(new Set([nodeName(1)]));
  });

  test('but not when the API has refused it', async () => {
    const bench = createHidingBench();
    bench.update.failing.add(nodeName(1));
    await update(bench, [nodeName(1)]);
    await bench.advance(HOUR, 10_000);
    await update(bench, [nodeName(2)]);
    await bench.advance(MINUTE);
    expect(asked(bench).at(-1)).toBe(nodeName(2));
  });

  test('nor when its label says so after the call', async () => {
    const bench = createHidingBench();
    await update(bench, [nodeName(1)]);
    await bench.advance(HOUR, 10_000);
    bench.nodes.get(nodeName(1))!.labels = { [HA_LABEL]: 'false' };
    await update(bench, [nodeName(2)]);
    expect(asked(bench)).toEqual([nodeName(1), nodeName(2)]);
  });
});

test('a node that hides all of its labels may be isolated', async () => {
  const bench = createRedundancyBench();
  for (const node of bench.nodes.values()) node.labels = { zone: 'a' };
  bench.nodes.get(nodeName(5))!.labels = {};
  await update(bench, [nodeName(1)]);
  expect(asked(bench)).toEqual([]);
  bench.nodes.get(nodeName(5))!.labels = { zone: 'a' };
  await bench.advance(30 * MINUTE, 10_000);
  expect(asked(bench)).toEqual([nodeName(1)]);
});

describe('the cooldown', () => {
  test('keeps a node from another isolation and from a reset, and allows its return', async () => {
    const bench = createRedundancyBench();
    await update(bench, [nodeName(1)], OPEN, { id: 'first' });
    await bench.advance(2 * MINUTE);
    await update(bench, [nodeName(1)], OPEN, { id: 'again' });
    const again = bench.remediations().find(({ id }) => id === 'again');
    expect(again).toMatchObject({ state: 'skipped', why: expect.stringContaining('of remediation first') });
    await update(bench, [nodeName(1)], { action: 'closeHaRedundant' });
    await bench.advance(2 * MINUTE);
    expect(bench.bodies('batchUpdateNodes').map(({ action }) => action)).toEqual([
      'openHaRedundant',
      'closeHaRedundant',
    ]);
  });
});

describe('redundancy is refused, with the reason,', () => {
  test('in a pool of one node', async () => {
    const bench = createRedundancyBench({ nodes: 1 });
    await update(bench, [nodeName(1)]);
    expect(asked(bench)).toEqual([]);
    expect(bench.remediations()).toMatchObject([
      { state: 'skipped', why: 'the pool has one node; HA redundancy needs at least two' },
    ]);
    await update(bench, [nodeName(1)], { action: 'closeHaRedundant' });
    expect(asked(bench)).toEqual([nodeName(1)]);
  });

  test.each(['openHaRedundant', 'closeHaRedundant'])(
    '%s for a node that is not operational',
    async (action) => {
      const bench = createRedundancyBench();
      bench.nodes.get(nodeName(1))!.phase = 'Abnormal';
      await update(bench, [nodeName(1)], { action });
      expect(asked(bench)).toEqual([]);
      expect(bench.remediations()).toMatchObject([
        { state: 'skipped', why: expect.stringContaining('needs an operational node') },
      ]);
    },
  );

  test('and tags are set all the same', async () => {
    const bench = createRedundancyBench();
    bench.nodes.get(nodeName(1))!.phase = 'Abnormal';
    await update(bench, [nodeName(1)], { action: 'createTags', tags: [{ key: 'Env', value: 'prod' }] });
    expect(asked(bench)).toEqual([nodeName(1)]);
  });
});
