import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '#local/simulator/simulator';
import { secretsApart } from '#local/stack/secrets';
import { NODES_PER_POOL } from '#local/start/start-simulator';
import { createHttpClient, type HttpClient } from './clients/http-client.ts';
import { attribute, createQueueClient, type QueueClient } from './clients/queue-client.ts';
import { buildSystem } from './stack/build-system.ts';
import { patient } from './stack/patient-stack.ts';
import { startStrictCloud } from './stack/strict-cloud.ts';
import { wholePool } from './stack/test-rules.ts';
import { until } from './stack/until.ts';

const root = path.resolve(import.meta.dirname, '../..');
const tokens = {
  webhookToken: 'webhook-token-node-actions-7c11-93b5',
  consoleToken: 'console-token-node-actions-90af-1d46',
};
/** A job of six minutes takes three seconds. */
const SPEED = 120;
const ids = {
  'train-a': 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036',
  quarantine: 'pool-77aa-6f5da086876d4cd084d36f8bd3346036',
  pair: 'pool-pair-6f5da086876d4cd084d36f8bd3346036',
  super: 'pool-super-6f5da086876d4cd084d36f8bd334603',
};
const ended = ['succeeded', 'failed', 'skipped', 'needs-human', 'observed'];
const SPEC = { flavor: 'modelarts.vm.2u4g' };

const started = new AsyncDisposableStack();
let simulator: Simulator;
const logs: { line: string }[] = [];
let http: HttpClient;
let queues: QueueClient;

beforeAll(async () => {
  const pools = Object.fromEntries(
    Object.entries(ids).map(([name, id]) => [name, { ...wholePool(name), id }]),
  );
  // The build divides them by the speed; none is to pass here, however busy the machine is.
  const deadlines = { 'reset-nodes': '2d', 'update-nodes': '2d', 'migrate-nodes': '2d' };
  const built = await buildSystem({
    name: 'node-actions',
    rules: { pools, deadlines },
    simulatorSpeed: SPEED,
  });
  simulator = started.use(
    await startSimulator({
      speed: SPEED,
      jobDurationJitter: 0,
      pools: [
        { name: 'train-a', id: ids['train-a'], nodes: NODES_PER_POOL },
        { name: 'quarantine', id: ids.quarantine, nodes: 2 },
        { name: 'pair', id: ids.pair, nodes: 2 },
        { name: 'super', id: ids.super, nodePools: [{ name: 'np-0', nodes: 6, supernodeSize: 2 }] },
      ],
    }),
  );
  const { accessKey, secretKey } = simulator.credentials;
  const cloud = await startStrictCloud({
    describe: patient(built.describe),
    root: built.root,
    port: 0,
    ...secretsApart({
      MODELARTS_ENDPOINT: simulator.url,
      HUAWEICLOUD_SDK_AK: accessKey,
      HUAWEICLOUD_SDK_SK: secretKey,
      HUAWEICLOUD_SDK_PROJECT_ID: simulator.projectId,
      HUAWEICLOUD_SDK_REGION: 'cn-north-4',
      POOLKEEPER_WEBHOOK_TOKEN: tokens.webhookToken,
      POOLKEEPER_CONSOLE_TOKEN: tokens.consoleToken,
    }),
    onLog: (_, line) => logs.push({ line }),
    onWarning: () => {},
  });
  started.defer(() => cloud.stop());
  http = createHttpClient(cloud.url, tokens, logs);
  queues = createQueueClient(cloud);
  started.defer(() => queues.close());
});
afterAll(() => started.disposeAsync());

const poolState = (name: keyof typeof ids) =>
  simulator.control.state().pools.find(({ id }) => id === ids[name])!;
const nodesOf = (name: keyof typeof ids) => poolState(name).nodes.map((node) => node.name);
const requestsFor = (endpoint: string, pool: keyof typeof ids) =>
  simulator.control
    .state()
    .requests.filter((one) => one.endpoint === endpoint && one.path.includes(ids[pool]));

const shown = (name: string) => poolState('train-a').nodes.find((each) => each.name === name);

/** Puts a sample of `events/` on its queue, as if it had just been written. */
async function sendSample(file: string, queue: string, id: string): Promise<{ nodes: string[] }> {
  const sample = JSON.parse(await readFile(path.join(root, 'events', file), 'utf8'));
  await queues.send(queue, { ...sample, id, evidenceAt: new Date().toISOString() });
  return sample;
}

const migration = (id: string, pool: keyof typeof ids, nodes: readonly string[], more: object = {}) => ({
  id,
  action: 'migrate-nodes',
  pool,
  nodes,
  parameters: { toPoolName: 'quarantine', resourceSpec: SPEC, ...more },
  mode: 'act',
});

const update = (id: string, nodes: string[]) => ({
  id,
  action: 'update-nodes',
  pool: ids['train-a'],
  nodes,
  parameters: { action: 'deleteTags', tags: [{ key: 'Temp', value: 'x' }] },
  mode: 'act',
});

