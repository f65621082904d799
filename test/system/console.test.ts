import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { Cloud } from '#local/cloud/cloud';
import { type Simulator, startSimulator } from '#local/simulator/simulator';
import { secretsApart } from '#local/stack/secrets';
import { buildSystem } from './stack/build-system.ts';
import { patient } from './stack/patient-stack.ts';
import { startStrictCloud } from './stack/strict-cloud.ts';
import { poolId, wholePool } from './stack/test-rules.ts';
import { until } from './stack/until.ts';

const root = path.resolve(import.meta.dirname, '../..');
const webhookToken = 'webhook-token-console-test-6b1f-4a02';
const consoleToken = 'console-token-console-test-29ad-77f0';
const FLAVOR = 'modelarts.bm.npu.arm.8snt9b.d';

const pools = {
  'train-a': [
    { name: 'np-0', nodes: 2 },
    { name: 'np-1', nodes: 2 },
  ],
  deleted: [
    { name: 'np-0', nodes: 1 },
    { name: 'np-1', nodes: 1 },
  ],
  last: [{ name: 'np-1', nodes: 1 }],
  watched: [{ name: 'np-1', nodes: 3 }],
};

const parts = new AsyncDisposableStack();
let simulator: Simulator;
let cloud: Cloud;

beforeAll(async () => {
  const rules = {
    pools: Object.fromEntries(Object.keys(pools).map((name) => [name, wholePool(name)])),
    polling: { first: '1s', every: '1s' },
  };
  const built = await buildSystem({ name: 'console', rules });
  simulator = parts.use(
    await startSimulator({
      // A node takes half a second to come or go.
      speed: 720,
      jobDurationJitter: 0,
      pools: Object.entries(pools).map(([name, nodePools]) => ({ name, id: poolId(name), nodePools })),
    }),
  );
  cloud = await startStrictCloud({
    describe: patient(built.describe),
    root: built.root,
    port: 0,
    ...secretsApart({
      MODELARTS_ENDPOINT: simulator.url,
      HUAWEICLOUD_SDK_AK: simulator.credentials.accessKey,
      HUAWEICLOUD_SDK_SK: simulator.credentials.secretKey,
      HUAWEICLOUD_SDK_PROJECT_ID: simulator.projectId,
      HUAWEICLOUD_SDK_REGION: 'cn-north-4',
      POOLKEEPER_WEBHOOK_TOKEN: webhookToken,
      // The token says who decides.
      POOLKEEPER_CONSOLE_TOKEN: `ada:${consoleToken}`,
    }),
    onLog: () => {},
    onWarning: () => {},
  });
  parts.defer(() => cloud.stop());
});
afterAll(() => parts.disposeAsync());

