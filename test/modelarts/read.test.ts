import { expect, test } from 'vitest';
import { MAX_PAGES } from '#lib/bounds';
import { ModelArtsError } from '#lib/modelarts/client/errors';
import { readAllJobs, readAllNodePools, readAllNodes } from '#lib/modelarts/reading/read';
import { readAllWorkloads } from '#lib/modelarts/reading/workloads';
import { sampleProject, testClient } from './client-fixture.ts';
import { fakeClock } from './fake-clock.ts';
import { answers, startServer } from './server.ts';

const nodes = (names: string[], token?: string) =>
  answers(200, { metadata: { continue: token }, items: names.map((name) => ({ metadata: { name } })) });
const jobs = (ids: string[], count?: number) =>
  answers(200, { count, items: ids.map((jobId) => ({ jobId })) });
const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `j${from + index}`);
const workloads = (count: number, from = 0) =>
  answers(200, { items: Array.from({ length: count }, (_, i) => ({ name: `w${from + i}` })) });

const query = (url: string | undefined) => Object.fromEntries(new URL(url ?? '', 'http://x').searchParams);

const incomplete = { code: 'reply-unexpected', outcome: 'unknown', transient: true };

test('all nodes, over as many pages as there are tokens', async () => {
  await using server = await startServer(nodes(['a', 'b'], 't1'), nodes(['c'], 't2'), nodes(['d']));
  await using client = testClient(server.url);
  const { items } = await readAllNodes(client, 'p');
  expect(items.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
  expect(server.received.map(({ url }) => query(url))).toEqual([
    { limit: '500' },
    { limit: '500', continue: 't1' },
    { limit: '500', continue: 't2' },
  ]);
  expect(server.received[0]?.url).toMatch(`/v2/${sampleProject}/pools/p/nodes?`);
});

test('an empty page behind the last one ends a list of an API that does not say how many are left', async () => {
  await using server = await startServer(nodes(['a'], 't1'), nodes(['b'], 't2'), nodes([]));
  await using client = testClient(server.url);
  const { items } = await readAllNodes(client, 'p');
  expect(items.map(({ name }) => name)).toEqual(['a', 'b']);
});

test('nodes of an API that passes over `continue` and answers with all of them again come once', async () => {
  await using server = await startServer(left(['a', 'b'], 0, 't1'));
  await using client = testClient(server.url);
  const { items } = await readAllNodes(client, 'p');
  expect(items.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(server.received).toHaveLength(2);
});

const left = (names: string[], remainingItemCount: number, token?: string) =>
  answers(200, {
    metadata: { remainingItemCount, continue: token },
    items: names.map((name) => ({ metadata: { name } })),
  });
const many = Array.from({ length: 500 }, (_, index) => `n${index}`);

test.each([
  ['the same token without an end', [nodes(['a', 'b'], 't1')]],
  ['tokens in a circle', [nodes(['a'], 't1'), nodes(['b'], 't2'), nodes(['a'], 't1')]],
  ['a token that repeats on a page with other nodes', [nodes(['a'], 't1'), nodes(['b'], 't1')]],
  ['another token on a page that brings nothing new', [nodes(['a'], 't1'), nodes(['a'], 't2')]],
  ['the first full page again', [nodes(many, 't1')]],
  ['no token though nodes are left', [left(['a'], 3)]],
  ['an empty page though nodes are left', [left(['a'], 3, 't1'), nodes([])]],
  ['an empty page that says that nodes are left', [nodes(['a'], 't1'), left([], 2)]],
  ['an empty page that has another token', [nodes(['a'], 't1'), nodes([], 't2'), nodes(['a'], 't1')]],
  ['all nodes again, and not a word of how many are left', [nodes(['a', 'b'], 't1'), nodes(['a', 'b'])]],
  ['the same page again though nodes are left', [left(['a'], 3, 't1')]],
])('a node list with %s is not believed', async (_, pages) => {
  await using server = await startServer(...pages);
  await using client = testClient(server.url);
  await expect(readAllNodes(client, 'p')).rejects.toMatchObject(incomplete);
});

test('a node list that never ends is given up', async () => {
  let number = 0;
  const endless = {
    send: () => {
      number += 1;
      const node = { name: `n${number}`, phase: '', labels: {}, annotations: {}, taints: [] };
      return Promise.resolve({ nodes: [node], unreadable: [], continueToken: `t${number}` });
    },
  };
  await expect(readAllNodes(endless as never, 'p')).rejects.toMatchObject(incomplete);
  expect(number).toBe(MAX_PAGES);
});

test('two entries of one node that contradict each other say nothing in the fields that disagree', async () => {
  const items = ['Abnormal', 'Available'].map((phase) => ({
    metadata: { name: 'a' },
    spec: { flavor: 'f' },
    status: { phase, privateIp: '10.0.0.1' },
  }));
  await using server = await startServer(answers(200, { items }));
  await using client = testClient(server.url);
  expect((await readAllNodes(client, 'p')).items).toEqual([
    expect.objectContaining({
      name: 'a',
      phase: '',
      privateIp: '10.0.0.1',
      flavor: 'f',
      unreadable: ['phase'],
    }),
  ]);
});

test('two entries of one node that say the same are one', async () => {
  await using server = await startServer(nodes(['a', 'a']));
  await using client = testClient(server.url);
  const { items } = await readAllNodes(client, 'p');
  expect(items).toHaveLength(1);
  expect(items[0]?.unreadable).toBeUndefined();
});

test('two entries of one node pool that contradict each other are unreadable', async () => {
  const entries = [
    ['np-1', 1],
    ['np-1', 2],
    ['np-2', 1],
    ['np-2', 1],
  ];
  const items = entries.map(([name, count]) => ({
    metadata: { name },
    spec: { resources: { count } },
    status: { resources: {} },
  }));
  await using server = await startServer(answers(200, { items }));
  await using client = testClient(server.url);
  const listing = await readAllNodePools(client, 'p');
  expect(listing.items.map(({ name }) => name)).toEqual(['np-2']);
  expect(listing.unreadable).toEqual([{ name: 'np-1', why: expect.stringContaining('several times') }]);
});

test('all jobs of a pool, until as many came as there are', async () => {
  await using server = await startServer(jobs(ids(0, 500), 700), jobs(ids(500, 700), 700));
  await using client = testClient(server.url);
  const { items } = await readAllJobs(client, { pool: 'p', sinceMs: 17 });
  expect(items.map(({ jobId }) => jobId)).toEqual(ids(0, 700));
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
  ['none', [jobs([], 0)], [], 1],
])('jobs %s', async (_, pages, expected, requests) => {
  await using server = await startServer(...pages);
  await using client = testClient(server.url);
  const { items } = await readAllJobs(client, { pool: 'p', sinceMs: 0 });
  expect(items.map(({ jobId }) => jobId)).toEqual(expected);
  expect(server.received).toHaveLength(requests);
});

test.each([
  ['that passes over offset', jobs(['a', 'b'], 9)],
  ['that passes over offset and does not count', jobs(ids(0, 500))],
])('jobs of an API %s are no list', async (_, page) => {
  await using server = await startServer(page);
  await using client = testClient(server.url);
  await expect(readAllJobs(client, { pool: 'p', sinceMs: 0 })).rejects.toMatchObject(incomplete);
});

test('two entries of one job that contradict each other are unreadable', async () => {
  const items = [
    { jobId: 'j', phase: 'Running' },
    { jobId: 'j', phase: 'Failed' },
  ];
  await using server = await startServer(answers(200, { count: 2, items }));
  await using client = testClient(server.url);
  const listing = await readAllJobs(client, { pool: 'p', sinceMs: 0 });
  expect(listing).toEqual({ items: [], unreadable: [expect.objectContaining({ name: 'j' })] });
});

test('all workloads, until a page is not full', async () => {
  await using server = await startServer(workloads(500), workloads(3, 500));
  await using client = testClient(server.url);
  expect((await readAllWorkloads(client, 'p')).items).toHaveLength(503);
  expect(server.received.slice(0, 2).map(({ url }) => query(url)['offset'])).toEqual(['0', '500']);
  expect(server.received[0]?.url).toMatch(`/v2/${sampleProject}/pools/p/workloads?`);
});

type Asked = { type?: string | undefined; status?: string | undefined };
type Entry = { name: string; type?: string; status?: string };

type Counted = { type?: string; counts: Record<string, number> };

/** An API that shows the workloads that are asked for, and, where nothing is, what `byDefault` says. It counts them as `kinds` says. */
function workloadsApi(
  all: Entry[],
  byDefault: Asked,
  refuses: (asked: Asked) => number | undefined = () => undefined,
  kinds: () => Counted[] = () => [],
) {
  const asked: Asked[] = [];
  const client = {
    send: async (endpoint: { name: string }, input: { query: Asked }) => {
      if (endpoint.name === 'showWorkloadStatistics') return { kinds: kinds() };
      const { type, status } = input.query;
      asked.push({ type, status });
      const refused = refuses({ type, status });
      if (refused !== undefined)
        return Promise.reject(
          new ModelArtsError({
            endpoint: { name: 'listWorkloads', method: 'GET', idempotent: true },
            path: '/',
            outcome: 'refused',
            transient: false,
            status: refused,
            code: 'ModelArts.0001',
          }),
        );
      const wanted = { type: type ?? byDefault.type, status: status ?? byDefault.status };
      const shown = all.filter(
        (entry) =>
          (wanted.type ?? entry.type) === entry.type && (wanted.status ?? entry.status) === entry.status,
      );
      return Promise.resolve({ workloads: shown.map((entry) => ({ ...entry, hostIps: ['10.0.0.1'] })) });
    },
  } as never;
  return { client, asked };
}

const EVERY_KIND = ['train', 'infer', 'notebook', 'x-infer'].flatMap((type) =>
  ['Running', 'Creating', 'Abnormal', 'Terminating', 'Pending'].map((status) => ({
    name: `${type}-${status}`,
    type,
    status,
  })),
);

test.each([
  ['nothing', {}],
  ['one kind', { type: 'train' }],
  ['another kind', { type: 'notebook' }],
  ['one status', { status: 'Running' }],
  ['one kind in one status', { type: 'train', status: 'Running' }],
  ['what is over', { status: 'Completed' }],
])('every workload that holds a node is seen where a list leaves out all but %s', async (_, byDefault) => {
  for (const entry of EVERY_KIND) {
    const { client } = workloadsApi([entry], byDefault);
    expect((await readAllWorkloads(client, 'p')).items.map(({ name }) => name)).toEqual([entry.name]);
  }
});

test('a list that shows several kinds and statuses is asked for once', async () => {
  const all = [
    { name: 'a', type: 'train', status: 'Running' },
    { name: 'b', type: 'infer', status: 'Completed' },
  ];
  const { client, asked } = workloadsApi(all, {});
  expect((await readAllWorkloads(client, 'p')).items).toHaveLength(2);
  expect(asked).toHaveLength(1);
});

test('a list of one kind in several statuses is asked for by kind alone, and words of no page prove nothing', async () => {
  const all = [
    { name: 'a', type: 'train', status: 'Running' },
    { name: 'b', type: 'odd', status: 'Failed' },
  ];
  const { client, asked } = workloadsApi(all, {});
  expect((await readAllWorkloads(client, 'p')).items).toHaveLength(2);
  expect(asked.slice(1)).toEqual(['train', 'infer', 'notebook', 'x-infer'].map((type) => ({ type })));
});

/** The API's counts of these workloads, as its page has them: of three kinds, in all statuses that hold nodes. */
const countsOf = (all: readonly Entry[]): Counted[] =>
  ['train', 'infer', 'notebook'].map((type) => ({
    type,
    counts: Object.fromEntries(
      ['Queue', 'Running', 'Creating', 'Abnormal', 'Terminating', 'Pending', 'Completed'].map((status) => [
        status,
        all.filter((entry) => entry.type === type && entry.status === status).length,
      ]),
    ),
  }));

test('kinds whose counts agree with the list are not listed, and the kind without counts is', async () => {
  const { client, asked } = workloadsApi([], {}, undefined, () => countsOf([]));
  expect((await readAllWorkloads(client, 'p')).items).toEqual([]);
  expect(asked.slice(1).map(({ type }) => type)).toEqual(Array.from({ length: 5 }, () => 'x-infer'));
});

test.each([
  ['one kind', { type: 'train' }],
  ['one kind in one status', { type: 'train', status: 'Running' }],
  ['what is over', { status: 'Completed' }],
])('counts find every workload that a list of %s alone leaves out', async (_, byDefault) => {
  for (const entry of EVERY_KIND) {
    const { client } = workloadsApi([entry], byDefault, undefined, () => countsOf([entry]));
    expect((await readAllWorkloads(client, 'p')).items.map(({ name }) => name)).toEqual([entry.name]);
  }
});

const [train = { type: 'train', counts: {} }, ...others] = countsOf([]);
const { Terminating: _terminating, ...withoutOne } = train.counts;
test.each([
  ['a count is missing', [{ type: 'train', counts: withoutOne }, ...others]],
  [
    'a status of no page has workloads',
    [{ type: 'train', counts: { ...train.counts, Hidden: 1 } }, ...others],
  ],
  ['a kind is counted twice', [train, train, ...others]],
  ['a kind is not counted', others],
  ['nothing is counted', []],
  ['the counts are of no kind', [{ counts: train.counts }, ...others]],
])('a kind is listed if %s', async (_, kinds) => {
  const { client, asked } = workloadsApi([], {}, undefined, () => kinds);
  await readAllWorkloads(client, 'p');
  expect(asked.filter(({ type }) => type === 'train')).toHaveLength(5);
});

test('an unreadable entry of the list may be of any kind, so counts confirm none', async () => {
  const asked: unknown[] = [];
  const client = {
    send: async (endpoint: { name: string }, input: { query: Asked }) => {
      if (endpoint.name === 'showWorkloadStatistics') return { kinds: countsOf([]) };
      asked.push(input.query.type);
      return { workloads: [], unreadable: input.query.type === undefined ? [{ why: 'odd' }] : [] };
    },
  } as never;
  await readAllWorkloads(client, 'p');
  expect(asked).toHaveLength(21);
});

test.each([400, 403, 404, 500])('without counts (%i) each kind is listed', async (status) => {
  const { client, asked } = workloadsApi([], {}, undefined, () => {
    throw new ModelArtsError({
      endpoint: { name: 'showWorkloadStatistics', method: 'GET', idempotent: true },
      path: '/',
      outcome: 'refused',
      transient: false,
      status,
    });
  });
  await readAllWorkloads(client, 'p');
  expect(asked).toHaveLength(21);
});

test('a region that does not know the youngest kind has no workloads of it', async () => {
  const all = [{ name: 'a', type: 'notebook', status: 'Creating' }];
  const { client } = workloadsApi(all, { type: 'train' }, ({ type }) =>
    type === 'x-infer' ? 400 : undefined,
  );
  expect((await readAllWorkloads(client, 'p')).items).toMatchObject(all);
});

test.each([
  ['another kind', ({ type }: Asked) => (type === 'infer' ? 400 : undefined)],
  ['the youngest kind for good', ({ type }: Asked) => (type === 'x-infer' ? 403 : undefined)],
  [
    'the youngest kind once',
    ({ type, status }: Asked) => (type === 'x-infer' && status === 'Creating' ? 400 : undefined),
  ],
])('an API that refuses to list %s leaves it open what runs', async (_, refuses) => {
  const { client } = workloadsApi([], {}, refuses);
  await expect(readAllWorkloads(client, 'p')).rejects.toMatchObject({ outcome: 'refused' });
});

test.each([
  ['fewer than the API counts', answers(200, { count: 2, items: [{ name: 'w' }] })],
  ['the same full page without an end', workloads(500)],
])('workloads that are %s are no list', async (_, page) => {
  await using server = await startServer(page);
  await using client = testClient(server.url);
  await expect(readAllWorkloads(client, 'p')).rejects.toMatchObject(incomplete);
});

test('a deadline holds for every page', async () => {
  const clock = fakeClock();
  await using server = await startServer((response, request) => {
    clock.advance(1000);
    nodes(['a'], 't1')(response, request);
  });
  await using client = testClient(server.url, { clock });
  const reading = readAllNodes(client, 'p', { deadlineMs: clock.now() + 1000 });
  await expect(reading).rejects.toMatchObject({ outcome: 'not-sent', code: 'deadline-over' });
});
