import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { migrateNodes } from '#lib/actions/migrate-nodes/definition';
import type { PoolRecord } from '#lib/ledger/pool-record';
import { PoolJob } from '#lib/modelarts/replies/pool-job';
import { candidateJobs } from '#lib/remediation/tracking/find-job';
import { apiError, createBench, firing, nodeName, POOL } from '#test/remediation/bench';
import { killAt } from '#test/remediation/kill-at';
import { runs } from '#test/runs';

const MINUTE = 60_000;
const QUARANTINE = 'pool-quarantine-00000000000000000000000000';
const [A, B, C] = [nodeName(1), nodeName(2), nodeName(3)] as const;
const SPEC = { flavor: 'modelarts.vm.2u4g' };
const NOWHERE = 'pool-nowhere-6f5da086876d4cd084d36f8bd3346036';
const SLOW = 'pool-slow-6f5da086876d4cd084d36f8bd3346036';
const AWAY = { toPoolName: QUARANTINE, resourceSpec: SPEC };
const CLUSTER = 'os.modelarts.node/cluster';
const BATCH = 'os.modelarts.node/batch.uid';
const COUNT = 'os.modelarts.node/batch.count';

const RULES = `
pools:
  train-a: { id: ${POOL}, budget: { maxUnavailable: 100%, perDay: 100% } }
  quarantine: { id: ${QUARANTINE} }
rules:
  - name: move
    when: { labels: { alertname: CardLost } }
    node: { from: labels.instance }
    pool: train-a
    mode: act
    ladder:
      - migrate-nodes: { toPoolName: quarantine, resourceSpec: { flavor: modelarts.vm.2u4g } }
        verify: { healthyFor: 2m, within: 20m }
`;

/** A source pool of so many nodes, and an empty pool to move them to. */
function createMigrationBench(size = 5, rules = RULES) {
  const bench = createBench(rules, migrateNodes);
  for (const name of [...bench.nodes.keys()].slice(size)) bench.nodes.delete(name);
  const quarantine = new Map<string, any>();
  bench.pools.set(QUARANTINE, { nodes: quarantine, clusters: [] });
  return Object.assign(bench, { quarantine });
}
type Bench = ReturnType<typeof createMigrationBench>;

const command = (nodes: readonly string[], parameters: object = AWAY, more: object = {}) => ({
  action: 'migrate-nodes',
  pool: 'train-a',
  nodes,
  parameters,
  mode: 'act',
  ...more,
});
const migrations = (bench: Bench) => bench.bodies('batchMigrateNodes');
const movedBy = (bench: Bench): string[] =>
  migrations(bench).flatMap(({ migrateNodeNames }) => migrateNodeNames);
const statesOf = (bench: Bench) => bench.remediations().map(({ state }) => state);

const lose = (bench: Bench, when: 'after' | 'before', more: (bench: Bench) => void = () => {}) => {
  bench.api[when] = (endpoint) => {
    if (endpoint !== 'batchMigrateNodes') return;
    more(bench);
    throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 504 });
  };
};

const jobNaming = (jobId: string, names: readonly string[]) =>
  PoolJob.parse({ jobId, phase: 'Running', inputs: { migrateNodeNames: names } });

test('all nodes of a pool do not go to the cluster of another pool because the command calls that their own', async () => {
  const bench = createMigrationBench(3);
  for (const node of bench.nodes.values()) node.labels = { [CLUSTER]: 'c1' };
  bench.quarantine.set('there', {
    name: 'there',
    phase: 'Available',
    privateIp: '',
    labels: { [CLUSTER]: 'c2' },
  });
  for (const contradiction of [{ toPoolName: 'train-a' }, { fromClusterName: 'c2' }])
    await bench.command(
      command(
        [A, B, C],
        { ...contradiction, toClusterName: 'c2', resourceSpec: SPEC },
        { id: Object.keys(contradiction)[0] },
      ),
    );
  await bench.advance(MINUTE);
  expect(migrations(bench)).toEqual([]);
  expect(statesOf(bench)).toEqual(['skipped', 'skipped']);
});

