import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { modelArtsError } from '../strict-modelarts/answer.ts';
import type { Operation, PoolPlan, StrictPool } from '../strict-modelarts/pool.ts';
import { type ActionClient, createActionClient, poolNames, resize } from './clients/action-client.ts';
import { attribute } from './clients/queue-client.ts';
import { projectId, type System, startSystem } from './stack/system.ts';
import { poolId, wholePool } from './stack/test-rules.ts';
import { until } from './stack/until.ts';

vi.setConfig({ maxConcurrency: 16 });

/** The pool that the migration page's example goes to. */
const pageTarget = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';
const targets = { 'page-target': pageTarget, quarantine: poolId('quarantine') };
const ended = ['succeeded', 'failed', 'skipped', 'needs-human', 'observed', 'rejected'];
const flavor = 'modelarts.vm.2u4g.dcc';
const network = {
  vpc: '277e9abc-0e6b-431a-9232-cfd25d5fc566',
  subnet: '03796378-c356-4c14-826b-e4913aa9c8b9',
  securityGroups: ['0a15b48d-06f1-41e4-b782-ade90087bf59'],
};

const scheduled = (name: string, cron: string, resources: object) => ({
  name,
  cron,
  'update-node-pool': { pool: 'scheduled', nodePool: 'np-1', resources },
});

let system: System;
let client: ActionClient;
beforeAll(async () => {
  system = await startSystem({
    name: 'actions',
    rules: {
      pools: {
        ...Object.fromEntries(
          [...poolNames, 'tagged', 'ordered', 'stubborn', 'scheduled'].map((name) => [name, wholePool(name)]),
        ),
        ...Object.fromEntries(
          Object.entries(targets).map(([name, id]) => [name, { ...wholePool(name), id }]),
        ),
      },
      polling: { first: '1s', every: '1s' },
      // Longer than anything here takes on a busy machine.
      deadlines: {
        'update-nodes': '1h',
        'migrate-nodes': '1h',
        'update-node-pool': '1h',
        'delete-node-pool': '1h',
      },
      tagPolicies: [
        {
          name: 'cost-centre',
          pool: 'tagged',
          require: { CostCenter: '4711', Env: 'prod' },
        },
        { name: 'stubborn', pool: 'stubborn', require: { Env: 'prod' } },
      ],
      schedules: [
        scheduled('grow', '0 20 * * ? *', { count: 3 }),
        scheduled('label', '0 20 1-31 * ? *', { labels: { shift: 'night' } }),
      ],
    },
  });
  client = createActionClient(system);
  const { api } = system;
  const cluster = 'lite-cluster-d3a65087-38e4-11ef-a12c-0255ac100b03';
  api.addPool(pageTarget, { nodes: 2, phase: 'Available', cluster });
  api.addPool(targets.quarantine, { nodes: 2, phase: 'Available', cluster: 'lite-cluster-quarantine' });
  return async () => system[Symbol.asyncDispose]();
});

const fresh: ActionClient['fresh'] = (...args) => client.fresh(...args);
const withNodePool: ActionClient['withNodePool'] = (...args) => client.withNodePool(...args);
const post: ActionClient['post'] = (...args) => client.post(...args);
const command: ActionClient['command'] = (...args) => client.command(...args);
const decide: ActionClient['decide'] = (...args) => client.decide(...args);
const planOf: ActionClient['planOf'] = (...args) => client.planOf(...args);

/** The only request that changed anything, and that it is as its page says. */
function onlyWrite(pool: StrictPool, operation: Operation) {
  const [request, ...others] = pool.written();
  expect(others).toEqual([]);
  expect(request?.operation).toBe(operation);
  return {
    method: request?.method,
    path: request?.path,
    type: request?.headers['content-type'],
    body: request?.body,
  };
}

const base = (pool: StrictPool) => `/v2/${projectId}/pools/${pool.id}`;

/**
 * That nothing more is written: what is on the queue of an action before another command for the pool has been dealt with
 * when that one has, which only looks.
 */
async function stays(pool: StrictPool, writes: number, action: string): Promise<void> {
  const parameters = { 'reset-nodes': {}, 'update-nodes': costCentre, 'migrate-nodes': toQuarantine };
  const more = action.endsWith('-nodes')
    ? { nodes: pool.nodeNames.slice(0, 1), parameters: parameters[action as keyof typeof parameters] }
    : { nodePool: 'np-0', ...(action === 'update-node-pool' && { parameters: resize(1) }) };
  const id = await command(action, pool, { mode: 'observe', ...more });
  await until(
    async () => {
      const { receipts, state } = await system.show(id);
      return receipts.some(({ step }) => step === 'guard') || state !== 'observed' ? true : undefined;
    },
    () => `${id} has not been looked at`,
  );
  expect(pool.written()).toHaveLength(writes);
}

