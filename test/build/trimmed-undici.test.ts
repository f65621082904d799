import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createSecureServer } from 'node:http2';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { type BuildFailure, build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#lib/clock';
import { createFixedKey, createKeyGuard } from '#lib/modelarts/client/access-key';
import type { createModelArtsClient, ModelArtsClient } from '#lib/modelarts/client/client';
import type { batchResetNodes } from '#lib/modelarts/endpoints/batch-reset-nodes';
import type { listPoolNodes } from '#lib/modelarts/endpoints/list-pool-nodes';
import { bundling } from '#local/build/bundle';
import { trimmedUndici } from '#local/build/trimmed-undici';
import { sampleCredentials, sampleProject } from '#test/modelarts/client-fixture';
import { answers, breaksOff, hangsUp, startServer, staysSilent } from '#test/modelarts/server';
import { loopbackCertificate } from './loopback-certificate.ts';

const root = path.resolve(import.meta.dirname, '../..');

type Bundled = {
  createModelArtsClient: typeof createModelArtsClient;
  listPoolNodes: typeof listPoolNodes;
  batchResetNodes: typeof batchResetNodes;
};

let folder: string;
let bundled: Bundled;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-bundle-'));
  const file = path.join(folder, 'client.cjs');
  await build({
    ...bundling,
    absWorkingDir: root,
    stdin: {
      contents: `
        export { createModelArtsClient } from '#lib/modelarts/client/client';
        export { listPoolNodes } from '#lib/modelarts/endpoints/list-pool-nodes';
        export { batchResetNodes } from '#lib/modelarts/endpoints/batch-reset-nodes';
      `,
      resolveDir: root,
      loader: 'ts',
    },
    outfile: file,
    plugins: [trimmedUndici()],
  });
  bundled = createRequire(import.meta.url)(file);
});
afterAll(() => rm(folder, { recursive: true }));

function clientOf(endpoint: string, readTimeoutMs = 5_000): ModelArtsClient & AsyncDisposable {
  const client = bundled.createModelArtsClient({
    endpoint,
    projectId: sampleProject,
    key: createKeyGuard(createFixedKey(sampleCredentials), systemClock),
    clock: systemClock,
    random: () => 0,
    limits: { readTimeoutMs, writeTimeoutMs: readTimeoutMs, maxAttempts: 1 },
  });
  return { ...client, [Symbol.asyncDispose]: () => client.close() };
}

const read = (client: ModelArtsClient, signal?: AbortSignal) =>
  client.send(bundled.listPoolNodes, { path: { pool_name: 'pool-a' } }, { signal });

const reset = (client: ModelArtsClient) =>
  client.send(bundled.batchResetNodes, {
    path: { pool_name: 'pool-a' },
    body: {
      nodeNames: ['node-1'],
      rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 },
      nodeConfig: {},
    },
  });

