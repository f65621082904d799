import { describe, expect, test } from 'vitest';
import { migrateNodes } from '#lib/actions/migrate-nodes/definition';
import { updateNodes } from '#lib/actions/update-nodes/definition';
import { createNodePoolBench } from '../actions/node-pools/node-pool-bench.ts';
import { createBench, firing, nodeName, RULES } from '../remediation/bench.ts';
import { jobsEnd, liveAndDie, openCalls } from './mortal.ts';

const MINUTE = 60_000;
const NODES = [nodeName(1), nodeName(2)];
const QUARANTINE = 'pool-quarantine-00000000000000000000000000';
const ELSEWHERE = RULES.replace('pools:', `pools:\n  quarantine: { id: ${QUARANTINE} }`);

const TAGS = { action: 'createTags', tags: [{ key: 'CostCenter', value: '4711' }] };
const REDUNDANCY = { action: 'openHaRedundant' };
const AWAY = { toPoolName: QUARANTINE, resourceSpec: { flavor: 'modelarts.vm.2u4g' } };

type Bench = ReturnType<typeof createBench>;

type Moment = 'before' | 'after';

/** Before a step the ledger is as after the step before it. One action is tried with both: it shows that this is so. */
const BOTH: readonly Moment[] = ['before', 'after'];
const AFTER: readonly Moment[] = ['after'];

/** Two commands by a producer that puts each into the ledger, and on its queue. */
async function commands(bench: Bench, action: string, parameters: object): Promise<void> {
  for (const node of NODES) {
    await bench.command({ id: `c-${node}`, action, pool: 'train-a', nodes: [node], parameters, mode: 'act' });
    await bench.drain('commands');
  }
}

const ACTIONS: [
  string,
  {
    create: () => Bench;
    begin: (bench: Bench) => Promise<unknown>;
    called: (bench: Bench) => string[];
    once: boolean;
    moments: readonly Moment[];
  },
][] = [
  [
    'reset-nodes',
    {
      create: () => createBench(),
      begin: (bench) => bench.receive(...NODES.map((node) => firing(node))),
      called: (bench) => bench.resets().flatMap(({ body }) => body.nodeNames),
      once: true,
      moments: BOTH,
    },
  ],
  [
    'migrate-nodes',
    {
      create() {
        const bench: any = createBench(ELSEWHERE, migrateNodes);
        bench.pools.set(QUARANTINE, { nodes: new Map(), clusters: [] });
        return bench;
      },
      begin: (bench) => commands(bench, 'migrate-nodes', AWAY),
      called: (bench) =>
        bench.bodies('batchMigrateNodes').flatMap(({ migrateNodeNames }) => migrateNodeNames),
      once: true,
      moments: AFTER,
    },
  ],
  ...[TAGS, REDUNDANCY].map((parameters): (typeof ACTIONS)[number] => [
    `update-nodes (${parameters.action})`,
    {
      create() {
        const bench: any = createBench(RULES, updateNodes);
        // HA redundancy is only changed of nodes that are operational.
        if (parameters === REDUNDANCY) for (const node of bench.nodes.values()) node.phase = 'Available';
        return bench;
      },
      begin: (bench) => commands(bench, 'update-nodes', parameters),
      called: (bench) => bench.bodies('batchUpdateNodes').flatMap(({ nodeNames }) => nodeNames),
      once: false,
      moments: AFTER,
    },
  ]),
];

describe.each(ACTIONS)('%s', (_name, { create, begin, called, once, moments }) => {
  test.each(moments)(
    'ends in an outcome, and is done once, if a process dies %s any step, with every message lost',
    async (moment) => {
      let undecidable = 0;
      let dieAt = 0;
      for (let died = true; died; ) {
        dieAt += 1;
        const bench = create();
        died = await liveAndDie(
          bench,
          { dieAt, moment },
          { begin: () => begin(bench), happens: () => jobsEnd(bench) },
        );
        const told = `died ${moment} step ${dieAt}`;
        const done = called(bench).toSorted();
        const states = Object.fromEntries(
          bench.remediations().map(({ nodes, state }) => [nodes?.[0], state]),
        );
        for (const node of NODES) {
          const calls = done.filter((name) => name === node).length;
          // Between the intent and the request no process can know whether it was sent: it is not sent again, and its node is
          // released once it is plain that nothing works on it.
          if (calls === 0) undecidable += 1;
          expect(states[node], told).toBe(calls === 0 ? 'needs-human' : 'succeeded');
          expect(bench.leased(), told).not.toContain(node);
          if (once) expect(calls, told).toBeLessThanOrEqual(1);
        }
        expect(openCalls(bench), told).toEqual([]);
        expect({ ...bench.queues }, told).toEqual({ commands: [], follow: [], deadLetters: [] });
      }
      expect(dieAt).toBeGreaterThan(20);
      expect(undecidable).toBe(once ? 2 : 0);
    },
  );
});

test.each(AFTER)(
  'a deletion that was approved ends in an outcome, and is done once, if a process dies %s any step, with every message lost',
  async (moment) => {
    let undecidable = 0;
    let dieAt = 0;
    for (let died = true; died; ) {
      dieAt += 1;
      const bench = createNodePoolBench();
      await bench.accept({ id: 'c-1', action: 'delete-node-pool', nodePool: 'np-1', parameters: {} });
      await bench.settleQueues();
      const { hash } = bench.remediation().plan!;
      let begunAtMs: number | undefined;
      died = await liveAndDie(
        { ...bench, services: bench.consoleServices },
        { dieAt, moment },
        {
          begin: () => bench.approve('c-1', hash),
          happens() {
            if (bench.sent('deleteNodePool').length > 0) begunAtMs ??= bench.now();
            if (begunAtMs && bench.now() - begunAtMs > 10 * MINUTE) bench.nodePools.delete('np-1');
          },
        },
      );
      const told = `died ${moment} step ${dieAt}`;
      const calls = bench.sent('deleteNodePool').length;
      if (calls === 0) undecidable += 1;
      expect(calls, told).toBeLessThanOrEqual(1);
      expect(bench.remediation().state, told).toBe(calls === 0 ? 'needs-human' : 'succeeded');
      expect(openCalls(bench), told).toEqual([]);
      expect(Object.values(bench.queues).flat(), told).toEqual([]);
    }
    expect(dieAt).toBeGreaterThan(10);
    expect(undecidable).toBe(1);
  },
);