describe.concurrent("the page's example of", () => {
  it('batch-reset', async () => {
    const node = 'os-node-created-lv29s';
    const pool = fresh({ nodePools: [{ name: 'np-0', nodes: 6, nodeNames: [node] }] });
    const parameters = {
      rollingConfig: { strategy: 'RollingByPercent', maxUnavailable: 25 },
      nodeConfig: { imageId: '3f2ee6e8-b19b-4683-8c9d-c10b197d51d6', imageType: 'private' },
    };
    const id = await command('reset-nodes', pool, { nodes: [node], parameters });
    expect(await system.reaches(id, ended)).toMatchObject({ state: 'succeeded', jobId: pool.jobs[0]?.id });
    expect(onlyWrite(pool, 'batch-reset')).toEqual({
      method: 'POST',
      path: `${base(pool)}/nodes/batch-reset`,
      type: 'application/json',
      body: { nodeNames: [node], ...parameters },
    });
  });

  it('batch-update', async () => {
    const node = 'os-node-created-xzz78';
    const pool = fresh({
      nodePools: [{ name: 'np-0', nodes: 3, nodeNames: [node] }],
      update: { shape: 'objects' },
    });
    const id = await command('update-nodes', pool, {
      nodes: [node],
      parameters: { action: 'openHaRedundant' },
    });
    expect(await system.reaches(id, ended)).toMatchObject({ state: 'succeeded' });
    expect(onlyWrite(pool, 'batch-update')).toEqual({
      method: 'POST',
      path: `${base(pool)}/nodes/batch-update`,
      type: 'application/json',
      body: { nodeNames: [node], action: 'openHaRedundant' },
    });
  });

  it('batch-migrate', async () => {
    const node = 'os-node-created-zrxm7';
    const cluster = 'lite-cluster-1dc682c4-e04d-11ee-bda6-0255ac1001ba';
    const pool = fresh({ cluster, nodePools: [{ name: 'np-0', nodes: 3, nodeNames: [node] }] });
    const parameters = {
      fromClusterName: cluster,
      toClusterName: 'lite-cluster-d3a65087-38e4-11ef-a12c-0255ac100b03',
      toPoolName: pageTarget,
      resourceSpec: { flavor: 'modelarts.vm.2u4g' },
    };
    const id = await command('migrate-nodes', pool, { nodes: [node], parameters });
    expect(await system.reaches(id, ended)).toMatchObject({ state: 'succeeded', jobId: pool.jobs[0]?.id });
    expect(onlyWrite(pool, 'batch-migrate')).toEqual({
      method: 'POST',
      path: `${base(pool)}/nodes/batch-migrate`,
      type: 'application/json',
      body: { migrateNodeNames: [node], ...parameters },
    });
  });

  it('updating a node pool', async () => {
    const nodePool = 'modelarts.vm.2u4g.dcc-Default';
    const pool = fresh({
      nodePools: [
        { name: 'np-0', nodes: 1 },
        { name: nodePool, nodes: 2, flavor },
      ],
    });
    const parameters = { spec: { resources: { nodePool, flavor, count: 1, maxCount: 1, network } } };
    const id = await command('update-node-pool', pool, { nodePool, parameters });
    expect(await system.reaches(id, ended)).toMatchObject({ state: 'succeeded' });
    expect(onlyWrite(pool, 'update-node-pool')).toEqual({
      method: 'PATCH',
      path: `${base(pool)}/nodepools/${nodePool}`,
      type: 'application/merge-patch+json',
      body: parameters,
    });
  });

  it('deleting a node pool', async () => {
    const pool = fresh({
      nodePools: [
        { name: 'np-0', nodes: 1 },
        { name: 'nodepool-1', nodes: 1, flavor, resources: { network }, goneAfterMs: 2500 },
      ],
    });
    const id = await command('delete-node-pool', pool, { nodePool: 'nodepool-1' });
    const { hash } = await planOf(id);
    expect(await decide(id, hash)).toMatchObject({ status: 202 });
    expect(await system.reaches(id, ended)).toMatchObject({ state: 'succeeded' });
    expect(pool.nodePools.has('nodepool-1')).toBe(false);
    expect(onlyWrite(pool, 'delete-node-pool')).toEqual({
      method: 'DELETE',
      path: `${base(pool)}/nodepools/nodepool-1`,
      type: undefined,
      body: undefined,
    });
  });
});