describe('the client in a bundle', () => {
  const noNodes = answers(200, { apiVersion: 'v2', kind: 'NodeList', items: [] });

  test('reads over one connection that it keeps, and writes each over a new one', async () => {
    await using server = await startServer(noNodes, noNodes, noNodes, answers(202, { job_id: 'job-1' }));
    await using client = clientOf(server.url);
    for (let number = 1; number <= 3; number += 1) {
      expect(await read(client)).toMatchObject({ nodes: [] });
      // Undici lets a connection rest for a turn of the event loop after each answer.
      await new Promise(setImmediate);
    }
    expect(server.connections()).toBe(1);
    for (let number = 1; number <= 2; number += 1) expect(await reset(client)).toEqual({ jobId: 'job-1' });
    expect(server.connections()).toBe(3);
    expect(JSON.parse(server.received.at(-1)?.body ?? '')).toMatchObject({ nodeNames: ['node-1'] });
  });

  test('reads an answer in many pieces', async () => {
    const nodes = Array.from({ length: 2_000 }, (_, index) => ({
      metadata: { name: `node-${index}`, labels: {}, annotations: {} },
      spec: { flavor: 'modelarts.bm.npu' },
      status: { phase: 'Available' },
    }));
    await using server = await startServer(answers(200, { items: nodes }));
    await using client = clientOf(server.url);
    expect((await read(client)).nodes).toHaveLength(2_000);
  });

  test('gives up after its time', async () => {
    await using server = await startServer(staysSilent);
    await using client = clientOf(server.url, 50);
    await expect(read(client)).rejects.toMatchObject({ code: 'timed-out', outcome: 'unknown' });
  });

  test('gives up when its signal aborts', async () => {
    const controller = new AbortController();
    await using server = await startServer(() => controller.abort());
    await using client = clientOf(server.url);
    await expect(read(client, controller.signal)).rejects.toMatchObject({ code: 'aborted' });
  });

  test('tells a lost connection from one that was never made', async () => {
    const server = await startServer(hangsUp, breaksOff(202));
    await using client = clientOf(server.url);
    await expect(reset(client)).rejects.toMatchObject({ code: 'connection-lost', outcome: 'unknown' });
    await expect(reset(client)).rejects.toMatchObject({ code: 'reply-unreadable', outcome: 'unknown' });
    await server.close();
    await expect(reset(client)).rejects.toMatchObject({ code: 'connection-failed', outcome: 'not-sent' });
  });

  test('speaks HTTP/1.1 over TLS, also to a server that has HTTP/2', async () => {
    const versions: string[] = [];
    const server = createSecureServer({ ...loopbackCertificate, allowHTTP1: true }, (request, response) => {
      versions.push(request.httpVersion);
      response.setHeader('content-type', 'application/json');
      response.end('{"items":[],"job_id":"job-1"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const trusted = tls.getCACertificates('default');
    const { port } = server.address() as { port: number };
    try {
      await using stranger = clientOf(`https://127.0.0.1:${port}`);
      await expect(read(stranger)).rejects.toMatchObject({
        code: 'connection-failed',
        message: expect.stringContaining('self-signed certificate'),
      });
      tls.setDefaultCACertificates([loopbackCertificate.cert]);
      await using client = clientOf(`https://127.0.0.1:${port}`);
      expect(await read(client)).toMatchObject({ nodes: [] });
      expect(await reset(client)).toEqual({ jobId: 'job-1' });
      expect(versions).toEqual(['1.1', '1.1']);
    } finally {
      tls.setDefaultCACertificates(trusted);
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

async function messagesOf(contents: string, resolveDir: string): Promise<string[]> {
  const failure: BuildFailure = await build({
    ...bundling,
    absWorkingDir: resolveDir,
    stdin: { contents, resolveDir },
    outfile: 'unwritten.cjs',
    write: false,
    logLevel: 'silent',
    plugins: [trimmedUndici()],
  }).then(
    () => expect.fail('it did not'),
    (error) => error,
  );
  return failure.errors.map(({ text }) => text);
}

describe('a build fails', () => {
  test('when undici is laid out otherwise', async () => {
    const dispatcher = path.join(folder, 'node_modules/undici/lib/dispatcher');
    await mkdir(dispatcher, { recursive: true });
    await writeFile(
      path.join(dispatcher, 'pool.js'),
      "require('./client-h2'); module.exports = class Pool {}",
    );
    await writeFile(path.join(dispatcher, 'client-h2.js'), '');
    expect(await messagesOf("import { Pool } from 'undici'; console.log(Pool)", folder)).toEqual([
      expect.stringMatching(
        /the pool of undici does not load llhttp\/llhttp-wasm.js, .*webidl.* any more: adapt/,
      ),
    ]);
  });

  test('when more of undici is used than is there', async () => {
    expect(await messagesOf("import { Agent } from 'undici'; console.log(Agent)", root)).toEqual([
      expect.stringContaining('import "Agent"'),
    ]);
  });
});
