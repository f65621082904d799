import { describe, expect, it } from 'vitest';
import type { PoolOptions } from '#local/simulator/options';
import { differences } from './same-shape.ts';
import { startTrial, type Trial, trainA } from './trial.ts';
import { vendorExamples } from './vendor-examples.ts';

const minutes = 60;
const start = (first: Partial<PoolOptions> = {}) =>
  startTrial({
    pools: [
      { name: 'train-a', id: trainA, nodes: 4, ...first },
      { name: 'quarantine', nodes: 1 },
    ],
  });
const quarantineOf = (trial: Trial): string => trial.simulator.control.state().pools[1]?.id ?? '';
const namesIn = (trial: Trial, pool: number) =>
  trial.simulator.control.state().pools[pool]?.nodes.map(({ name, phase }) => `${name} ${phase}`) ?? [];

/** A migration to the pool quarantine, in pool ids for cluster names. */
const migrate = (trial: Trial, nodeNames: readonly string[] | undefined, change: object = {}) =>
  trial.call('POST', `/pools/${trainA}/nodes/batch-migrate`, {
    body: {
      migrateNodeNames: nodeNames,
      fromClusterName: trainA,
      toClusterName: quarantineOf(trial),
      toPoolName: quarantineOf(trial),
      resourceSpec: { flavor: 'modelarts.vm.2u4g' },
      ...change,
    },
  });