describe('a migration', () => {
  test('is sent with every cluster, followed by its job, and over when the other pool has the nodes', async () => {
    const bench = createMigrationBench();
    bench.nodes.get(A)!.labels = { [CLUSTER]: 'lite-1' };
    bench.pools.get(QUARANTINE)!.clusters.push('lite-2');
    await bench.command(command([A], { toPoolName: 'quarantine', resourceSpec: SPEC }));
    await bench.advance(5_000);
    expect(migrations(bench)).toEqual([
      {
        migrateNodeNames: [A],
        fromClusterName: 'lite-1',
        toClusterName: 'lite-2',
        toPoolName: QUARANTINE,
        resourceSpec: SPEC,
      },
    ]);
    expect(bench.remediations()).toMatchObject([{ state: 'running', jobId: 'job-1' }]);
    await bench.advance(10 * MINUTE);
    bench.endJob('job-1');
    await bench.advance(MINUTE);
    expect(bench.remediations()).toMatchObject([
      { state: 'succeeded', why: expect.stringContaining(QUARANTINE) },
    ]);
    expect(bench.leased()).toEqual([]);
    expect(bench.queues).toEqual({ commands: [], follow: [], deadLetters: [] });
    const record: any = bench.store.documents().find(({ pk }) => pk === `node#${POOL}#${A}`)!['value'];
    expect(record.last).toMatchObject({ action: 'migrate-nodes', outcome: 'succeeded' });
  });

  test('carries every field of its table', async () => {
    const bench = createMigrationBench();
    const volume = { volumeType: 'SSD', size: '100' };
    const resourceSpec = {
      ...SPEC,
      creatingStep: { step: 16, type: 'hyperinstance' },
      nodePool: 'repair',
      rootVolume: volume,
      dataVolumes: [
        { ...volume, count: 2, extendParams: { volumeGroup: 'vgpaas' } },
        { ...volume, extendParams: { volumeGroup: 'vguser1' } },
      ],
      volumeGroupConfigs: [
        { volumeGroup: 'vgpaas', dockerThinPool: 90, types: ['volume'] },
        { volumeGroup: 'vguser1', lvmConfig: { lvType: 'striped', path: '/data' } },
      ],
      labels: { team: 'ml' },
      taints: [{ key: 'repair', value: 'yes', effect: 'NoSchedule' }],
      tags: [{ key: 'CostCenter', value: '4711' }],
      network: { vpc: 'v', subnet: 's', securityGroups: ['g'] },
      extendParams: {
        dockerBaseSize: '50',
        postInstall: 'ZWNobyBoaQ==',
        runtime: 'containerd',
        labelPolicyOnExistingNodes: 'ignore',
        taintPolicyOnExistingNodes: 'refresh',
        tagPolicyOnExistingNodes: 'ignore',
        XParameterPlaneSubnet: 'p',
        nodePoolName: 'repair',
      },
    };
    const clusters = { fromClusterName: 'from', toClusterName: 'to' };
    await bench.command(command([A], { ...clusters, toPoolName: QUARANTINE, resourceSpec }));
    await bench.advance(5_000);
    expect(migrations(bench)).toEqual([
      { migrateNodeNames: [A], ...clusters, toPoolName: QUARANTINE, resourceSpec },
    ]);
  });

  test('of an alert goes to the pool that the rule names, and the node must be well there', async () => {
    const bench = createMigrationBench();
    await bench.receive(firing(A));
    await bench.advance(5_000);
    expect(migrations(bench)).toMatchObject([{ toPoolName: QUARANTINE }]);
    bench.endJob('job-1');
    await bench.advance(2 * MINUTE);
    expect(bench.remediations()).toMatchObject([
      { state: 'verifying', why: expect.stringContaining('of 2 min') },
    ]);
    await bench.advance(2 * MINUTE);
    expect(statesOf(bench)).toEqual(['succeeded']);
  });

  test('recognises a node that has arrived under another name, and none that was there before', async () => {
    for (const before of [true, false]) {
      const bench = createMigrationBench();
      const stranger = { name: 'os-node-created-zzzzz', phase: 'Available', privateIp: '10.0.0.1' };
      if (before) bench.quarantine.set(stranger.name, stranger);
      await bench.command(command([A]));
      await bench.advance(5_000);
      bench.jobs[0]!.finish = () => {
        bench.nodes.delete(A);
        bench.quarantine.set(stranger.name, stranger);
      };
      bench.endJob('job-1');
      await bench.advance(3 * MINUTE);
      expect(bench.remediations()).toMatchObject([
        before
          ? { state: 'verifying', why: expect.stringContaining('does not show the node') }
          : {
              state: 'succeeded',
              why: expect.stringContaining('as os-node-created-zzzzz, by its private address'),
            },
      ]);
    }
  });

  test('whose job succeeds and whose node is in neither pool at the deadline is a case for a person', async () => {
    const bench = createMigrationBench();
    await bench.command(command([A]));
    await bench.advance(5_000);
    bench.jobs[0]!.finish = () => bench.nodes.delete(A);
    bench.endJob('job-1');
    await bench.advance(58 * MINUTE);
    expect(statesOf(bench)).toEqual(['verifying']);
    await bench.advance(3 * MINUTE);
    expect(bench.remediations()).toMatchObject([
      { state: 'needs-human', why: expect.stringContaining('old pool does not, either') },
    ]);
    expect(bench.leased()).toEqual([]);
    expect(bench.queues.follow).toEqual([]);
  });
});

