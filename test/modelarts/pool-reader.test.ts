import { beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from '#lib/log';
import { ModelArtsError } from '#lib/modelarts/client/errors';
import { listPoolNodes } from '#lib/modelarts/endpoints/list-pool-nodes';
import { jobById, jobsOf } from '#lib/modelarts/reading/follow';
import { readByName } from '#lib/modelarts/reading/node-pool-sighting';
import { firstAnswerOf, poolItself } from '#lib/modelarts/reading/pool-itself';
import {
  createPoolReader,
  ifReadable,
  nodePoolsOf,
  nodesOf,
  workloadsOf,
} from '#lib/modelarts/reading/pool-reader';
import { readPool } from '#lib/modelarts/reading/pool-reading';
import { createRecentWorkloads, type RecentWorkloads } from '#lib/modelarts/reading/recent-workloads';
import { clientOf } from '#test/strict-modelarts/client';

const WHOLE = {
  controlMode: 0,
  annotations: { 'os.modelarts/billing.mode': '0' },
  labels: {},
  type: 'Dedicate',
};
const WORKLOADS = ['train', 'infer'].flatMap((type) =>
  ['Running', 'Pending'].map((status) => ({ name: `${type}-${status}`, type, status })),
);

/** The API's answers, by the name of the endpoint. */
let answers: Record<string, (path: Record<string, string>) => unknown>;
let asked: string[];
let lines: string[];
beforeEach(() => {
  asked = [];
  lines = [];
  answers = {
    listPoolNodes: () => ({ nodes: [{ name: 'a' }], unreadable: [] }),
    listNodePools: () => ({ nodePools: [{ name: 'np' }], unreadable: [] }),
    listWorkloads: () => ({ count: WORKLOADS.length, workloads: WORKLOADS, unreadable: [] }),
    listJobs: () => ({ count: 0, jobs: [], unreadable: [] }),
    showPool: () => WHOLE,
  };
});

const client = clientOf((endpoint, { path = {} }) => {
  asked.push(`${endpoint.name} ${path.pool_name ?? ''}`.trim());
  return answers[endpoint.name]!(path);
});

function readerOf(pool = 'p') {
  const log = createLogger({}, { write: (line) => lines.push(line) });
  return createPoolReader(
    client,
    { pool, jobsSinceMs: Date.parse('2026-11-20T10:00:00Z'), keep: (_pool, read) => read() },
    { log },
  );
}

function refused(status: number, reason = 'no'): never {
  const outcome = status < 500 ? ('refused' as const) : ('unknown' as const);
  throw new ModelArtsError({
    endpoint: listPoolNodes,
    path: listPoolNodes.path,
    outcome,
    transient: status >= 500,
    status,
    reason,
  });
}

test('nothing is read that is not wanted, and nothing twice', async () => {
  const reader = readerOf();
  expect(asked).toEqual([]);
  const [one, other] = await Promise.all([nodesOf(reader), nodesOf(reader)]);
  expect(await nodesOf(reader, 'p')).toBe(one);
  expect(other).toBe(one);
  expect(asked).toEqual(['listPoolNodes p']);
  await nodesOf(reader, 'q');
  await nodesOf(reader, 'q');
  expect(asked).toEqual(['listPoolNodes p', 'listPoolNodes q']);
});

test('another reading has nothing of this one', async () => {
  await nodesOf(readerOf());
  await nodesOf(readerOf());
  expect(asked).toHaveLength(2);
});

test('a reading with all of its parts takes no more requests than these', async () => {
  const parts = new Set(['workloads', 'pool', 'node-pools', 'destination'] as const);
  const reader = readerOf();
  const reading = await readPool(reader, { parts, destinations: ['q', 'p'] });
  await Promise.all([nodePoolsOf(reader), firstAnswerOf(reader), workloadsOf(reader)]);
  expect(asked.toSorted()).toEqual([
    'listNodePools p',
    'listPoolNodes p',
    'listPoolNodes q',
    // A workload that one list omits is in the other.
    'listWorkloads p',
    'listWorkloads p',
    'showPool p',
  ]);
  expect(reading).toMatchObject({ nodes: [{ name: 'a' }], nodePools: [{ name: 'np' }], pool: WHOLE });
  expect([...reading.destinations.keys()]).toEqual(['q', 'p']);
});

test('a poll of a job takes one list of jobs, however many calls ask for it', async () => {
  const reader = readerOf();
  await Promise.all([jobsOf(reader), jobsOf(reader), jobsOf(reader)]);
  expect(asked).toEqual(['listJobs']);
});

test('an answer that omits the locks of a pool is completed by a second one, which is the last', async () => {
  const shown = [
    { ...WHOLE, controlMode: undefined },
    { ...WHOLE, annotations: {}, controlMode: 3 },
  ];
  answers['showPool'] = () => shown.shift();
  const reader = readerOf();
  expect(await poolItself(reader)).toMatchObject({ controlMode: 3, annotations: WHOLE.annotations });
  expect(await firstAnswerOf(reader)).toMatchObject({ controlMode: undefined });
  expect(asked).toEqual(['showPool p', 'showPool p']);
});

test('a list that could not be read stays so in this reading, and says that it was a read', async () => {
  answers['listPoolNodes'] = () => refused(503);
  const reader = readerOf();
  await expect(nodesOf(reader)).rejects.toMatchObject({ status: 503, isRead: true });
  expect(await ifReadable(reader, () => nodesOf(reader))).toBeUndefined();
  expect(asked).toHaveLength(1);
  expect(lines.join()).toContain('the API could not be read');
  await expect(readPool(reader, { parts: new Set(), destinations: [] })).rejects.toThrow(ModelArtsError);
  await expect(ifReadable(reader, () => Promise.reject(new TypeError('x')))).rejects.toThrow(TypeError);
});

test('workloads that the API never tells are unknown; a failure that may pass is one', async () => {
  answers['listWorkloads'] = () => refused(403);
  expect(await workloadsOf(readerOf())).toBeUndefined();
  answers['listWorkloads'] = () => refused(401);
  await expect(workloadsOf(readerOf())).rejects.toMatchObject({ status: 401 });
  answers['listWorkloads'] = () => refused(500);
  await expect(workloadsOf(readerOf())).rejects.toMatchObject({ status: 500 });
});

test('unreadable entries are in the log, once', async () => {
  answers['listPoolNodes'] = () => ({ nodes: [], unreadable: [{ why: 'entry 1 of the list: odd' }] });
  const reader = readerOf();
  await nodesOf(reader);
  await nodesOf(reader);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('entry 1 of the list: odd');
});

test('any answer about a job but a job, and a refusal of a node pool, prove nothing', async () => {
  answers['showJob'] = () => refused(400);
  expect(await jobById(readerOf(), 'j')).toBeUndefined();
  answers['showNodePool'] = () => refused(404);
  expect(await readByName(readerOf(), ['np'])).toEqual(new Map());
});

const begin = (recent: RecentWorkloads) =>
  createPoolReader(client, { pool: 'p', keep: (_pool, read) => read(), recent }, {});

describe('readings that follow each other in one process', () => {
  let nowMs = 0;
  test('share the proof of their workloads for twelve seconds, and each asks for the plain list alone', async () => {
    nowMs = 1_000_000;
    const recent = createRecentWorkloads({ now: () => nowMs });
    expect(await workloadsOf(begin(recent))).toMatchObject({ sinceMs: 1_000_000 });
    asked.length = 0;
    nowMs += 12_000;
    const begun = { name: 'begun', type: 'train', status: 'Running', hostIps: ['10.0.0.9'] };
    const present = [...WORKLOADS, begun];
    answers['listWorkloads'] = () => ({ count: present.length, workloads: present, unreadable: [] });
    const reading = await workloadsOf(begin(recent));
    expect(asked).toEqual(['listWorkloads p', 'listWorkloads p']);
    expect(reading).toMatchObject({ sinceMs: 1_000_000 });
    expect(reading?.items).toEqual(present);
  });

  test.each([
    ['the new list hides a workload that they have shown', WORKLOADS, WORKLOADS.slice(1), []],
    ['one of them has an unreadable entry', WORKLOADS, WORKLOADS, [{ why: 'odd' }]],
  ])('say no more if %s: all is read again', async (_, before, after, unreadable) => {
    nowMs = 1_000_000;
    const recent = createRecentWorkloads({ now: () => nowMs });
    answers['listWorkloads'] = () => ({
      count: before.length + unreadable.length,
      workloads: before,
      unreadable,
    });
    await workloadsOf(begin(recent));
    asked.length = 0;
    nowMs += 5_000;
    answers['listWorkloads'] = () => ({ count: after.length, workloads: after, unreadable: [] });
    expect(await workloadsOf(begin(recent))).toEqual({ items: after, unreadable: [], sinceMs: 1_005_000 });
    expect(asked).toHaveLength(4);
  });

  test('do not wait for a workload to be shown that has ended', async () => {
    nowMs = 1_000_000;
    const recent = createRecentWorkloads({ now: () => nowMs });
    const ended = { name: 'ended', type: 'notebook', status: 'Completed' };
    answers['listWorkloads'] = () => ({ count: 5, workloads: [...WORKLOADS, ended], unreadable: [] });
    await workloadsOf(begin(recent));
    asked.length = 0;
    answers['listWorkloads'] = () => ({ count: 4, workloads: WORKLOADS, unreadable: [] });
    await workloadsOf(begin(recent));
    expect(asked).toEqual(['listWorkloads p', 'listWorkloads p']);
  });

  test('share nothing later, in other pools, or after the clock was set back', async () => {
    nowMs = 1_000_000;
    const recent = createRecentWorkloads({ now: () => nowMs });
    await workloadsOf(begin(recent));
    for (const laterMs of [12_001, -1]) {
      asked.length = 0;
      nowMs = 1_000_000 + laterMs;
      await workloadsOf(begin(recent));
      expect(asked).toHaveLength(2);
      nowMs = 1_000_000;
      await workloadsOf(begin(createRecentWorkloads({ now: () => nowMs })));
    }
    expect(recent.of('q')).toBeUndefined();
  });

  test('share no list that could not be read', async () => {
    const recent = createRecentWorkloads({ now: () => nowMs });
    answers['listWorkloads'] = () => refused(500);
    await expect(workloadsOf(begin(recent))).rejects.toMatchObject({ status: 500 });
    answers['listWorkloads'] = () => refused(403);
    expect(await workloadsOf(begin(recent))).toBeUndefined();
    expect(recent.of('p')).toBeUndefined();
  });
});