describe.concurrent('deleting a node pool', () => {
  it('takes exactly the plan that was approved, and happens once', async () => {
    const pool = withNodePool({ goneAfterMs: 1000 });
    const id = await command('delete-node-pool', pool, { nodePool: 'np-1', mode: 'act' });
    const { hash } = await planOf(id);
    expect(await decide(id, 'f'.repeat(hash.length))).toMatchObject({ status: 409 });
    expect(await decide(id, undefined)).toMatchObject({ status: 400 });
    await stays(pool, 0, 'delete-node-pool');
    const answers = await Promise.all([decide(id, hash), decide(id, hash), decide(id, hash)]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(await system.reaches(id, ended)).toMatchObject({ state: 'succeeded' });
    await decide(id, hash);
    await stays(pool, 1, 'delete-node-pool');
  });

  it('is planned again when the state has moved since the plan', async () => {
    const pool = withNodePool();
    const id = await command('delete-node-pool', pool, { nodePool: 'np-1' });
    const { hash } = await planOf(id);
    pool.nodePools.get('np-1')!.patch({ count: 3, maxCount: 3 }, Date.now());
    expect(await decide(id, hash)).toMatchObject({ status: 202 });
    const { hash: next, changes } = await planOf(id, hash);
    expect(changes.nodes).toHaveLength(3);
    expect(pool.written()).toEqual([]);
    expect(await decide(id, hash)).toMatchObject({ status: 409 });
    expect(await decide(id, next)).toMatchObject({ status: 202 });
    expect(await system.reaches(id, ended)).toMatchObject({ state: 'succeeded' });
    expect(pool.written()).toHaveLength(1);
  });

  it('of two commands is one request, and a finally rejected one is no request', async () => {
    const pool = withNodePool({ goneAfterMs: 1500 });
    const ids = [await command('delete-node-pool', pool, { nodePool: 'np-1' })];
    ids.push(await command('delete-node-pool', pool, { nodePool: 'np-1' }));
    ids.push(await command('delete-node-pool', pool, { nodePool: 'np-0' }));
    const plans = await Promise.all(ids.map((id) => planOf(id)));
    expect(await decide(ids[2]!, plans[2]!.hash, 'reject')).toMatchObject({ status: 200 });
    expect(await decide(ids[2]!, plans[2]!.hash)).toMatchObject({ status: 409 });
    await Promise.all([decide(ids[0]!, plans[0]!.hash), decide(ids[1]!, plans[1]!.hash)]);
    const shown = await Promise.all(ids.slice(0, 2).map((id) => system.reaches(id, ended)));
    expect(shown.some(({ state }) => state === 'succeeded')).toBe(true);
    expect(pool.written()).toHaveLength(1);
  });

  it.for<[string, () => StrictPool, string]>([
    ['the last of a pool', () => fresh({ nodePools: [{ name: 'np-1', nodes: 2 }] }), 'one'],
    ['of a yearly/monthly pool', () => withNodePool({}, { billing: 'yearly-monthly' }), 'by the year'],
    [
      'that runs a workload',
      () => {
        const pool = withNodePool();
        pool.busyAddresses.add(pool.nodesIn('np-1')[1]!.privateIp);
        return pool;
      },
      'workload',
    ],
  ])('%s is refused before it is asked for', async ([, make, why]) => {
    const pool = make();
    const id = await command('delete-node-pool', pool, { nodePool: 'np-1' });
    const shown = await system.reaches(id, ended);
    expect(shown).toMatchObject({ state: 'skipped', why: expect.stringContaining(why) });
    expect(pool.written()).toEqual([]);
  });

  it('whose answer is lost is not asked for again', async () => {
    const pool = withNodePool({ goneAfterMs: 1500 });
    pool.misbehave('delete-node-pool', () => ({ lost: 'after-work' }));
    const id = await command('delete-node-pool', pool, { nodePool: 'np-1' });
    await decide(id, (await planOf(id)).hash);
    expect(await system.reaches(id, ended)).toMatchObject({ state: 'succeeded' });
    await stays(pool, 1, 'delete-node-pool');
  });

  it('that the API refuses has failed', async () => {
    const pool = withNodePool();
    pool.misbehave('delete-node-pool', () => ({
      instead: true,
      ...modelArtsError(400, '50004000', 'Bad request.'),
    }));
    const id = await command('delete-node-pool', pool, { nodePool: 'np-1' });
    await decide(id, (await planOf(id)).hash);
    expect(await system.reaches(id, ended)).toMatchObject({ state: 'failed' });
    expect(pool.written()).toHaveLength(1);
  });
});

/** The names that each batch-update was about. */
const updated = (pool: StrictPool) =>
  pool.requested('batch-update').map(({ body }) => (body as { nodeNames: string[] }).nodeNames);

const costCentre = { action: 'createTags', tags: [{ key: 'CostCenter', value: '4711' }] };

describe.concurrent('updating nodes', () => {
  it.for(['strings', 'objects', 'nodes'] as const)(
    'is read in the shape of %s, and asked for again for what failed alone',
    async (shape) => {
      const fails = new Map<string, number>();
      const forgets = new Map<string, number>();
      const pool = fresh({ nodes: 5, update: { shape, fails, forgets } });
      const nodes = pool.nodeNames.slice(0, 4);
      fails.set(nodes[1]!, 1);
      forgets.set(nodes[2]!, 1);
      const id = await command('update-nodes', pool, { nodes, parameters: costCentre });
      const { state, receipts } = await system.reaches(id, ended);
      expect(state).toBe('succeeded');
      const answers = receipts.filter(({ step }) => step === 'answer');
      expect(answers.map(({ failed }) => Object.keys(failed as object).toSorted())).toEqual([
        nodes.slice(1, 3).toSorted(),
        [],
      ]);
      expect(updated(pool)).toEqual([nodes, nodes.slice(1, 3)]);
      expect(nodes.map((name) => pool.node(name).tags.get('CostCenter'))).toEqual(Array(4).fill('4711'));
    },
  );

  it('with one that is not there is done for the others, and says so', async () => {
    const pool = fresh({ nodes: 3 });
    const nodes = pool.nodeNames.slice(0, 2);
    const gone = 'os-node-created-gone';
    const id = await command('update-nodes', pool, { nodes: [...nodes, gone], parameters: costCentre });
    const shown = await system.reaches(id, ended);
    expect(shown).toMatchObject({ state: 'succeeded', why: expect.stringContaining(gone) });
    expect(shown.nodeStates?.[gone]?.state).toBe('skipped');
    expect(updated(pool)).toEqual([nodes]);
  });

  it('to be redundant has succeeded when the label says so', async () => {
    const pool = fresh({ nodes: 3, update: { labelAfterMs: 4000 } });
    const [node = ''] = pool.nodeNames;
    const opened = await command('update-nodes', pool, {
      nodes: [node],
      parameters: { action: 'openHaRedundant', haRedundantEnable: true, haRedundantEffect: 'NoExecute' },
    });
    const sentAt = await until(
      () => pool.requested('batch-update')[0]?.at,
      () => 'nothing was sent',
    );
    expect(await system.reaches(opened, ended)).toMatchObject({ state: 'succeeded' });
    expect(Date.now() - sentAt).toBeGreaterThan(4000);
    const closed = await command('update-nodes', pool, {
      nodes: [node],
      parameters: { action: 'closeHaRedundant' },
    });
    expect(await system.reaches(closed, ended)).toMatchObject({ state: 'succeeded' });
    expect(pool.written().map(({ body }) => body)).toEqual([
      {
        nodeNames: [node],
        action: 'openHaRedundant',
        haRedundantEnable: true,
        haRedundantEffect: 'NoExecute',
      },
      { nodeNames: [node], action: 'closeHaRedundant' },
    ]);
  });
});

const toQuarantine = { toPoolName: 'quarantine', resourceSpec: { flavor: 'modelarts.vm.2u4g' } };

describe.concurrent('migrating nodes', () => {
  it('fills in the names of the clusters, and of a standard pool its id', async () => {
    const lite = fresh({ nodes: 3, cluster: 'lite-cluster-source' });
    const standard = fresh({ nodes: 3 });
    const ids = await Promise.all(
      [lite, standard].map((pool) =>
        command('migrate-nodes', pool, { nodes: pool.nodeNames.slice(0, 1), parameters: toQuarantine }),
      ),
    );
    for (const id of ids) expect(await system.reaches(id, ended)).toMatchObject({ state: 'succeeded' });
    for (const pool of [lite, standard]) {
      expect(onlyWrite(pool, 'batch-migrate').body).toEqual({
        migrateNodeNames: pool.jobs[0]?.nodeNames,
        fromClusterName: pool === lite ? 'lite-cluster-source' : standard.id,
        toClusterName: 'lite-cluster-quarantine',
        ...toQuarantine,
        toPoolName: targets.quarantine,
      });
    }
  });

  it('has not succeeded when the job has but the node is where it was', async () => {
    const pool = fresh({ nodes: 3 });
    const [node = ''] = pool.nodeNames;
    pool.jobPlan = { durationMs: 0, staysAbnormal: [node] };
    const id = await command('migrate-nodes', pool, { nodes: [node], parameters: toQuarantine });
    await until(
      () => pool.jobs[0],
      () => 'no job was started',
    );
    await stays(pool, 1, 'migrate-nodes');
    expect((await system.show(id)).state).not.toBe('succeeded');
  });

  it.for<[string, PoolPlan, (pool: StrictPool) => object, RegExp]>([
    ['all nodes of a pool', { nodes: 2 }, ({ nodeNames }) => ({ nodes: nodeNames }), /./],
    ['the only node of a pool', { nodes: 1 }, ({ nodeNames }) => ({ nodes: nodeNames }), /./],
    [
      'a part of a supernode',
      { nodePools: [{ name: 'np-0', nodes: 4, supernodeSize: 2 }] },
      ({ nodeNames }) => ({
        nodes: nodeNames.slice(1, 3),
        parameters: {
          ...toQuarantine,
          resourceSpec: { flavor: 'f', creatingStep: { step: 2, type: 'hyperinstance' } },
        },
      }),
      /torn apart/,
    ],
    [
      'a supernode without its step',
      { nodePools: [{ name: 'np-0', nodes: 4, supernodeSize: 2 }] },
      ({ nodeNames }) => ({ nodes: nodeNames.slice(0, 2) }),
      /creatingStep/,
    ],
  ])('%s is refused before it is asked for', async ([, plan, more, why]) => {
    const pool = fresh(plan);
    const id = await command('migrate-nodes', pool, { parameters: toQuarantine, ...more(pool) });
    const shown = await system.reaches(id, ended);
    expect(shown).toMatchObject({
      state: expect.stringMatching(/skipped|failed/),
      why: expect.stringMatching(why),
    });
    expect(pool.written()).toEqual([]);
  });

  it('to a pool that cannot be read is deferred', async () => {
    const pool = fresh({ nodes: 3 });
    const id = await command('migrate-nodes', pool, {
      nodes: pool.nodeNames.slice(0, 1),
      parameters: { ...toQuarantine, toPoolName: poolId('nowhere') },
    });
    expect(await system.reaches(id, ['deferred', ...ended])).toMatchObject({ state: 'deferred' });
    expect(pool.written()).toEqual([]);
  });

  it('of a node that one list does not show is deferred, until another does not show it either', async () => {
    const pool = fresh({ nodes: 3 });
    const id = await command('migrate-nodes', pool, {
      nodes: ['os-node-created-gone'],
      parameters: toQuarantine,
    });
    const { state, receipts } = await system.reaches(id, ended);
    expect(state).toBe('skipped');
    const verdicts = receipts.filter(({ guard, allowed }) => guard === 'node-present' && allowed === false);
    expect(verdicts.map(({ why }) => why)).toEqual([
      expect.stringContaining("the list of the pool's nodes does not show"),
      expect.stringContaining('it is gone'),
    ]);
    expect(pool.written()).toEqual([]);
  });

  it('to another pool without a resourceSpec is not accepted', async () => {
    const pool = fresh({ nodes: 3 });
    const { status, body } = await post('/commands', {
      action: 'migrate-nodes',
      pool: pool.id,
      nodes: pool.nodeNames.slice(0, 1),
      parameters: { toPoolName: 'quarantine' },
      mode: 'act',
    });
    expect([status, body.errors?.map(({ field }: any) => field)]).toEqual([400, ['parameters.resourceSpec']]);
  });

  it('whose answer is lost is not asked for again, and its job is found', async () => {
    const pool = fresh({ nodes: 3, job: { durationMs: 1000 } });
    pool.misbehave('batch-migrate', () => ({ lost: 'after-work' }));
    const nodes = pool.nodeNames.slice(0, 1);
    const id = await command('migrate-nodes', pool, { nodes, parameters: toQuarantine });
    expect(await system.reaches(id, ended)).toMatchObject({
      state: 'succeeded',
      jobId: pool.jobs[0]?.id,
    });
    await stays(pool, 1, 'migrate-nodes');
  });
});

describe.concurrent('updating a node pool', () => {
  it('in its count alone sends flavor and maxCount too, and loses nothing', async () => {
    const resources = {
      network,
      labels: { team: 'vision' },
      taints: [{ key: 'gpu', effect: 'NoSchedule' }],
      tags: [{ key: 'Env', value: 'prod' }],
      extendParams: { dockerBaseSize: '50' },
    };
    const pool = withNodePool({ flavor, resources, convergesMs: 2500 });
    const id = await command('update-node-pool', pool, { nodePool: 'np-1', parameters: resize(3) });
    expect(await system.reaches(id, ended)).toMatchObject({ state: 'succeeded' });
    expect(pool.nodesIn('np-1')).toHaveLength(3);
    expect(onlyWrite(pool, 'update-node-pool')).toMatchObject({
      type: 'application/merge-patch+json',
      body: { spec: { resources: { flavor, count: 3, maxCount: 3 } } },
    });
    expect(pool.nodePools.get('np-1')?.resources).toEqual({
      ...resources,
      flavor,
      nodePool: 'np-1',
      count: 3,
      maxCount: 3,
    });
  });

  it('of a logical pool keeps maxCount, and is content with the present elastic nodes', async () => {
    const pool = withNodePool(
      { nodes: 2, flavor, resources: { maxCount: 6 }, capacity: 4, convergesMs: 1500 },
      { type: 'Logical' },
    );
    const id = await command('update-node-pool', pool, { nodePool: 'np-1', parameters: resize(3) });
    expect(await system.reaches(id, ended)).toMatchObject({ state: 'succeeded' });
    expect(onlyWrite(pool, 'update-node-pool').body).toEqual({
      spec: { resources: { flavor, count: 3, maxCount: 6 } },
    });
    expect(pool.nodesIn('np-1')).toHaveLength(4);
  });

  it('that is not there is refused', async () => {
    const pool = withNodePool();
    const id = await command('update-node-pool', pool, { nodePool: 'np-9', parameters: resize(2) });
    // One list is no proof: it is looked for again, and nothing is sent meanwhile.
    expect(await system.reaches(id, ended)).toMatchObject({ state: 'skipped' });
    expect(pool.written()).toEqual([]);
  });

  it.for<[string, object, PoolPlan, object | undefined]>([
    ['maxCount that is not count in a physical pool', { count: 2, maxCount: 5 }, {}, undefined],
    ['maxCount alone in a physical pool', { maxCount: 3 }, {}, undefined],
    ['maxCount below count in a logical pool', { maxCount: 1 }, { type: 'Logical' }, undefined],
    ['count over maxCount in a logical pool', { count: 8 }, { type: 'Logical' }, { count: 8, maxCount: 8 }],
    ['maxCount alone in a logical pool', { maxCount: 4 }, { type: 'Logical' }, { count: 2, maxCount: 4 }],
    ['a part of the network', { network: { subnet: 's2' } }, {}, { network: { ...network, subnet: 's2' } }],
    ['a list that is emptied', { taints: [] }, {}, { taints: [] }],
  ])('takes %s for what it is', async ([, resources, plan, sent]) => {
    const pool = withNodePool({ resources: { network, taints: [{ key: 'a', effect: 'NoSchedule' }] } }, plan);
    const id = await command('update-node-pool', pool, {
      nodePool: 'np-1',
      parameters: { spec: { resources } },
    });
    const { state } = await system.reaches(id, ended);
    expect(state).toBe(sent ? 'succeeded' : 'skipped');
    expect(pool.written().map(({ body }) => body)).toMatchObject(sent ? [{ spec: { resources: sent } }] : []);
  });

  it.for(['.', '..', '../nodes', 'np-1/..', '%2e%2e'])('called %s reaches nothing', async (nodePool) => {
    const pool = withNodePool();
    const ids = await Promise.all([
      command('update-node-pool', pool, { nodePool, parameters: resize(1) }),
      command('delete-node-pool', pool, { nodePool }),
    ]);
    for (const id of ids) await system.reaches(id, ['deferred', ...ended]);
    expect(pool.written()).toEqual([]);
  });
});

describe.concurrent('POST /commands', () => {
  it('is the same command for the same id and content, and 409 for other content', async () => {
    const pool = fresh({ nodes: 3 });
    const known = {
      id: `known:${randomUUID()}`,
      action: 'update-nodes',
      pool: pool.id,
      nodes: pool.nodeNames.slice(0, 1),
      parameters: costCentre,
      mode: 'act',
    };
    const same = await Promise.all([post('/commands', known), post('/commands', known)]);
    expect(same).toEqual([1, 2].map(() => ({ status: 202, body: { id: known.id } })));
    expect(await post('/commands', { ...known, nodes: pool.nodeNames })).toMatchObject({ status: 409 });
    expect(await post('/commands', { ...known, mode: 'observe' })).toMatchObject({ status: 409 });
    const reordered = Object.fromEntries(Object.entries(known).reverse());
    expect(await post('/commands', reordered)).toMatchObject({ status: 202 });
    expect(await system.reaches(known.id, ended)).toMatchObject({ state: 'succeeded' });
    expect(await post('/commands', known)).toMatchObject({ status: 202 });
    await stays(pool, 1, 'update-nodes');
  });

  it('is one command, however many come at once under its id', async () => {
    const pool = fresh({ nodes: 4 });
    const id = `race:${randomUUID()}`;
    const rivals = pool.nodeNames.map((node) => ({
      id,
      action: 'update-nodes',
      pool: pool.id,
      nodes: [node],
      parameters: costCentre,
      mode: 'act',
    }));
    const answers = await Promise.all(rivals.map((rival) => post('/commands', rival)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 409, 409, 409]);
    await system.reaches(id, ended);
    expect(updated(pool)).toEqual([rivals[answers.findIndex(({ status }) => status === 202)]?.nodes]);
  });

  const common = { pool: poolId('pool-0'), nodes: ['os-node-created-a'], mode: 'act' };
  const onNodePool = { pool: poolId('pool-0'), nodePool: 'np-1', action: 'update-node-pool' };
  const spec = { flavor: 'f' };
  const migrate = (more: object) => ({
    ...common,
    action: 'migrate-nodes',
    parameters: { toPoolName: pageTarget, resourceSpec: spec, ...more },
  });
  const tagged = (key: string, value = 'v') => ({
    ...common,
    action: 'update-nodes',
    parameters: { action: 'createTags', tags: [{ key, value }] },
  });
  it.for<[string, unknown, string]>([
    ['unknown pool', { ...tagged('a'), pool: poolId('nowhere') }, 'pool'],
    ['a node twice', { ...tagged('a'), nodes: ['a', 'a'] }, 'nodes'],
    ['no nodes', { ...tagged('a'), nodes: [] }, 'nodes'],
    ['nodes and a node pool', { ...tagged('a'), nodePool: 'np-1' }, 'nodePool'],
    ['a tag of the system', tagged('sysA'), 'parameters.tags[0].key'],
    ['a tag with a slash', tagged('a/b'), 'parameters.tags[0].key'],
    ['a value that ends with a space', tagged('a', 'b '), 'parameters.tags[0].value'],
    ['a value that ends with a line break', tagged('a', 'b\n'), 'parameters.tags[0].value'],
    ['a tag of 129 characters', tagged('a'.repeat(129)), 'parameters.tags[0].key'],
    [
      'a tag to delete without value',
      { ...common, action: 'update-nodes', parameters: { action: 'deleteTags', tags: [{ key: 'a' }] } },
      'parameters.tags[0].value',
    ],
    [
      'tags that are not given',
      { ...common, action: 'update-nodes', parameters: { action: 'createTags' } },
      'parameters.tags',
    ],
    [
      'redundancy that contradicts itself',
      {
        ...common,
        action: 'update-nodes',
        parameters: { action: 'closeHaRedundant', haRedundantEnable: true },
      },
      'parameters.haRedundantEnable',
    ],
    [
      'redundancy in a change of tags',
      {
        ...common,
        action: 'update-nodes',
        parameters: {
          action: 'deleteTags',
          tags: [{ key: 'a', value: 'b' }],
          haRedundantEnable: true,
        },
      },
      'parameters.haRedundantEnable',
    ],
    [
      'a percentage over 100',
      {
        ...common,
        action: 'reset-nodes',
        parameters: { rollingConfig: { strategy: 'RollingByPercent', maxUnavailable: 101 }, nodeConfig: {} },
      },
      'parameters.rollingConfig.maxUnavailable',
    ],
    [
      'a disk of a number',
      migrate({ resourceSpec: { ...spec, rootVolume: { volumeType: 'SSD', size: 50 } } }),
      'parameters.resourceSpec.rootVolume.size',
    ],
    [
      'another disk',
      migrate({ resourceSpec: { ...spec, rootVolume: { volumeType: 'HDD', size: '50' } } }),
      'parameters.resourceSpec.rootVolume.volumeType',
    ],
    ['no flavor', migrate({ resourceSpec: {} }), 'parameters.resourceSpec.flavor'],
    [
      'a script that is not base64',
      migrate({ resourceSpec: { ...spec, extendParams: { postInstall: 'echo!' } } }),
      'parameters.resourceSpec.extendParams.postInstall',
    ],
    [
      'a name with -default',
      migrate({ resourceSpec: { ...spec, extendParams: { nodePoolName: 'a-default' } } }),
      'parameters.resourceSpec.extendParams.nodePoolName',
    ],
    ['the node names twice over', migrate({ migrateNodeNames: ['a'] }), 'parameters.migrateNodeNames'],
    [
      'a custom disk without its group',
      migrate({
        resourceSpec: {
          ...spec,
          dataVolumes: [{ volumeType: 'SSD', size: '50', extendParams: { volumeGroup: 'vguser1' } }],
        },
      }),
      'parameters.resourceSpec.volumeGroupConfigs',
    ],
    [
      'a text for a count',
      { ...onNodePool, parameters: { spec: { resources: { count: '2' } } } },
      'parameters.spec.resources.count',
    ],
    [
      'a maxCount below count',
      { ...onNodePool, parameters: { spec: { resources: { count: 3, maxCount: 2 } } } },
      'parameters.spec.resources.maxCount',
    ],
    [
      'a tag of the cluster',
      { ...onNodePool, parameters: { spec: { resources: { tags: [{ key: 'CCE-a', value: 'b' }] } } } },
      'parameters.spec.resources.tags[0].key',
    ],
    [
      'parameters of a deletion',
      { ...onNodePool, action: 'delete-node-pool', parameters: { force: true } },
      'parameters.force',
    ],
  ])('names the field of %s', async ([, body, field]) => {
    const { status, body: problem } = await post('/commands', body);
    expect([status, problem.errors?.map((each: any) => each.field)]).toEqual([400, [field]]);
  });
});

it.concurrent('a tag policy over 200 nodes is one call, and only a node that failed is asked for again', async () => {
  const fails = new Map<string, number>();
  const pool = fresh({ nodes: 200, update: { fails } }, 'tagged');
  const unlucky = pool.nodeNames[77]!;
  fails.set(unlucky, 1);
  await system.cloud.invoke('enforce-tag-policy', { time: new Date().toISOString() });
  await until(
    () => (pool.requested('batch-update').length >= 2 ? true : undefined),
    () => `${pool.requested('batch-update').length} calls`,
  );
  await system.allReach(pool.id, 1, ['succeeded']);
  expect(updated(pool)).toEqual([pool.nodeNames.toSorted(), [unlucky]]);
  for (const node of pool.nodes.values()) {
    expect(Object.fromEntries(node.tags)).toEqual({ CostCenter: '4711', Env: 'prod' });
  }
  await system.cloud.invoke('enforce-tag-policy', { time: new Date().toISOString() });
  await stays(pool, 2, 'update-nodes');
});

/** A message that puts a policy into force for all nodes of a pool. */
const organization = (tags: object) => ({
  name: 'organization',
  scope: { pool: 'ordered' },
  policy: JSON.stringify({ tags }),
  mode: 'act',
});

it.concurrent('a policy of the organization on its queue is put into force, and taken back', async () => {
  const pool = fresh({ nodes: 3 }, 'ordered');
  const values = () => [...pool.nodes.values()].map((node) => Object.fromEntries(node.tags));
  const become = (wanted: object) =>
    until(
      () => (JSON.stringify(values()) === JSON.stringify(Array(3).fill(wanted)) ? true : undefined),
      () => `tags are ${JSON.stringify(values())}`,
    );
  await system.send(
    'EnforceTagPolicyQueue',
    organization({
      costcenter: { tag_key: { '@@assign': 'CostCenter' }, tag_value: { '@@assign': ['100', '200'] } },
    }),
  );
  await become({ CostCenter: '100' });
  await system.send('EnforceTagPolicyQueue', organization({}));
  await become({});
  expect(pool.written().map(({ body }) => (body as { action: string }).action)).toEqual([
    'createTags',
    'deleteTags',
  ]);
});

describe.concurrent('a command on the queue', () => {
  it.for<[string, string, (pool: StrictPool) => object, string[]]>([
    [
      'ResetNodesQueue',
      'reset-nodes',
      ({ nodeNames }) => ({ nodes: nodeNames.slice(0, 1), parameters: {} }),
      ['succeeded'],
    ],
    [
      'UpdateNodesQueue',
      'update-nodes',
      ({ nodeNames }) => ({ nodes: nodeNames, parameters: costCentre }),
      ['succeeded'],
    ],
    [
      'MigrateNodesQueue',
      'migrate-nodes',
      ({ nodeNames }) => ({ nodes: nodeNames.slice(0, 1), parameters: toQuarantine }),
      ['succeeded'],
    ],
    [
      'UpdateNodePoolQueue',
      'update-node-pool',
      () => ({ nodePool: 'np-1', parameters: resize(3) }),
      ['succeeded'],
    ],
    [
      'DeleteNodePoolQueue',
      'delete-node-pool',
      () => ({ nodePool: 'np-1', parameters: {} }),
      ['awaiting-approval'],
    ],
  ])(
    '%s twice over is done once, and elsewhere it is a dead letter',
    async ([queue, action, more, states]) => {
      const pool = withNodePool();
      const id = `queued:${action}`;
      const message = { id, action, pool: pool.id, mode: 'act', ...more(pool) };
      await system.send(queue, message, message);
      expect(await system.reaches(id, [...states, ...ended])).toMatchObject({ state: states[0] });
      await system.send(queue, message);
      await stays(pool, action === 'delete-node-pool' ? 0 : 1, action);

      const elsewhere = queue === 'ResetNodesQueue' ? 'UpdateNodesQueue' : 'ResetNodesQueue';
      await system.send(elsewhere, { ...message, id: `${id}:elsewhere` });
      const letter = await system.deadLetter(
        ({ Body = '' }) => Body.includes(`${id}:elsewhere`),
        elsewhere.replace('Queue', 'DeadLetterQueue'),
      );
      expect(attribute(letter, 'reason')).toContain(
        `this is the queue of ${elsewhere === 'UpdateNodesQueue' ? 'update' : 'reset'}-nodes`,
      );
    },
  );
});

it.concurrent('what is observed shows what would be sent, and sends nothing', async () => {
  const pool = withNodePool();
  const nodes = pool.nodeNames.slice(0, 1);
  const [node] = nodes;
  const observed = (action: string, more: object) => command(action, pool, { ...more, mode: 'observe' });
  const ids = await Promise.all([
    observed('reset-nodes', { nodes, parameters: {} }),
    observed('update-nodes', { nodes, parameters: costCentre }),
    observed('migrate-nodes', { nodes, parameters: toQuarantine }),
    observed('update-node-pool', { nodePool: 'np-1', parameters: resize(3) }),
    observed('delete-node-pool', { nodePool: 'np-1' }),
  ]);
  const plans = await Promise.all(
    ids.map((id) =>
      until(
        async () => (await system.show(id).catch(() => undefined))?.plan,
        () => `${id} has no plan`,
      ),
    ),
  );
  expect(plans.map(({ request }) => request)).toEqual([
    {
      nodeNames: [node],
      rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 },
      nodeConfig: {},
    },
    { nodeNames: [node], ...costCentre },
    expect.objectContaining({ migrateNodeNames: [node], fromClusterName: pool.id }),
    { spec: { resources: { flavor: pool.nodePools.get('np-1')?.flavor, count: 3, maxCount: 3 } } },
    {},
  ]);
  expect(pool.written()).toEqual([]);
});