describe('the source pool keeps a node', () => {
  const size = 3;

  test('when one command asks for all', async () => {
    const bench = createMigrationBench(size);
    await bench.command(command([A, B, C]));
    await bench.advance(5_000);
    expect(migrations(bench)).toEqual([]);
    expect(bench.remediations()).toMatchObject([
      { state: 'skipped', why: expect.stringContaining('of 3 nodes in the source pool 3 would go') },
    ]);
  });

  test('when the commands of one batch ask for all together: the oldest go', async () => {
    const bench = createMigrationBench(size);
    for (const node of [A, B, C]) await bench.command(command([node]));
    await bench.command(command([A], { ...AWAY, resourceSpec: { flavor: 'another' } }));
    await bench.advance(5_000);
    expect(migrations(bench).map(({ migrateNodeNames }) => migrateNodeNames)).toEqual([[A, B]]);
    expect(statesOf(bench)).toEqual(['running', 'running', 'skipped', 'skipped']);
  });

  test('when commands ask for all one after the other, though the API still shows the leaving nodes as before', async () => {
    const bench = createMigrationBench(size);
    bench.api.after = () => {
      for (const node of bench.nodes.values()) node.phase = 'Available';
    };
    for (const node of [A, B, C]) {
      await bench.command(command([node]));
      await bench.advance(5_000);
    }
    expect(movedBy(bench)).toEqual([A, B]);
    expect(bench.remediations()[2]).toMatchObject({
      state: 'skipped',
      why: 'of 3 nodes in the source pool 1 would go, 2 others are going, and 0 would stay; at least one must',
    });
    // A node whose move has failed stays, and counts again.
    bench.endJob('job-1', 'Failed');
    await bench.advance(3 * MINUTE);
    await bench.command(command([C], AWAY, { id: 'later' }));
    await bench.advance(5_000);
    expect(movedBy(bench)).toEqual([A, B, C]);
  });

  test('under any interleaving of functions that take from it at the same moment', async () => {
    const picks = fc.uniqueArray(fc.constantFrom(A, B, C), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(picks, { minLength: 2, maxLength: 4 }),
        fc.infiniteStream(fc.nat(4)),
        async (commands, ticks) => {
          const bench = createMigrationBench(size);
          const { get, getMany, put } = bench.store;
          const dawdle = async () => {
            for (let tick = ticks.next().value ?? 0; tick > 0; tick -= 1) await Promise.resolve();
          };
          bench.store.get = async (key) => (await dawdle(), get(key));
          bench.store.getMany = async (keys) => (await dawdle(), getMany(keys));
          bench.store.put = async (document, version) => (await dawdle(), put(document, version));
          const batches: Promise<unknown>[] = [];
          for (const nodes of commands) {
            await bench.command(command(nodes));
            batches.push(bench.drain('commands'));
          }
          await Promise.all(batches);
          await bench.advance(10 * MINUTE, 20_000);
          expect(new Set(movedBy(bench)).size).toBe(movedBy(bench).length);
          expect(movedBy(bench).length).toBeLessThan(size);
          for (const job of bench.jobs) bench.endJob(job.jobId);
          await bench.advance(10 * MINUTE, 20_000);
          expect(bench.nodes.size).toBeGreaterThanOrEqual(1);
          expect(bench.leased()).toEqual([]);
          for (const state of statesOf(bench)) expect(['succeeded', 'skipped']).toContain(state);
          // Two that stood in each other's way are not both given up.
          if (commands.some(({ length }) => length < size)) expect(movedBy(bench).length).toBeGreaterThan(0);
        },
      ),
      { numRuns: runs(60) },
    );
  });
});

