import { describe, expect, test } from 'vitest';
import { sign } from '#lib/http/signature';
import { batchMigrateNodes } from '#lib/modelarts/endpoints/batch-migrate-nodes';
import { batchResetNodes } from '#lib/modelarts/endpoints/batch-reset-nodes';
import { batchUpdateNodes } from '#lib/modelarts/endpoints/batch-update-nodes';
import { deleteNodePool } from '#lib/modelarts/endpoints/delete-node-pool';
import { patchNodePool } from '#lib/modelarts/endpoints/patch-node-pool';
import { BatchMigrateNodesRequest } from '#lib/modelarts/requests/batch-migrate-nodes';
import { BatchResetNodesRequest } from '#lib/modelarts/requests/batch-reset-nodes';
import { BatchUpdateNodesRequest } from '#lib/modelarts/requests/batch-update-nodes';
import { errorOf, sampleCredentials, sampleProject, type TestClient, testClient } from './client-fixture.ts';
import migratePage from './pages/batch-migrate-nodes.json' with { type: 'json' };
import resetPage from './pages/batch-reset-nodes.json' with { type: 'json' };
import updatePage from './pages/batch-update-nodes.json' with { type: 'json' };
import deletePage from './pages/delete-node-pool.json' with { type: 'json' };
import patchPage from './pages/update-node-pool.json' with { type: 'json' };
import { answers, hangsUp, startServer } from './server.ts';

const pool = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';
const nodePool = 'modelarts.vm.2u4g.dcc-Default';
const poolPath = `/v2/${sampleProject}/pools/${pool}`;

/** Each page's examples: the call, what must go over the wire, and what comes back. */
const examples = [
  {
    retrySafe: false,
    page: resetPage,
    call: (client: TestClient) =>
      client.send(batchResetNodes, {
        path: { pool_name: pool },
        body: BatchResetNodesRequest.parse(resetPage.request),
      }),
    wire: { method: 'POST', url: `${poolPath}/nodes/batch-reset`, contentType: 'application/json' },
    reply: { jobId: 'f234a869-f8ee-4b51-8255-3cbede368aba' },
  },
  {
    retrySafe: true,
    page: updatePage,
    call: (client: TestClient) =>
      client.send(batchUpdateNodes, {
        path: { pool_name: pool },
        body: BatchUpdateNodesRequest.parse(updatePage.request),
      }),
    wire: { method: 'POST', url: `${poolPath}/nodes/batch-update`, contentType: 'application/json' },
    reply: { succeeded: ['os-node-created-xzz78'], failed: [] },
  },
  {
    retrySafe: false,
    page: migratePage,
    call: (client: TestClient) =>
      client.send(batchMigrateNodes, {
        path: { pool_name: pool },
        body: BatchMigrateNodesRequest.parse(migratePage.request),
      }),
    wire: { method: 'POST', url: `${poolPath}/nodes/batch-migrate`, contentType: 'application/json' },
    reply: { jobId: '66798666-6778-443f-9f8a-56c9ea6d719c' },
  },
  {
    retrySafe: true,
    page: patchPage,
    call: (client: TestClient) =>
      client.send(patchNodePool, {
        path: { pool_name: pool, nodepool_name: nodePool },
        body: patchPage.request,
      }),
    wire: {
      method: 'PATCH',
      url: `${poolPath}/nodepools/${nodePool}`,
      contentType: 'application/merge-patch+json',
    },
    reply: { resources: patchPage.reply.spec.resources },
  },
  {
    retrySafe: false,
    page: { ...deletePage, request: undefined },
    call: (client: TestClient) =>
      client.send(deleteNodePool, { path: { pool_name: pool, nodepool_name: nodePool } }),
    wire: { method: 'DELETE', url: `${poolPath}/nodepools/${nodePool}`, contentType: undefined },
    reply: {
      nodePool: {
        name: 'nodepool-1',
        resources: deletePage.reply.spec.resources,
        nodeCounts: { creating: 0, available: 1, abnormal: 0, deleting: 0 },
      },
    },
  },
];

describe.each(examples)('$wire.method $wire.url', ({ page, call, wire, reply, retrySafe }) => {
  test("the page's example request goes over the wire as it stands there, and its answer is understood", async () => {
    await using server = await startServer(answers(200, page.reply));
    await using client = testClient(server.url);

    expect(await call(client)).toEqual(reply);

    expect(server.received).toHaveLength(1);
    const [received] = server.received;
    const body = page.request === undefined ? '' : JSON.stringify(page.request);
    expect(received).toMatchObject({ method: wire.method, url: wire.url, body });
    expect(received?.headers['content-type']).toBe(wire.contentType);
    expect(received?.headers['x-project-id']).toBe(sampleProject);
    expect(received?.headers['x-sdk-content-sha256']).toBeUndefined();
  });

  test('what arrives is what was signed', async () => {
    await using server = await startServer(answers(200, page.reply));
    await using client = testClient(server.url);
    await call(client);

    const [{ method, url, headers, body } = { method: '', url: '', headers: {}, body: '' }] = server.received;
    const signedNames = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? [];
    expect(signedNames).toEqual(
      [wire.contentType && 'content-type', 'host', 'x-project-id', 'x-sdk-date'].filter(
        (name) => name !== undefined,
      ),
    );
    const arrived = Object.fromEntries(signedNames.map((name) => [name, String(headers[name])]));
    const again = sign({
      method,
      url: new URL(url, `http://${headers.host}`),
      headers: arrived,
      body: Buffer.from(body),
      credentials: sampleCredentials,
      now: client.clock.now(),
    });
    expect(headers.authorization).toBe(again['authorization']);
  });

  test("the page's example of an error is a definite refusal with the vendor's own words", async () => {
    await using server = await startServer(
      answers(page.error.status, page.error.body, { 'x-request-id': 'req-1' }),
    );
    await using client = testClient(server.url);

    const error = await errorOf(call(client));

    expect(error).toMatchObject({
      outcome: 'refused',
      transient: false,
      retrySafe: true,
      status: page.error.status,
      code: page.error.body.error_code,
      vendorMessage: page.error.body.error_msg,
      requestId: 'req-1',
    });
    expect(error.message).toBe(
      `${error.endpoint} (${wire.method} ${wire.url}) was refused: ${page.error.status} ${page.error.body.error_code} ` +
        `"${page.error.body.error_msg}" (request id req-1)`,
    );
    expect(server.received).toHaveLength(1);
  });

  test('a lost answer leaves it open whether it was done, and it is not sent again', async () => {
    await using server = await startServer(hangsUp);
    await using client = testClient(server.url);
    expect(await errorOf(call(client))).toMatchObject({ outcome: 'unknown', retrySafe });
    expect(server.received).toHaveLength(1);
  });
});
