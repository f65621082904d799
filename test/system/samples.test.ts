import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLedger, type Remediation } from '#local/client/ledger';
import { createSimulatedWorld } from '#local/client/simulated-world';
import type { Target } from '#local/client/target';
import type { Cloud } from '#local/cloud/cloud';
import { createScreen } from '#local/screen/screen';
import { readPayload } from '#local/send/payload';
import { leavesNodesWell } from '#local/send/samples';
import { sendAndFollow } from '#local/send/send-and-follow';
import type { Simulator } from '#local/simulator/simulator';
import { signAs } from '#local/smn/sign-message';
import { type SmnStandIn, startSmnStandIn } from '#local/smn/stand-in';
import { secretsApart } from '#local/stack/secrets';
import { queueUrls } from '#local/start/queue-urls';
import { startSimulatorFor } from '#local/start/start-simulator';
import { buildSystem } from './stack/build-system.ts';
import { startStrictCloud } from './stack/strict-cloud.ts';

// The samples of events/, sent as `npm run send` does, to the system that `npm start` runs: the rules of poolkeeper.yml, and the
// simulator with their pools.

const root = path.resolve(import.meta.dirname, '../..');
const tokens = {
  webhookToken: 'webhook-token-samples-test-77aa01',
  consoleToken: 'console-token-samples-test-77aa02',
};
const SPEED = 60;
const TRAIN = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';
const QUARANTINE = 'pool-77aa-6f5da086876d4cd084d36f8bd3346036';

let simulator: Simulator;
let cloud: Cloud;
let smn: SmnStandIn;
let target: Target;
const aborting = new AbortController();

beforeAll(async () => {
  const built = await buildSystem({
    name: 'samples',
    rules: await readFile(path.join(root, 'poolkeeper.yml'), 'utf8'),
    simulatorSpeed: SPEED,
  });
  simulator = await startSimulatorFor(built.rules, {});
  smn = await startSmnStandIn(Date.now());
  cloud = await startStrictCloud({
    describe: built.describe,
    root: built.root,
    port: 0,
    ...secretsApart({
      MODELARTS_ENDPOINT: simulator.url,
      HUAWEICLOUD_SDK_AK: simulator.credentials.accessKey,
      HUAWEICLOUD_SDK_SK: simulator.credentials.secretKey,
      HUAWEICLOUD_SDK_PROJECT_ID: simulator.projectId,
      HUAWEICLOUD_SDK_REGION: 'cn-north-4',
      ...smn.variables,
      POOLKEEPER_WEBHOOK_TOKEN: tokens.webhookToken,
      POOLKEEPER_CONSOLE_TOKEN: tokens.consoleToken,
    }),
    onLog: () => {},
    onWarning: () => {},
  });
  target = {
    url: cloud.url,
    ...tokens,
    simulatorUrl: simulator.url,
    smn: smn.signer,
    sqs: {
      endpoint: cloud.sqsEndpoint,
      region: 'us-east-1',
      credentials: cloud.credentials,
      queues: queueUrls(cloud),
    },
    lambda: { endpoint: cloud.lambdaEndpoint, credentials: cloud.credentials },
  };
});

afterAll(async () => {
  aborting.abort();
  await cloud.stop();
  await simulator.close();
  await smn[Symbol.asyncDispose]();
});

async function send(file: string): Promise<Remediation[]> {
  const { signal } = aborting;
  return sendAndFollow(await readPayload(path.join(root, 'events', file)), {
    ledger: createLedger(target, signal),
    world: createSimulatedWorld(simulator.url, signal),
    nodesStayWell: leavesNodesWell(`events/${file}`),
    target,
    screen: createScreen(new PassThrough().resume()),
    asIs: false,
    signal,
  });
}

const shownPool = (id: string) => simulator.control.state().pools.find((pool) => pool.id === id)!;
const node = (name: string, pool = TRAIN) =>
  shownPool(pool).nodes.find((shown) => shown.name === `os-node-created-${name}`);
/** Every body that was sent to an endpoint with this in it. */
const allSent = (endpoint: string, part: string): any[] =>
  simulator.control
    .state()
    .requests.filter((request) => request.endpoint === endpoint)
    .map(({ body }) => body)
    .filter((body) => JSON.stringify(body).includes(part));
/** The first of them. */
const sent = (endpoint: string, part: string): any => allSent(endpoint, part)[0];

/** Before the others: nodes that they reset leave no place in the budget for one that is isolated. */
test('the sample of HA redundancy opens it, and the other closes it', async () => {
  expect(await send('commands/update-nodes-redundancy.json')).toMatchObject([{ state: 'succeeded' }]);
  expect(node('l6hzd')).toMatchObject({ haRedundant: true });
  expect(await send('commands/update-nodes-redundancy-off.json')).toMatchObject([{ state: 'succeeded' }]);
  expect(node('l6hzd')).toMatchObject({ haRedundant: false });
  expect(node('f5jdp')).toMatchObject({ haRedundant: false });
});