describe('a supernode', () => {
  const STEP = { ...AWAY, resourceSpec: { ...SPEC, creatingStep: { step: 2, type: 'hyperinstance' } } };
  function benchWithSupernode(): Bench {
    const bench = createMigrationBench();
    for (const name of [A, B]) bench.nodes.get(name)!.labels = { [BATCH]: 'batch-1', [COUNT]: '2' };
    return bench;
  }

  test('goes as a whole', async () => {
    const bench = benchWithSupernode();
    await bench.command(command([A, B], STEP));
    await bench.advance(5_000);
    expect(movedBy(bench)).toEqual([A, B]);
  });

  test.each<[string, (bench: Bench) => void, string[], object, string]>([
    ['the command leaves a part of it out', () => {}, [A, C], STEP, 'would be torn apart'],
    ['the step is missing', () => {}, [A, B], AWAY, 'creatingStep: is mandatory'],
    [
      'a workload runs on a part of it',
      (bench) => bench.workloads.push({ name: 'train-7b', status: 'Running', hostIps: ['10.0.0.2'] }),
      [A, B],
      STEP,
      '1 workload runs on the node',
    ],
  ])('does not go in parts, when %s', async (_name, happens, nodes, parameters, why) => {
    const bench = benchWithSupernode();
    happens(bench);
    await bench.command(command(nodes, parameters));
    await bench.advance(5_000);
    expect(movedBy(bench)).not.toContain(A);
    expect(movedBy(bench)).not.toContain(B);
    expect(Object.values(bench.remediations()[0]!.outcomes).map(({ why: said }) => said)).toEqual(
      expect.arrayContaining([expect.stringContaining(why)]),
    );
  });

  test('does not go in parts, when another remediation takes a part of it at the same moment', async () => {
    const bench = benchWithSupernode();
    const { put } = bench.store;
    bench.store.put = async (document, version) => {
      const record = document['value'] as PoolRecord;
      // Right before its hold is written, another remediation has it.
      if (document.pk === `pool#${POOL}` && record.held[B] !== undefined) {
        bench.store.put = put;
        const held = { [B]: { ...record.held[B], remediation: 'another', round: undefined } };
        await put({ ...document, writeId: 'w', value: { ...record, held } }, version);
      }
      return put(document, version);
    };
    await bench.command(command([A, B], STEP));
    await bench.advance(5_000);
    expect(migrations(bench)).toEqual([]);
    expect(bench.remediations()).toMatchObject([
      {
        state: 'skipped',
        outcomes: { [A]: { why: expect.stringContaining('supernode batch-1 goes as a whole') } },
      },
    ]);
    expect(bench.leased()).toEqual([B]);
  });
});

