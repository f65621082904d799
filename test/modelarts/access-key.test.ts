import { describe, expect, test } from 'vitest';
import type { Credentials } from '#lib/http/signature';
import { createLogger } from '#lib/log';
import { createFixedKey, createKeyGuard } from '#lib/modelarts/client/access-key';
import { createModelArtsClients } from '#lib/modelarts/client/clients';
import { batchResetNodes } from '#lib/modelarts/endpoints/batch-reset-nodes';
import { showPoolNode } from '#lib/modelarts/endpoints/show-pool-node';
import { errorOf, sampleCredentials, sampleProject, testClient } from './client-fixture.ts';
import { fakeClock } from './fake-clock.ts';
import { answers, type Behaviour, startServer } from './server.ts';

const old: Credentials = { ...sampleCredentials, accessKey: 'AK-OLD-0000000000001' };
const fresh: Credentials = { ...sampleCredentials, accessKey: 'AK-NEW-0000000000002' };
const pool = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';

/** An API that knows only the new key. */
const knowsNewKey: Behaviour = (response, request) =>
  request.headers.authorization?.includes(`Access=${fresh.accessKey},`)
    ? answers(200, { jobId: 'job-1', metadata: { name: 'n1' } })(response, request)
    : answers(401, { error_code: 'APIGW.0301', error_msg: 'unknown key' })(response, request);

/** A key in a store: `change` takes effect when the store is read again. */
function storedKey(first: Credentials | undefined) {
  const stored = { next: first, isReadable: true };
  let value = first;
  const key = {
    variables: 'HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK',
    current: async () => value,
    renew: async () => {
      if (stored.isReadable) value = stored.next;
      return stored.isReadable;
    },
  };
  return {
    change: (next: Credentials | undefined) => void (stored.next = next),
    hide: () => void (stored.isReadable = false),
    guard: createKeyGuard(key, fakeClock()),
  };
}

const readNode = (client: ReturnType<typeof testClient>) =>
  client.send(showPoolNode, { path: { pool_name: pool, node_name: 'n1' } });
const resetNode = (client: ReturnType<typeof testClient>) =>
  client.send(batchResetNodes, {
    path: { pool_name: pool },
    body: {
      nodeNames: ['n1'],
      rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 },
      nodeConfig: {},
    },
  });

describe('a key that is changed while the process lives', () => {
  test('is used by the reading that the API refused for the old one', async () => {
    await using server = await startServer(knowsNewKey);
    const stored = storedKey(old);
    await using client = testClient(server.url, { key: stored.guard });
    stored.change(fresh);
    expect(await readNode(client)).toMatchObject({ name: 'n1' });
    expect(server.received).toHaveLength(2);
    expect(await resetNode(client)).toMatchObject({ jobId: 'job-1' });
  });

  test('is used for the next call, because a call that was refused is not repeated', async () => {
    await using server = await startServer(knowsNewKey);
    const stored = storedKey(old);
    await using client = testClient(server.url, { key: stored.guard });
    stored.change(fresh);
    expect(await errorOf(resetNode(client))).toMatchObject({ outcome: 'refused', status: 401 });
    expect(server.received).toHaveLength(1);
    expect(await resetNode(client)).toMatchObject({ jobId: 'job-1' });
  });

  test('ends the pause of the old one', async () => {
    await using server = await startServer(knowsNewKey);
    const stored = storedKey(old);
    await using client = testClient(server.url, { key: stored.guard });
    await errorOf(readNode(client));
    expect(await errorOf(readNode(client))).toMatchObject({ code: 'credentials-refused' });
    stored.change(fresh);
    expect(await readNode(client)).toMatchObject({ name: 'n1' });
    expect(server.received).toHaveLength(2);
  });

  test('is asked for once for a reading, however often the API refuses', async () => {
    await using server = await startServer(answers(401, { error_code: 'APIGW.0301' }));
    const stored = storedKey(old);
    await using client = testClient(server.url, { key: stored.guard });
    stored.change(fresh);
    expect(await errorOf(readNode(client))).toMatchObject({ outcome: 'refused', status: 401 });
    expect(server.received).toHaveLength(2);
    expect(await errorOf(readNode(client))).toMatchObject({ code: 'credentials-refused' });
  });

  test('stays the old one where the store cannot be read', async () => {
    await using server = await startServer(knowsNewKey);
    const stored = storedKey(old);
    await using client = testClient(server.url, { key: stored.guard });
    stored.change(fresh);
    stored.hide();
    expect(await errorOf(readNode(client))).toMatchObject({ status: 401 });
    expect(server.received).toHaveLength(1);
  });
});

test('a key that is not set is an error that names its variables, and nothing is sent until it is set', async () => {
  await using server = await startServer(knowsNewKey);
  const stored = storedKey(undefined);
  await using client = testClient(server.url, { key: stored.guard });
  expect(await errorOf(readNode(client))).toMatchObject({
    outcome: 'not-sent',
    transient: true,
    code: 'credentials-missing',
    message: expect.stringContaining('HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK are not set'),
  });
  expect(server.received).toEqual([]);
  stored.change(fresh);
  expect(await readNode(client)).toMatchObject({ name: 'n1' });
});

function clientsOf(endpoint: string, keys: Record<string, Credentials>) {
  return createModelArtsClients(
    { projectId: sampleProject, region: 'cn-north-4', endpoint },
    {
      keyOf: (account = 'own') => createFixedKey(keys[account]),
      clock: fakeClock(),
      random: () => 0,
      log: createLogger({}, { write: () => {} }),
    },
  );
}

describe('the clients of several accounts', () => {
  const node = { path: { pool_name: pool, node_name: 'n1' } };

  test('sign with the key of the account, in the project of the pool', async () => {
    await using server = await startServer(answers(200, { metadata: { name: 'n1' } }));
    const clientFor = clientsOf(server.url, { own: old, research: fresh });
    await clientFor({}).send(showPoolNode, node);
    await clientFor({ account: 'research', project: 'p2' }).send(showPoolNode, node);
    expect(server.received.map(({ url, headers }) => [url.split('/')[2], headers.authorization])).toEqual([
      [sampleProject, expect.stringContaining(`Access=${old.accessKey},`)],
      ['p2', expect.stringContaining(`Access=${fresh.accessKey},`)],
    ]);
  });

  test('hold a refused key back in its project, and in no other account', async () => {
    await using server = await startServer(knowsNewKey);
    const clientFor = clientsOf(server.url, { own: old, research: fresh });
    expect(await errorOf(clientFor({}).send(showPoolNode, node))).toMatchObject({ status: 401 });
    expect(await errorOf(clientFor({}).send(showPoolNode, node))).toMatchObject({
      code: 'credentials-refused',
    });
    expect(await clientFor({ account: 'research', project: 'p2' }).send(showPoolNode, node)).toMatchObject({
      name: 'n1',
    });
  });
});