describe.concurrent('the samples', () => {
  test('of an update set tags and redundancy, which is seen at the node', async () => {
    const { nodes } = await sendSample('commands/update-nodes.json', 'UpdateNodesQueue', 'tags');
    expect(await http.reaches('tags', ended)).toMatchObject({ state: 'succeeded' });
    const isolated = await sendSample(
      'commands/update-nodes-redundancy.json',
      'UpdateNodesQueue',
      'redundancy',
    );
    const { state, receipts } = await http.reaches('redundancy', ended);
    expect(state).toBe('succeeded');
    expect(receipts.filter(({ step }) => step === 'verify')).toHaveLength(2);
    for (const name of nodes) expect(shown(name)).toMatchObject({ tags: { CostCenter: '4711' } });
    for (const name of isolated.nodes) expect(shown(name)).toMatchObject({ haRedundant: true });
  });

  test('of a migration moves a node into the pool that the rules file names', async () => {
    const { nodes } = await sendSample('commands/migrate-nodes.json', 'MigrateNodesQueue', 'move');
    const { state, jobId } = await http.reaches('move', ended);
    expect([state, jobId]).toEqual(['succeeded', expect.any(String)]);
    expect(nodesOf('quarantine')).toEqual(expect.arrayContaining(nodes));
    expect(nodesOf('train-a')).not.toEqual(expect.arrayContaining(nodes));
    const [request, ...others] = requestsFor('batch-migrate-nodes', 'train-a');
    expect(others).toEqual([]);
    expect(request?.body).toMatchObject({
      migrateNodeNames: nodes,
      toPoolName: ids.quarantine,
      fromClusterName: expect.stringMatching(/^lite-cluster-/),
      toClusterName: expect.stringMatching(/^lite-cluster-/),
    });
  });
});

test.concurrent('joined updates end each as their own nodes do, and only what failed waits for another try', async () => {
  const [good = '', bad = '', other = ''] = nodesOf('train-a').slice(20);
  simulator.control.addFault({ kind: 'partial-update', match: { node: bad } });
  await queues.send('UpdateNodesQueue', update('one', [good, bad]), update('two', [other]));
  expect((await http.reaches('two', ended)).state).toBe('succeeded');
  const { state, nodeStates, why, receipts } = await http.reaches('one', ended);
  expect([state, why]).toEqual(['failed', `1 nodes failed 3 times: ${bad}`]);
  expect(nodeStates).toMatchObject({ [good]: { state: 'succeeded' }, [bad]: { state: 'failed' } });
  const answers = receipts.filter(({ step }) => step === 'answer');
  expect(answers).toMatchObject(
    [1, 0, 0].map((succeeded) => ({ succeeded, failed: { [bad]: expect.any(String) } })),
  );
});

test.concurrent('of two commands for the two nodes of a pool one goes, and an answer lost on the way is not asked for again', async () => {
  simulator.control.addFault({
    kind: 'lost-answer',
    match: { endpoint: 'batch-migrate-nodes', pool: 'pair' },
    count: 1,
  });
  const [first = '', second = ''] = nodesOf('pair');
  await queues.send('MigrateNodesQueue', migration('first', 'pair', [first]));
  await until(
    () => requestsFor('batch-migrate-nodes', 'pair')[0],
    () => 'no migration was asked for',
  );
  await queues.send('MigrateNodesQueue', migration('second', 'pair', [second]));
  const states = [(await http.reaches('first', ended)).state, (await http.reaches('second', ended)).state];
  expect(states).toEqual(['succeeded', 'skipped']);
  expect(requestsFor('batch-migrate-nodes', 'pair')).toHaveLength(1);
  expect(nodesOf('pair')).toHaveLength(1);
});

test.concurrent('a supernode moves as a whole or not at all, and what a page does not have goes to the dead letters', async () => {
  const [one = '', two = '', three = ''] = nodesOf('super');
  const creatingStep = { step: 2, type: 'hyperinstance' };
  const whole = { resourceSpec: { ...SPEC, creatingStep } };
  await queues.send(
    'MigrateNodesQueue',
    migration('whole', 'super', [one, two], whole),
    migration('part', 'super', [three], whole),
    migration('unknown', 'super', [three], { force: true }),
    migration('no-spec', 'super', [three], { resourceSpec: undefined }),
  );
  expect(await http.reaches('part', ended)).toMatchObject({
    state: 'skipped',
    why: expect.stringContaining('would be torn apart'),
  });
  expect((await http.reaches('whole', ended)).state).toBe('succeeded');
  expect(nodesOf('quarantine')).toEqual(expect.arrayContaining([one, two]));
  for (const [id, field] of [
    ['unknown', 'parameters.force'],
    ['no-spec', 'parameters.resourceSpec'],
  ] as const) {
    const letter = await queues.deadLetter(
      ({ Body = '' }) => Body.includes(`"${id}"`),
      'MigrateNodesDeadLetterQueue',
    );
    expect(attribute(letter, 'reason')).toContain(field);
  }
});