describe('before the call', () => {
  test.each([
    [
      'without resourceSpec to another pool',
      { toPoolName: 'quarantine' },
      'parameters.resourceSpec: is mandatory',
    ],
    ['with a field that no table has', { ...AWAY, force: true }, 'parameters.force'],
  ])('a command %s goes to the dead letters', async (_name, parameters, reason) => {
    const bench = createMigrationBench();
    await bench.command(command([A], parameters));
    await bench.advance(5_000);
    expect(bench.queues.deadLetters).toMatchObject([
      { attributes: { reason: expect.stringContaining(reason) } },
    ]);
    expect(migrations(bench)).toEqual([]);
  });

  test('one to another cluster without resourceSpec is refused', async () => {
    const bench = createMigrationBench();
    await bench.command(command([A], { toClusterName: 'elsewhere' }));
    await bench.advance(5_000);
    expect(bench.remediations()).toMatchObject([
      {
        state: 'skipped',
        why: 'resourceSpec: is mandatory if nodes go to another pool (cluster elsewhere)',
      },
    ]);
  });

  test('one to a pool that the API does not know now waits, and its neighbour goes on', async () => {
    const bench = createMigrationBench();
    await bench.command(command([A], { ...AWAY, toPoolName: NOWHERE }));
    await bench.command(command([B]));
    await bench.advance(5_000);
    expect(bench.remediations()).toMatchObject([
      { state: 'deferred', why: expect.stringContaining('ModelArts.50015001') },
      { state: 'running' },
    ]);
    expect(bench.queues.deadLetters).toEqual([]);
  });

  test('one to a pool that cannot be read now waits, and its neighbour goes on', async () => {
    const bench = createMigrationBench();
    bench.pools.set(SLOW, { nodes: new Map(), clusters: [] });
    bench.api.before = () => {};
    const { send } = bench.services.modelarts();
    bench.services.modelarts = () =>
      ({
        send(endpoint: any, input: any) {
          if (input.path?.pool_name === SLOW)
            throw apiError(endpoint.name, { outcome: 'unknown', transient: true, status: 503 });
          return send(endpoint, input);
        },
      }) as any;
    await bench.command(command([A], { ...AWAY, toPoolName: SLOW }));
    await bench.command(command([B]));
    await bench.advance(5_000);
    expect(statesOf(bench)).toEqual(['deferred', 'running']);
  });
});