describe('batch-migrate', () => {
  it('takes a node out of its pool and brings it up in the other, under its name', async () => {
    await using trial = await start();
    const [first = ''] = trial.nodeNames();
    const { status, body } = await migrate(trial, [first]);
    expect([status, differences(body, vendorExamples.batchMigrate)]).toEqual([200, []]);
    expect(namesIn(trial, 0)).toContain(`${first} Deleting`);
    trial.pass(5 * minutes);
    expect(namesIn(trial, 0)).toHaveLength(3);
    expect(namesIn(trial, 1)).toContain(`${first} Creating`);
    trial.pass(1 * minutes);
    expect(namesIn(trial, 1)).toContain(`${first} Available`);
    expect(trial.job(body.job_id)).toMatchObject({ phase: 'Success', pool: trainA });
    const created = await trial.get(`/pools/${quarantineOf(trial)}/nodepools/modelarts.vm.2u4g-default`);
    expect(created.body).toMatchObject({
      spec: { resources: { count: 1 } },
      status: { resources: { available: { count: 1 } } },
    });
    const left = await trial.get(`/pools/${trainA}/nodepools/modelarts.bm.npu.arm.8snt9b.d-default`);
    expect(left.body.spec.resources.count).toBe(2);
  });

  it('takes an empty policy for existing nodes, which the page lets mean refresh', async () => {
    await using trial = await start();
    const { status } = await migrate(trial, trial.nodeNames().slice(0, 1), {
      resourceSpec: { flavor: 'modelarts.vm.2u4g', extendParams: { labelPolicyOnExistingNodes: '' } },
    });
    expect(status).toBe(200);
  });

  it('takes the cluster names of Lite pools, too, and the name of a node pool', async () => {
    await using trial = await start();
    const clusterOf = async (pool: string) =>
      (await trial.get(`/pools/${pool}`)).body.status.clusters[0].name;
    const { status } = await migrate(trial, trial.nodeNames().slice(0, 1), {
      fromClusterName: await clusterOf(trainA),
      toClusterName: await clusterOf(quarantineOf(trial)),
      resourceSpec: { flavor: 'f', extendParams: { nodePoolName: 'repair' }, labels: { why: 'broken' } },
    });
    expect(status).toBe(200);
    trial.pass(6 * minutes);
    const { body } = await trial.get(`/pools/${quarantineOf(trial)}/nodepools/repair/nodes`);
    expect(body.items).toMatchObject([{ metadata: { labels: { why: 'broken' } }, spec: { flavor: 'f' } }]);
  });

  it('moves a supernode only as a whole, and with its step', async () => {
    await using trial = await start({
      nodePools: [{ name: 'np-1', flavor: 'f', nodes: 4, supernodeSize: 2 }],
    });
    const [first = '', second = ''] = trial.nodeNames();
    const spec = { resourceSpec: { flavor: 'f', creatingStep: { step: 2, type: 'hyperinstance' } } };
    const part = await migrate(trial, [first], spec);
    expect([part.status, part.body.error_msg]).toEqual([400, expect.stringContaining(second)]);
    const stepless = await migrate(trial, [first, second]);
    expect([stepless.status, stepless.body.error_msg]).toEqual([
      400,
      expect.stringContaining('creatingStep'),
    ]);
    expect((await migrate(trial, [first, second], spec)).status).toBe(200);
  });

  it.each([
    ['nothing to migrate', { migrateNodeNames: undefined }, 400, 'migrateNodeNames'],
    ['an unknown pool', { toPoolName: 'pool-none' }, 404, 'pool not found'],
    ['an unknown node', { migrateNodeNames: ['os-node-none'] }, 404, 'os-node-none'],
    ['a wrong source cluster', { fromClusterName: 'c' }, 400, 'fromClusterName'],
    ['a wrong target cluster', { toClusterName: 'c' }, 400, 'toClusterName'],
    ['no resourceSpec across pools', { resourceSpec: undefined }, 400, 'resourceSpec'],
    ['no flavor', { resourceSpec: {} }, 400, 'resourceSpec.flavor'],
    [
      'a disk size as a number',
      { resourceSpec: { flavor: 'f', rootVolume: { volumeType: 'SSD', size: 100 } } },
      400,
      'size',
    ],
    [
      'a script that is not base64',
      { resourceSpec: { flavor: 'f', extendParams: { postInstall: 'echo!' } } },
      400,
      'postInstall',
    ],
    [
      'a node pool name that ends in -default',
      { resourceSpec: { flavor: 'f', extendParams: { nodePoolName: 'a-default' } } },
      400,
      'nodePoolName',
    ],
  ])('refuses %s', async (_what, change, status, named) => {
    await using trial = await start();
    const answer = await migrate(trial, trial.nodeNames().slice(0, 1), change);
    expect(answer.status).toBe(status);
    expect(answer.body.error_msg).toContain(named);
    expect(trial.simulator.control.state().jobs).toEqual([]);
  });

  it('says which pool’s cluster it expected where there is no toPoolName', async () => {
    await using trial = await start();
    const answer = await migrate(trial, trial.nodeNames().slice(0, 1), { toPoolName: undefined });
    expect(answer.status).toBe(400);
    expect(answer.body.error_msg).toContain(
      `toClusterName: ${quarantineOf(trial)} is not the cluster of pool ${trainA} (train-a), where the nodes stay, as there is no toPoolName`,
    );
  });

  it('refuses to take a pool’s only node, and one with a task', async () => {
    await using single = await start({ nodes: 1 });
    expect((await migrate(single, single.nodeNames())).body.error_msg).toContain('only one node');
    await using trial = await start();
    const [first = ''] = trial.nodeNames();
    trial.simulator.control.changeNode(first, { workload: 'llm-7' });
    expect((await migrate(trial, [first])).body.error_msg).toContain(`a task is running on node ${first}`);
  });

  it('leaves the node where it was, Abnormal, when the job fails early', async () => {
    await using trial = await start();
    const [first = ''] = trial.nodeNames();
    trial.simulator.control.addFault({ kind: 'failed-job', match: { endpoint: 'batch-migrate-nodes' } });
    const { body } = await migrate(trial, [first]);
    trial.pass(10 * minutes);
    expect(trial.job(body.job_id)?.phase).toBe('Failed');
    expect(namesIn(trial, 0)).toContain(`${first} Abnormal`);
  });
});
