import { expect, test } from 'vitest';
import { readDocument } from '#lib/ledger/change';
import { nodeRecordKey, nodeRecordKind } from '#lib/ledger/node-record';
import { apiError, firing, nodeName, POOL } from '#test/remediation/bench';
import { killAt } from '#test/remediation/kill-at';
import { rulesOf } from '#test/remediation/rules-of';
import { createLimitedBench, HOUR, type LimitedBench, MINUTE, rulesWith, SECOND } from './limited-bench.ts';

const RULES = rulesWith(`budget: { maxUnavailable: 2, perDay: 100% }, storm: { nodes: 100%, within: 10m }`);

/** Two nodes are being reset and three wait; a sixth is a part of a command of a person. */
async function busyPool(): Promise<LimitedBench> {
  const bench = createLimitedBench(RULES);
  for (const index of [1, 2, 3]) {
    await bench.receive(firing(nodeName(index)));
    bench.stand(10);
  }
  await bench.command({
    id: 'c-1',
    action: 'reset-nodes',
    pool: 'train-a',
    nodes: [4, 5, 6].map(nodeName),
    parameters: {},
    mode: 'act',
  });
  return bench;
}

test.each<[string, (bench: LimitedBench) => Promise<void>, number]>([
  [
    'while places are taken, and some have to wait',
    async (bench) => void (await bench.drain('commands')),
    15,
  ],
  [
    'while a place is released, and the next command is woken',
    async (bench) => {
      bench.endJob('job-1');
      bench.stand(2 * MINUTE);
      await bench.drain('follow');
    },
    8,
  ],
  ['while a woken command takes its turn', async (bench) => void (await bench.drain('commands')), 8],
])(
  'a process that dies at any step %s leaves nothing stuck and no place taken',
  async (name, act, atLeast) => {
    for (let dieAt = 1, hasDied = true; hasDied; dieAt += 1) {
      const bench = await busyPool();
      if (!name.includes('places are taken')) await bench.drain('commands');
      if (name.includes('woken command takes')) {
        bench.endJob('job-1');
        await bench.pass(2 * MINUTE);
      }
      const process = killAt(bench, dieAt);
      await act(bench);
      hasDied = process.hasDied();
      process.revive();
      if (!hasDied) expect(dieAt, name).toBeGreaterThan(atLeast);

      const where = `killed at step ${dieAt}`;
      await bench.run(4 * HOUR, {
        jobMs: 5 * MINUTE,
        step: 10 * SECOND,
        each: () => {
          const out = [...bench.nodes.values()].filter(({ phase }) => phase !== 'Available');
          expect(out.length, where).toBeLessThanOrEqual(2);
          for (const node of bench.held()) expect(bench.leased(), where).toContain(node);
        },
      });
      const perNode = bench.resetNodes().flat();
      expect(new Set(perNode).size, where).toBe(perNode.length);
      // A request that may have been sent also holds nothing, once its nodes are seen to be idle.
      expect(bench.held(), where).toEqual([]);
      expect(bench.leased(), where).toEqual([]);
      await bench.run(2 * HOUR, { jobMs: 5 * MINUTE, step: 10 * SECOND });
      for (const { state: its } of bench.remediations())
        expect(['succeeded', 'needs-human'], where).toContain(its);
      expect(bench.queues.commands, where).toEqual([]);
      expect(bench.queues.follow, where).toEqual([]);
      expect(bench.waiting(), where).toEqual([]);
      // Only a request that may have been sent is left to a person.
      const lost = bench.remediations().filter(({ state: its }) => its === 'needs-human');
      expect(lost.length, where).toBeLessThanOrEqual(2);
    }
  },
);

const BOTH = {
  id: 'c-1',
  action: 'reset-nodes',
  pool: 'train-a',
  nodes: [1, 2].map(nodeName),
  parameters: {},
  mode: 'act',
};

const roomFor = (maxUnavailable: number) =>
  rulesWith(
    `budget: { maxUnavailable: ${maxUnavailable}, perDay: 100% }, storm: { nodes: 100%, within: 10m }`,
  );

test('a part that ended keeps its cooldown after a death at any step, when the API refuses the next part', async () => {
  let refused = 0;
  for (let dieAt = 1, hasDied = true; hasDied; dieAt += 1) {
    const bench = createLimitedBench(roomFor(1));
    await bench.command(BOTH);
    await bench.run(2 * MINUTE, { jobMs: 5 * MINUTE });
    const process = killAt(bench, dieAt);
    const isLeft = () => process.hasDied() || bench.remediations()[0]!.state === 'deferred';
    while (!isLeft()) await bench.run(10 * SECOND, { jobMs: 5 * MINUTE });
    hasDied = process.hasDied();
    process.revive();
    if (bench.remediations()[0]!.state !== 'deferred') continue;
    // The sender repeats its command before the message of the poll that died comes again. New rules have room for both nodes.
    bench.queues.follow.length = 0;
    await bench.command(BOTH);
    Object.assign(bench.rules, rulesOf(roomFor(2)));
    bench.api.before = (endpoint) => {
      if (endpoint === 'batchResetNodes')
        throw apiError(endpoint, { outcome: 'refused', transient: false, status: 400 });
    };
    await bench.run(HOUR);
    refused += 1;
    expect(bench.remediations()[0]!.state).toBe('failed');
    expect(bench.leased()).toEqual([]);
    const history = await readDocument(bench.store, nodeRecordKind, nodeRecordKey(POOL, nodeName(1)));
    expect(history?.last, `killed at step ${dieAt}`).toMatchObject({ outcome: 'succeeded' });
  }
  expect(refused).toBeGreaterThan(1);
});