async function call(route: string, body?: unknown, token = consoleToken) {
  const response = await fetch(`${cloud.url}${route}`, {
    headers: { authorization: `Bearer ${token}` },
    ...(body !== undefined && {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  });
  return { status: response.status, body: (await response.json()) as any };
}

async function accept(command: object): Promise<string> {
  const { status, body } = await call('/commands', command);
  if (status !== 202) throw new Error(`POST /commands answered ${status}: ${JSON.stringify(body)}`);
  return body.id;
}

/** Waits until a remediation is in a state. */
async function reaches(id: string, state: string): Promise<any> {
  let last: any;
  return until(
    async () => {
      last = (await call(`/remediations/${id}`)).body;
      return last.state === state ? last : undefined;
    },
    () => `${id} is ${last?.state} and not ${state}: ${last?.why}`,
  );
}

/** The requests to the API for a pool, less those that only read. */
function written(pool: string) {
  return simulator.control
    .state()
    .requests.filter(({ path: at, method }) => at.includes(poolId(pool)) && method !== 'GET')
    .map(({ method, path: at, body, status }) => ({
      method,
      path: at.replace(/^.*\/pools\//, ''),
      body,
      status,
    }));
}

async function sample(name: string): Promise<object> {
  return JSON.parse(await readFile(path.join(root, `events/commands/${name}.json`), 'utf8'));
}

describe.concurrent('a node pool', () => {
  it('is deleted by a command once exactly its plan is approved, and followed until it is gone', async () => {
    const id = await accept({ ...(await sample('delete-node-pool')), pool: 'deleted', mode: 'act' });
    const { plan } = await reaches(id, 'awaiting-approval');
    expect(plan.changes).toMatchObject({ deletes: 'np-1', flavor: FLAVOR, nodes: [expect.any(String)] });

    const wrong = await call(`/remediations/${id}/approve`, { hash: 'f'.repeat(32) });
    expect(wrong).toMatchObject({
      status: 409,
      body: { title: 'Conflict', detail: expect.stringContaining(plan.hash) },
    });
    expect(await call(`/remediations/${id}/approve`, {})).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'hash' }] },
    });
    expect(await call(`/remediations/${id}/approve`, { hash: plan.hash }, 'not-the-token')).toMatchObject({
      status: 401,
    });
    expect(await call('/remediations/nothing/approve', { hash: plan.hash })).toMatchObject({ status: 404 });
    expect(written('deleted')).toEqual([]);

    for (const by of ['ada', 'bob']) {
      expect(await call(`/remediations/${id}/approve`, { hash: plan.hash, by })).toMatchObject({
        status: 202,
        body: { id, approval: { hash: plan.hash, by: 'ada' } },
      });
    }
    const remediation = await reaches(id, 'succeeded');
    expect(remediation.why).toContain('is gone');
    expect(written('deleted')).toEqual([
      { method: 'DELETE', path: `${poolId('deleted')}/nodepools/np-1`, body: undefined, status: 200 },
    ]);
    const { nodePools } = simulator.control.state().pools.find(({ name }) => name === 'deleted')!;
    expect(nodePools.map(({ name }) => name)).toEqual(['np-0']);

    const again = await accept({
      action: 'delete-node-pool',
      pool: 'deleted',
      nodePool: 'np-1',
      mode: 'act',
    });
    expect(await reaches(again, 'succeeded')).toMatchObject({ why: 'node pool np-1 is gone already' });
  });

  it('that is the last of its pool stays', async () => {
    const id = await accept({ action: 'delete-node-pool', pool: 'last', nodePool: 'np-1', mode: 'act' });
    expect(await reaches(id, 'skipped')).toMatchObject({ why: expect.stringContaining('one must') });
    expect(written('last')).toEqual([]);
  });

  it('is changed in one field, and keeps the others', async () => {
    const grown = await accept({
      id: 'grow-np-1',
      action: 'update-node-pool',
      pool: 'train-a',
      nodePool: 'np-1',
      parameters: { spec: { resources: { count: 3 } } },
      mode: 'act',
    });
    const remediation = await reaches(grown, 'succeeded');
    expect(remediation.plan.changes).toEqual({ count: { from: 2, to: 3 }, maxCount: { from: 2, to: 3 } });
    const { nodePools } = simulator.control.state().pools.find(({ name }) => name === 'train-a')!;
    expect(nodePools.find(({ name }) => name === 'np-1')).toMatchObject({ count: 3, flavor: FLAVOR });

    const labelled = await accept(await sample('update-node-pool'));
    const { plan } = await reaches(labelled, 'succeeded');
    const labels = { 'example.com/maintenance': 'done' };
    expect(plan.changes).toEqual({ labels: { from: null, to: labels, reaches: 'existing nodes' } });

    const waits = await accept({
      action: 'update-node-pool',
      pool: 'train-a',
      nodePool: 'np-1',
      parameters: { spec: { resources: { count: 1 } } },
      mode: 'approve',
    });
    const { plan: shrink } = await reaches(waits, 'awaiting-approval');
    expect(shrink.basis[0].resources).toMatchObject({
      count: 3,
      labels,
      network: { vpc: expect.any(String) },
    });
    expect(await call(`/remediations/${waits}/reject`, { hash: shrink.hash })).toMatchObject({
      status: 200,
      body: { state: 'rejected', why: 'ada rejected the plan' },
    });

    const at = `${poolId('train-a')}/nodepools/np-1`;
    expect(written('train-a')).toEqual([
      {
        method: 'PATCH',
        path: at,
        body: { spec: { resources: { flavor: FLAVOR, count: 3, maxCount: 3 } } },
        status: 200,
      },
      {
        method: 'PATCH',
        path: at,
        body: { spec: { resources: { flavor: FLAVOR, count: 3, maxCount: 3, labels } } },
        status: 200,
      },
    ]);
  });
});