describe('the destination', () => {
  test('that is misspelt makes a message a dead letter at once, which says so, and its neighbour goes on', async () => {
    const bench = createMigrationBench();
    await bench.command(command([A], { ...AWAY, toPoolName: 'quarantin' }));
    await bench.command(command([B], AWAY));
    await bench.advance(5_000);
    expect(bench.queues.deadLetters.map(({ attributes }) => attributes?.['reason'])).toEqual([
      'the message is not a command: parameters.toPoolName: there is no pool "quarantin" in the rules file, and this is not a pool id either: did you mean "quarantine"?',
    ]);
    expect(bench.remediations()).toMatchObject([{ nodes: [B], state: 'running' }]);
  });

  const byCluster = { fromClusterName: 'lite-1', toClusterName: 'lite-2', resourceSpec: SPEC };

  test('of a cluster alone is the pool that has it, where the nodes are looked for', async () => {
    const bench = createMigrationBench();
    bench.nodes.get(A)!.labels = { [CLUSTER]: 'lite-1' };
    bench.pools.get(QUARANTINE)!.clusters.push('lite-2');
    await bench.command(command([A], byCluster));
    await bench.advance(5_000);
    expect(migrations(bench)).toEqual([{ migrateNodeNames: [A], ...byCluster, toPoolName: QUARANTINE }]);
    bench.jobs[0]!.phase = 'Success';
    await bench.advance(2 * MINUTE);
    // Its job has succeeded, and it has not arrived: that it still is in its old pool is no success.
    expect(statesOf(bench)).toEqual(['verifying']);
    bench.endJob('job-1');
    await bench.advance(2 * MINUTE);
    expect(bench.remediations()).toMatchObject([
      { state: 'succeeded', why: expect.stringContaining(QUARANTINE) },
    ]);
  });

  test('of a cluster that no pool has is refused', async () => {
    const bench = createMigrationBench();
    bench.nodes.get(A)!.labels = { [CLUSTER]: 'lite-1' };
    await bench.command(command([A], byCluster));
    await bench.advance(5_000);
    expect(migrations(bench)).toEqual([]);
    expect(bench.remediations()).toMatchObject([
      { state: 'skipped', why: expect.stringContaining('toPoolName: is mandatory') },
    ]);
  });

  test('of a cluster waits for the pool that may have it and cannot be read', async () => {
    const bench = createMigrationBench();
    bench.nodes.get(A)!.labels = { [CLUSTER]: 'lite-1' };
    bench.pools.get(QUARANTINE)!.clusters.push('lite-2');
    let isDown = true;
    bench.api.before = (endpoint) => {
      if (isDown && endpoint === 'showPool')
        throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 503 });
    };
    await bench.command(command([A], byCluster));
    await bench.advance(5_000);
    expect(statesOf(bench)).toEqual(['deferred']);
    isDown = false;
    await bench.advance(16 * MINUTE);
    expect(migrations(bench)).toMatchObject([{ toPoolName: QUARANTINE }]);
  });

  test('that the rules file says is not privileged takes no labels', async () => {
    const bench = createMigrationBench(
      5,
      RULES.replace(`id: ${QUARANTINE} }`, `id: ${QUARANTINE}, privileged: false }`),
    );
    await bench.command(command([A], { ...AWAY, resourceSpec: { ...SPEC, labels: { a: 'b' } } }));
    await bench.command(command([B]));
    await bench.advance(5_000);
    expect(movedBy(bench)).toEqual([B]);
    expect(bench.remediations()[0]).toMatchObject({
      state: 'skipped',
      why: expect.stringContaining('resourceSpec.labels: needs a privileged pool'),
    });
  });

  test('has another subnet for its nodes than for the parameter plane', async () => {
    const bench = createMigrationBench();
    bench.quarantine.set('m', { name: 'm', phase: 'Available', privateIp: '10.9.0.1', subnet: 's-1' });
    const resourceSpec = { ...SPEC, extendParams: { XParameterPlaneSubnet: 's-1' } };
    await bench.command(command([A], { ...AWAY, resourceSpec }));
    await bench.advance(5_000);
    expect(migrations(bench)).toEqual([]);
    expect(bench.remediations()).toMatchObject([
      { state: 'skipped', why: expect.stringContaining('XParameterPlaneSubnet: must not be the subnet') },
    ]);
  });

  test('has its node pool already: the record says which settings have no effect', async () => {
    const bench = createMigrationBench();
    bench.pools.get(QUARANTINE)!.nodePools = new Map([['repair', { name: 'repair', resources: {} }]]);
    const resourceSpec = { ...SPEC, nodePool: 'repair', tags: [{ key: 'a', value: 'b' }] };
    await bench.command(command([A], { ...AWAY, resourceSpec }, { mode: 'approve' }));
    await bench.command(command([B], { ...AWAY, resourceSpec }));
    await bench.advance(5_000);
    const said = expect.stringMatching(/^resourceSpec\.tags: no effect, because node pool repair .* exists/);
    const [planned, sent] = bench.remediations();
    expect(planned).toMatchObject({ state: 'awaiting-approval', plan: { remarks: [said] } });
    for (const { receipts } of [planned!, sent!])
      expect(receipts).toContainEqual(expect.objectContaining({ guard: 'settings-take-effect', why: said }));
    expect(movedBy(bench)).toEqual([B]);
  });

  test.each([[[A, B]], [[A]]])(
    'is the same pool, with another node pool, for %j of its two nodes',
    async (names) => {
      const bench = createMigrationBench(2);
      await bench.command(command(names, { toPoolName: POOL, resourceSpec: { ...SPEC, nodePool: 'np-2' } }));
      await bench.advance(5_000);
      expect(movedBy(bench)).toEqual(names);
    },
  );
});