describe.concurrent('the sample', () => {
  test('of a reset with another image sends the image', async () => {
    expect(await send('commands/reset-nodes-image.json')).toMatchObject([{ state: 'succeeded' }]);
    expect(sent('batch-reset-nodes', 'trmmr')).toMatchObject({
      nodeNames: ['os-node-created-trmmr'],
      nodeConfig: {
        imageId: '0f2c4f4e-6a0e-4e1f-9a5f-1f0c7c2f5b11',
        imageType: 'private',
        runtime: 'containerd',
      },
    });
  });

  test('of a reset by percent resets four nodes, each once', async () => {
    expect(await send('commands/reset-nodes-percent.json')).toMatchObject([{ state: 'succeeded' }]);
    // How many calls it takes depends on the places that the budget has left beside the other samples.
    const bodies = allSent('batch-reset-nodes', 'RollingByPercent');
    for (const { rollingConfig } of bodies)
      expect(rollingConfig).toEqual({ strategy: 'RollingByPercent', maxUnavailable: 50 });
    expect(bodies.flatMap(({ nodeNames }) => nodeNames).sort()).toEqual(
      ['5tknc', 'hjmwm', 'rccml', 'wmcjg'].map((name) => `os-node-created-${name}`),
    );
  });

  test('of a tag sets it, and the other takes it away', async () => {
    expect(await send('commands/update-nodes.json')).toMatchObject([{ state: 'succeeded' }]);
    expect(node('zpkgq')?.tags).toMatchObject({ CostCenter: '4711' });
    expect(await send('commands/update-nodes-untag.json')).toMatchObject([{ state: 'succeeded' }]);
    expect(node('zpkgq')?.tags).toEqual({});
  });

  test('of an alert marks the node, and its resolution takes the mark away', async () => {
    expect(await send('alerts/marked.json')).toMatchObject([{ state: 'succeeded' }]);
    expect(node('cc76z')?.tags).toEqual({ Inspect: 'npu' });
    expect(await send('alerts/marked-resolved.json')).toMatchObject([{ state: 'succeeded' }]);
    expect(node('cc76z')?.tags).toEqual({});
    expect(sent('batch-update-nodes', 'deleteTags')).toBeDefined();
  });

  test('of an event of Cloud Eye has the node reset, from the signed message to the healthy node', async () => {
    expect(await send('smn/cloud-eye-event.json')).toMatchObject([
      { state: 'succeeded', action: 'reset-nodes', reason: { source: 'smn', rule: 'npu-card-not-found' } },
    ]);
    expect(sent('batch-reset-nodes', 'n8j8w').nodeNames).toEqual(['os-node-created-n8j8w']);
    expect(node('n8j8w')).toMatchObject({ phase: 'Available' });
  });

  test('of an alarm of Cloud Eye marks the node of that server, and its end takes the mark away', async () => {
    expect(await send('smn/cloud-eye-alarm.json')).toMatchObject([{ state: 'succeeded' }]);
    expect(node('zgx69')?.tags).toEqual({ Hot: 'npu' });
    expect(await send('smn/cloud-eye-ok.json')).toMatchObject([{ state: 'succeeded' }]);
    expect(node('zgx69')?.tags).toEqual({});
  });

  test('of an alarm of AOM is recorded, and nothing is done', async () => {
    expect(await send('smn/aom-alarm.json')).toMatchObject([{ state: 'observed', nodes: ['10.0.0.73'] }]);
    expect(sent('batch-reset-nodes', '98hch')).toBeUndefined();
  });

  test('of a CloudEvent marks the node, and its resolution takes the mark away', async () => {
    expect(await send('cloudevents/npu-lost.json')).toMatchObject([
      { state: 'succeeded', reason: { source: 'cloudevents', rule: 'npu-lost-event' } },
    ]);
    expect(node('d7lhm')?.tags).toEqual({ Inspect: 'npu' });
    expect(await send('cloudevents/npu-lost-resolved.json')).toMatchObject([{ state: 'succeeded' }]);
    expect(node('d7lhm')?.tags).toEqual({});
    expect(await send('cloudevents/batch.json')).toMatchObject([{ state: 'succeeded' }]);
    expect(node('lrkx5')?.tags).toEqual({ Inspect: 'npu' });
  });

  test('of an event of Kubernetes is recorded, and nothing is done', async () => {
    expect(await send('kubernetes/device-fault.json')).toMatchObject([
      { state: 'observed', nodes: ['os-node-created-pgsp2'], reason: { rule: 'npu-device-fault' } },
    ]);
    expect(await send('kubernetes/device-recovery.json')).toEqual([]);
    expect(await send('kubernetes/node-condition.json')).toMatchObject([
      { state: 'observed', nodes: ['os-node-created-rf4xx'], reason: { rule: 'npu-condition' } },
    ]);
  });

  test('of an alarm of CloudWatch invokes the function as EventBridge does, and OK takes the mark away', async () => {
    expect(await send('eventbridge/cloudwatch-alarm.json')).toMatchObject([
      { state: 'succeeded', reason: { source: 'eventbridge', rule: 'npu-cloudwatch-alarm' } },
    ]);
    expect(node('8wxbj')?.tags).toEqual({ Inspect: 'npu' });
    expect(await send('eventbridge/cloudwatch-no-data.json')).toEqual([]);
    expect(node('8wxbj')?.tags).toEqual({ Inspect: 'npu' });
    expect(await send('eventbridge/cloudwatch-ok.json')).toMatchObject([{ state: 'succeeded' }]);
    expect(node('8wxbj')?.tags).toEqual({});
    expect(await send('eventbridge/own-event.json')).toMatchObject([{ state: 'observed' }]);
  });

  test('of prose is refused with a hint', async () => {
    await expect(send('smn/cloud-eye-template.json')).rejects.toThrow(
      /^400 Bad Request: The text of the message is not JSON, as if a message template had made it/,
    );
  });

  test('of an event, changed on its way or sent without a signature, is refused, and is in the journal', async () => {
    const sample = JSON.parse(await readFile(path.join(root, 'events/smn/cloud-eye-event.json'), 'utf8'));
    const fresh = { ...sample, message: JSON.stringify(sample.message), timestamp: new Date().toISOString() };
    const signed = signAs(smn.signer, fresh);
    const post = (message: object) =>
      fetch(`${cloud.url}/alerts/smn`, { method: 'POST', body: JSON.stringify(message) });
    expect((await post({ ...signed, subject: 'changed' })).status).toBe(401);
    expect((await post({ ...signed, topic_urn: `${sample.topic_urn}-other` })).status).toBe(403);
    expect((await post(fresh)).status).toBe(400);
    const headers = { authorization: `Bearer ${tokens.consoleToken}` };
    const journal = await (await fetch(`${cloud.url}/events?limit=100`, { headers })).text();
    expect(journal).toContain('The signature is not that of the message');
    expect(journal).toContain('add it to sources.smn.topics');
    expect(sent('batch-reset-nodes', 'changed')).toBeUndefined();
  });

  test('of a subscription is confirmed at SMN, and that of its end is not followed', async () => {
    expect(await send('smn/subscription-confirmation.json')).toEqual([]);
    expect(smn.confirmed).toHaveLength(1);
    expect(await send('smn/unsubscribe-confirmation.json')).toEqual([]);
    expect(smn.confirmed).toHaveLength(1);
  });

  test('of a migration into a new node pool makes it as it is described', async () => {
    expect(await send('commands/migrate-nodes-new-node-pool.json')).toMatchObject([{ state: 'succeeded' }]);
    expect(node('5fnh5')).toBeUndefined();
    expect(node('5fnh5', QUARANTINE)).toMatchObject({ nodePool: 'inspection', phase: 'Available' });
    expect(sent('batch-migrate-nodes', '5fnh5').resourceSpec).toMatchObject({
      dataVolumes: [{ size: '500' }, { size: '1000' }],
      volumeGroupConfigs: [{ volumeGroup: 'vgpaas' }, { volumeGroup: 'vguser1' }],
      taints: [{ key: 'example.com/inspection' }],
    });
  });

  test('of a larger node pool brings two nodes more', async () => {
    expect(await send('commands/update-node-pool-grow.json')).toMatchObject([{ state: 'succeeded' }]);
    const own = shownPool(QUARANTINE).nodes.filter(({ nodePool }) => nodePool === 'np-1');
    expect(own).toHaveLength(34);
  });

  test('of a command on a queue is carried out without a word to the HTTP API', async () => {
    const [remediation] = await send('queue/reset-nodes.json');
    expect(remediation).toMatchObject({ state: 'succeeded', reason: { source: 'node-checker' } });
    expect(remediation!.id).toMatch(/^message-/);
    expect(sent('batch-reset-nodes', '48l2p').nodeNames).toEqual(['os-node-created-48l2p']);
  });

  test('of a schedule that selects nodes says which it would reset', async () => {
    const [remediation] = await send('schedules/image-of-the-month.json');
    expect(remediation).toMatchObject({ state: 'observed', action: 'reset-nodes' });
    expect(remediation!.nodes).toHaveLength(32);
  });
});