test('a node that breaks shows in GET /pools when the sweep has read its pool, and nothing is sent to it', async () => {
  const { nodes } = simulator.control.state().pools.find(({ name }) => name === 'watched')!;
  const node = nodes[0]!.name;
  simulator.control.changeNode(node, { phase: 'Abnormal' });
  await cloud.invoke('sweep', { time: new Date().toISOString() });
  const { body: pool } = await call('/pools/watched');
  expect(pool).toMatchObject({
    id: poolId('watched'),
    reading: { at: expect.any(String) },
    nodes: { total: 3, phases: { Abnormal: 1, Available: 2 }, states: { well: 2, out: 1 } },
    outOfService: [{ node, by: 'others', why: expect.stringMatching(/^the node is Abnormal/) }],
    budget: { out: 1 },
  });
  expect((await call('/pools')).body.pools).toContainEqual(pool);
  expect((await call('/pools/watched/nodes?state=out')).body.nodes).toMatchObject([
    { node, state: 'out', nodePool: 'np-1', flavor: FLAVOR, address: expect.any(String) },
  ]);
  expect((await call(`/nodes/${node}`)).body).toMatchObject({
    node,
    pool: poolId('watched'),
    remediations: [],
  });
  expect(written('watched')).toEqual([]);
});

describe.concurrent('POST /commands', () => {
  const command = { action: 'update-node-pool', pool: 'last', nodePool: 'np-1', parameters: {} };
  const observed = { ...command, parameters: { spec: { resources: { count: 2 } } } };

  it('answers the same id for the same command, and 409 for another one', async () => {
    const known = { ...observed, id: 'known:1' };
    expect(await call('/commands', known)).toEqual({ status: 202, body: { id: 'known:1' } });
    expect(await call('/commands', { ...known, pool: poolId('last') })).toEqual({
      status: 202,
      body: { id: 'known:1' },
    });
    const other = { ...known, parameters: { spec: { resources: { count: 3 } } } };
    expect(await call('/commands', other)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('known:1') },
    });
    const { plan } = await until(
      async () => {
        const { body } = await call('/remediations/known:1');
        return body.plan ? body : undefined;
      },
      () => 'its function has not come to it',
    );
    expect(plan.request.spec.resources).toMatchObject({ count: 2, maxCount: 2 });
  });

  it('names each field that is wrong', async () => {
    const fieldsOf = async (body: unknown) => {
      const { status, body: problem } = await call('/commands', body);
      return [status, ...(problem.errors ?? []).map(({ field }: any) => field)];
    };
    expect(await fieldsOf({ ...observed, pool: 'nowhere' })).toEqual([400, 'pool']);
    expect(
      await fieldsOf({
        ...observed,
        parameters: { spec: { resources: { count: -1, tags: [{ key: 'CCE-a', value: 'b' }] } } },
      }),
    ).toEqual([400, 'parameters.spec.resources.count', 'parameters.spec.resources.tags[0].key']);
    expect(await fieldsOf({ ...observed, force: true })).toEqual([400, 'force']);
    expect(await fieldsOf({ ...observed, action: 'reboot' })).toEqual([400, 'action']);
    expect(await fieldsOf('{')).toEqual([400, '(body)']);
    expect((await call('/commands', observed, 'not-the-token')).status).toBe(401);
  });
});