function createMixedBench(rules?: string) {
  const bench = createMigrationBench(5, rules);
  for (const [name, flavor] of [
    [A, 'f-1'],
    [B, 'f-2'],
    [C, 'f-1'],
  ] as const)
    Object.assign(bench.nodes.get(name)!, { flavor });
  return bench;
}
const flavors = (bench: Bench) =>
  migrations(bench).map(({ migrateNodeNames, resourceSpec }) => [migrateNodeNames, resourceSpec.flavor]);

describe('the own flavor of each node', () => {
  const keeping = { ...AWAY, resourceSpec: { flavor: 'same' } };

  test('is sent for alerts by one rung, those of one flavor in one call', async () => {
    const bench = createMixedBench(RULES.replace('flavor: modelarts.vm.2u4g', 'flavor: same'));
    await bench.receive(firing(A), firing(B), firing(C));
    await bench.advance(5_000);
    expect(flavors(bench)).toEqual([
      [[A, C], 'f-1'],
      [[B], 'f-2'],
    ]);
  });

  test('is sent for one command in as many calls as there are flavors, one after the other', async () => {
    const bench = createMixedBench();
    await bench.command(command([A, B, C], keeping));
    await bench.advance(5_000);
    expect(flavors(bench)).toEqual([[[A, C], 'f-1']]);
    bench.endJob('job-1');
    await bench.advance(5 * MINUTE);
    expect(flavors(bench)).toEqual([
      [[A, C], 'f-1'],
      [[B], 'f-2'],
    ]);
    bench.endJob('job-2');
    await bench.advance(5 * MINUTE);
    expect(statesOf(bench)).toEqual(['succeeded']);
  });

  test('is waited for while the API does not show it', async () => {
    const bench = createMigrationBench();
    await bench.command(command([A], keeping));
    await bench.advance(5_000);
    expect(migrations(bench)).toEqual([]);
    expect(bench.remediations()).toMatchObject([
      { state: 'deferred', why: expect.stringContaining('resourceSpec.flavor: ') },
    ]);
    bench.nodes.get(A)!.flavor = 'f-3';
    await bench.advance(16 * MINUTE);
    expect(flavors(bench)).toEqual([[[A], 'f-3']]);
  });
});

describe('an answer that is lost', () => {
  test.each([undefined, 'migrate-nodes', 'batch-migrate', 'pool.node.move'])(
    'is not asked for again: its job is adopted, also with the type %s',
    async (type) => {
      const bench = createMigrationBench();
      lose(bench, 'after', () => Object.assign(bench.jobs[0]!, type && { type }));
      await bench.command(command([A, B]));
      await bench.advance(3 * MINUTE);
      expect(bench.remediations()).toMatchObject([{ state: 'running', jobId: 'job-1' }]);
      bench.endJob('job-1');
      await bench.advance(MINUTE);
      expect(statesOf(bench)).toEqual(['succeeded']);
      expect(migrations(bench)).toHaveLength(1);
      const list = bench.requests.find(({ endpoint }) => endpoint === 'listJobs');
      expect(list).toBeDefined();
    },
  );

  test('is adopted although its nodes have left the pool by then', async () => {
    const bench = createMigrationBench();
    lose(bench, 'after');
    await bench.command(command([A]));
    await bench.advance(5_000);
    bench.endJob('job-1');
    await bench.advance(4 * MINUTE);
    expect(bench.remediations()).toMatchObject([{ state: 'succeeded', jobId: 'job-1' }]);
  });

  test('is not found in a job of another caller, though its nodes have left the pool since', async () => {
    const bench = createMigrationBench();
    lose(bench, 'before', () => {
      bench.addJob({
        jobId: 'manual',
        text: JSON.stringify({ migrateNodeNames: ['os-node-created-gone1'] }),
      });
    });
    await bench.command(command([A]));
    await bench.advance(20 * MINUTE);
    expect(bench.remediations()).toMatchObject([{ state: 'needs-human' }]);
    expect(migrations(bench)).toHaveLength(1);
    // The move may happen: it counts as going.
    expect(bench.leased()).toEqual([A]);
  });
});