describe.concurrent('what works on something already', () => {
  it('keeps its node pool from being deleted', async () => {
    const pool = withNodePool({ nodes: 4 });
    pool.jobPlan = {};
    const nodes = pool.nodesIn('np-1').map(({ name }) => name);
    await command('reset-nodes', pool, { nodes: nodes.slice(0, 1), parameters: {} });
    await until(
      () => pool.jobs[0],
      () => 'no reset was started',
    );
    const id = await command('delete-node-pool', pool, { nodePool: 'np-1' });
    const { state, plan } = await system.reaches(id, ['awaiting-approval', 'deferred', ...ended]);
    if (state === 'awaiting-approval') await decide(id, plan?.hash);
    await stays(pool, 1, 'delete-node-pool');
    expect(pool.written().map(({ operation }) => operation)).toEqual(['batch-reset']);
  });

  it('keeps its node from everything else', async () => {
    const pool = fresh({ nodes: 4, job: { durationMs: 3000 } });
    const nodes = pool.nodeNames.slice(0, 1);
    const ids = await Promise.all([
      command('reset-nodes', pool, { nodes, parameters: {} }),
      command('migrate-nodes', pool, { nodes, parameters: toQuarantine }),
    ]);
    const shown = await Promise.all(ids.map((id) => system.reaches(id, ended)));
    expect(shown.map(({ state }) => state).toSorted()).toEqual(['skipped', 'succeeded']);
    expect(pool.written()).toHaveLength(1);
  });
});

