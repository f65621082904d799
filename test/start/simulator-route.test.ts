import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HttpApi, openHttpApi } from '#local/cloud/http/http-api';
import { startSimulator } from '#local/simulator/simulator';
import { simulatorRoute } from '#local/start/simulator-route';

/** Stands for the console: it knows two tokens. */
const MAY: Record<string, string[]> = {
  'Bearer reader': ['GET /me'],
  'Bearer operator': ['GET /me', 'POST /commands'],
};

let console: Server;
let simulator: Awaited<ReturnType<typeof startSimulator>>;
let api: HttpApi;

beforeAll(async () => {
  console = createServer((request, response) => {
    const may = MAY[request.headers.authorization ?? ''];
    response.writeHead(may ? 200 : 401, {
      'content-type': may ? 'application/json' : 'application/problem+json',
    });
    response.end(JSON.stringify(may ? { name: 'ada', may } : { status: 401, detail: 'no token' }));
  });
  await new Promise<void>((resolve) => console.listen(0, '127.0.0.1', resolve));
  simulator = await startSimulator({ nodes: 3 });
  const { port } = console.address() as AddressInfo;
  api = await openHttpApi({
    port: 0,
    hosts: [],
    now: Date.now,
    onProblem: () => {},
    localRoute: simulatorRoute(simulator.url, () => `http://127.0.0.1:${port}`),
  });
  api.serve([], () => Promise.reject(new Error('no function has this route')));
});
afterAll(async () => {
  await api.stop();
  await simulator[Symbol.asyncDispose]();
  console.close();
});

async function ask(method: string, path: string, token: string, body?: unknown, headers = {}) {
  const response = await fetch(`${api.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as any };
}

test('a person who may order actions changes the simulated world, and sees its last requests', async () => {
  const name = simulator.control.state().pools[0]!.nodes[0]!.name;
  const changed = await ask('POST', `/simulator/nodes/${name}`, 'operator', { phase: 'Abnormal' });
  expect(changed).toMatchObject({ status: 200, body: { phase: 'Abnormal' } });
  for (let count = 0; count < 60; count += 1) await fetch(`${simulator.url}/v2/p/pools`);
  const { status, body } = await ask('GET', '/simulator', 'reader');
  expect([status, body.pools[0].nodes[0].phase, body.requests.length]).toEqual([200, 'Abnormal', 40]);
  expect(await ask('POST', '/simulator/heal', 'operator')).toMatchObject({ body: { healed: [name] } });
  expect(await ask('POST', '/simulator/faults', 'operator', { kind: 'quiet' })).toMatchObject({
    status: 400,
  });
});

test('no other person does, and no page of another site', async () => {
  expect(await ask('GET', '/simulator', 'stranger')).toMatchObject({
    status: 401,
    body: { detail: 'no token' },
  });
  expect(await ask('POST', '/simulator/heal', 'reader')).toMatchObject({ status: 403 });
  const foreign = await fetch(`${api.url}/simulator`, { headers: { origin: 'https://evil.test' } });
  expect(foreign.status).toBe(403);
});

test('a path that only begins alike is no route', async () => {
  expect((await fetch(`${api.url}/simulators`)).status).toBe(404);
});