test('a process that dies at any step leaves at most one call, and every command with its outcome', async () => {
  let neverSent = 0;
  let dieAt = 0;
  for (let hasDied = true; hasDied; ) {
    dieAt += 1;
    const at = `killed at step ${dieAt}`;
    const bench = createMigrationBench();
    await bench.command(command([A], AWAY, { id: 'one' }));
    await bench.command(command([B], AWAY, { id: 'two' }));
    const process = killAt(bench, dieAt);
    await bench.drain('commands');
    hasDied = process.hasDied();
    process.revive();
    await bench.advance(20 * MINUTE, 10_000);
    for (const job of bench.jobs) bench.endJob(job.jobId);
    await bench.advance(30 * MINUTE, 10_000);
    const moved = movedBy(bench).toSorted();
    // The process died between the intent and the request. The request may have been sent, so a person decides.
    const state = moved.length === 0 ? 'needs-human' : 'succeeded';
    if (moved.length === 0) neverSent += 1;
    else expect(moved, at).toEqual([A, B]);
    expect(statesOf(bench), at).toEqual([state, state]);
    expect(bench.leased(), at).toEqual([]);
    expect(bench.queues.follow, at).toEqual([]);
  }
  expect(neverSent).toBe(1);
  expect(dieAt).toBeGreaterThan(10);
});

test.each([
  ['whose answer came', false, 'running'],
  ['whose answer was lost', true, 'submitting'],
])(
  'a process that cannot read the pool leaves alone the call of another, %s',
  async (_name, isLost, state) => {
    const bench = createMigrationBench();
    bench.api.after = (endpoint) => {
      if (isLost && endpoint === 'batchMigrateNodes')
        throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 504 });
    };
    await bench.command(command([A], AWAY, { id: 'one' }));
    const [message] = bench.queues.commands;
    const reading = Promise.withResolvers<void>();
    const client = bench.services.modelarts();
    bench.services.modelarts = () =>
      ({
        async send(endpoint: any) {
          await reading.promise;
          throw apiError(endpoint.name, { outcome: 'unknown', transient: true, status: 503 });
        },
      }) as any;
    const slow = bench.drain('commands');
    for (let tick = 0; tick < 50; tick += 1) await Promise.resolve();
    bench.services.modelarts = () => client;
    bench.queues.commands.push(message!);
    await bench.drain('commands');
    reading.resolve();
    await slow;
    expect(statesOf(bench)).toEqual([state]);
    expect(bench.leased()).toEqual([A]);
    expect(bench.queues).toMatchObject({ commands: [], deadLetters: [] });
  },
);

test.each([
  ['names of any make', ['gpu-7'], ['gpu-7'], []],
  ['names of any make, when they have left the pool', ['gpu-7'], [], ['gpu-8']],
])("a job is recognized by its nodes' names: %s", (_name, ours, poolNodes, others) => {
  const call = {
    action: 'migrate-nodes',
    callingAt: '2026-11-20T10:00:00.000Z',
    members: [{ remediation: 'r', targets: ours }],
  } as const;
  const jobs = [jobNaming('ours', ours), jobNaming('theirs', ['os-node-created-xzz78'])];
  const found = candidateJobs({ ...call, members: [...call.members] }, jobs, [...poolNodes, ...others], true);
  expect(found.map(({ jobId }) => jobId)).toEqual(['ours']);
});