it.concurrent('a node pool is not made smaller under the workloads of all its nodes', async () => {
  const pool = withNodePool({ nodes: 3 });
  for (const { privateIp } of pool.nodesIn('np-1')) pool.busyAddresses.add(privateIp);
  const id = await command('update-node-pool', pool, { nodePool: 'np-1', parameters: resize(1) });
  await system.reaches(id, [...ended, 'deferred']);
  expect(pool.written()).toEqual([]);
});

it.concurrent('one node that the API refuses does not keep a tag policy from the others', async () => {
  const pool = fresh({ nodes: 10 }, 'stubborn');
  const refused = pool.nodeNames[1]!;
  pool.misbehave('batch-update', ({ text }) =>
    text.includes(`"${refused}"`)
      ? { instead: true, ...modelArtsError(400, '50004000', 'Bad request. The node is locked.') }
      : undefined,
  );
  await system.cloud.invoke('enforce-tag-policy', { time: new Date().toISOString() });
  await until(
    () => pool.requested('batch-update')[0],
    () => 'nothing was sent',
  );
  const tagged = () => [...pool.nodes.values()].filter(({ tags }) => tags.size > 0).length;
  await until(
    () => (tagged() === 9 ? true : undefined),
    () => `${tagged()} of 10 nodes have the tag`,
  );
});

it.concurrent('two schedules that fire together and change different fields are both carried out', async () => {
  const nodePools = [
    { name: 'np-0', nodes: 1 },
    { name: 'np-1', nodes: 2, convergesMs: 1500 },
  ];
  const pool = fresh({ nodePools }, 'scheduled');
  const at = new Date();
  at.setUTCHours(at.getUTCHours() < 20 ? -4 : 20, 0, 0, 0);
  const scheduledAt = at.toISOString();
  await Promise.all(
    ['grow', 'label'].map((schedule) => system.cloud.invoke('scale-node-pools', { schedule, scheduledAt })),
  );
  await until(
    () => {
      const { count, labels } = pool.nodePools.get('np-1')?.resources ?? {};
      return count === 3 && JSON.stringify(labels) === '{"shift":"night"}' ? true : undefined;
    },
    () => `np-1 is ${JSON.stringify(pool.nodePools.get('np-1')?.resources)}`,
  );
});

it('nothing that was sent is against a page', () => {
  expect(system.api.violations).toEqual([]);
  expect(system.api.requests.filter(({ operation }) => operation === undefined)).toEqual([]);
});
