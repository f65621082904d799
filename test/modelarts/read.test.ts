import { expect, test } from 'vitest';
import { listAllJobs, listAllPoolNodes, listAllWorkloads } from '#lib/modelarts/read';
import { sampleProject, testClient } from './client-fixture.ts';
import { answers, startServer } from './server.ts';

const nodes = (names: string[], token?: string) =>
  answers(200, { metadata: { continue: token }, items: names.map((name) => ({ metadata: { name } })) });
const jobs = (ids: string[], count?: number) =>
  answers(200, { count, items: ids.map((jobId) => ({ jobId })) });
const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `j${from + index}`);
const workloads = (count: number) =>
  answers(200, { items: Array.from({ length: count }, (_, i) => ({ name: `w${i}` })) });

const query = (url: string | undefined) => Object.fromEntries(new URL(url ?? '', 'http://x').searchParams);

test('all nodes, over as many pages as there are tokens', async () => {
  await using server = await startServer(nodes(['a', 'b'], 't1'), nodes(['c'], 't2'), nodes(['d']));
  await using client = testClient(server.url);
  const all = await Array.fromAsync(listAllPoolNodes(client, 'p'));
  expect(all.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
  expect(server.received.map(({ url }) => query(url))).toEqual([
    { limit: '500' },
    { limit: '500', continue: 't1' },
    { limit: '500', continue: 't2' },
  ]);
  expect(server.received[0]?.url).toMatch(`/v2/${sampleProject}/pools/p/nodes?`);
});

test.each([
  ['the same token for ever', [nodes(['a', 'b'], 't1')], 2],
  ['tokens in a circle', [nodes(['a'], 't1'), nodes(['b'], 't2'), nodes(['a'], 't1')], 3],
])('nodes of an API that gives %s come once, and the reading ends', async (_, pages, requests) => {
  await using server = await startServer(...pages);
  await using client = testClient(server.url);
  const all = await Array.fromAsync(listAllPoolNodes(client, 'p'));
  expect(all.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(server.received).toHaveLength(requests);
});

test('all jobs of a pool, until as many came as there are', async () => {
  await using server = await startServer(jobs(ids(0, 500), 700), jobs(ids(500, 700), 700));
  await using client = testClient(server.url);
  const all = await Array.fromAsync(listAllJobs(client, { pool: 'p', sinceMs: 17 }));
  expect(all.map(({ jobId }) => jobId)).toEqual(ids(0, 700));
  const base = { resource: 'pools', name: 'p', since: '17', limit: '500' };
  expect(server.received.map(({ url }) => query(url))).toEqual([
    { ...base, offset: '0' },
    { ...base, offset: '500' },
  ]);
});

test.each([
  ['without a count: until an empty page', [jobs(['a', 'b']), jobs([])], ['a', 'b'], 2],
  [
    'of a page that moved while it was read: each once',
    [jobs(['a', 'b'], 3), jobs(['b', 'c'], 3)],
    ['a', 'b', 'c'],
    2,
  ],
  ['of an API that passes over offset: one page', [jobs(['a', 'b'], 9)], ['a', 'b'], 2],
  ['none', [jobs([], 0)], [], 1],
])('jobs %s', async (_, pages, expected, requests) => {
  await using server = await startServer(...pages);
  await using client = testClient(server.url);
  const all = await Array.fromAsync(listAllJobs(client, { pool: 'p', sinceMs: 0 }));
  expect(all.map(({ jobId }) => jobId)).toEqual(expected);
  expect(server.received).toHaveLength(requests);
});

test('all workloads, until a page is not full', async () => {
  await using server = await startServer(workloads(500), workloads(3));
  await using client = testClient(server.url);
  expect(await Array.fromAsync(listAllWorkloads(client, 'p'))).toHaveLength(503);
  expect(server.received.map(({ url }) => query(url)['offset'])).toEqual(['0', '500']);
  expect(server.received[0]?.url).toMatch(`/v2/${sampleProject}/pools/p/workloads?`);
});

test('a deadline holds for every page', async () => {
  await using server = await startServer(nodes(['a'], 't1'), nodes(['b']));
  await using client = testClient(server.url);
  const reading = listAllPoolNodes(client, 'p', { deadlineMs: client.clock.now() + 1000 });
  await reading.next();
  client.clock.advance(1000);
  await expect(reading.next()).rejects.toMatchObject({ outcome: 'not-sent', code: 'deadline-over' });
});
