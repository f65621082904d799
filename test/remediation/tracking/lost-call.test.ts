import { describe, expect, test } from 'vitest';
import { type Call, callKey, callKind, jobOwnerKey, jobOwnerKind, type Seen } from '#lib/ledger/call';
import { createDocument } from '#lib/ledger/change';
import { createPoolReader, type KeepNodes } from '#lib/modelarts/reading/pool-reader';
import type { PoolJob } from '#lib/modelarts/replies/pool-job';
import { candidateJobs } from '#lib/remediation/tracking/find-job';
import { searchJob } from '#lib/remediation/tracking/search-job';
import { createBench, nodeName, POOL } from '#test/remediation/bench';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const NOW = Date.parse('2026-11-20T10:00:00Z');
const [ONE = '', TWO = '', THREE = ''] = [1, 2, 3].map(nodeName);
const ALL = [ONE, TWO, THREE];

/** A reset of the first two nodes whose answer was lost. */
function lost(more: Partial<Call> = {}): Call {
  const createdAt = iso(NOW - 5 * SECOND);
  const members = [{ remediation: 'r-1', targets: [ONE, TWO] }];
  const call = { id: 'c-1', state: 'lost', action: 'reset-nodes', pool: POOL, request: {}, members } as const;
  return { ...call, members: [...members], createdAt, callingAt: iso(NOW), looks: 0, ...more };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

const naming = (...nodes: string[]) => JSON.stringify(nodes);

describe('the jobs that a lost call may have started', () => {
  const idsOf = (jobs: readonly Partial<PoolJob>[], rivals = false) =>
    candidateJobs(
      lost(),
      jobs.map((job, index) => ({ jobId: `job-${index}`, text: '', startedAtMs: NOW, ...job }) as PoolJob),
      ALL,
      rivals,
    ).map(({ jobId }) => jobId);

  test.each<[string, Partial<PoolJob>, boolean]>([
    ['names exactly its nodes', { text: naming(TWO, ONE) }, true],
    ['names one of them', { text: naming(ONE) }, false],
    ['names another node, too', { text: naming(ONE, TWO, THREE) }, false],
    ['names a node that has left the pool, too', { text: naming(ONE, TWO, 'os-node-gone-1') }, false],
    ['names none', {}, true],
    ['is of another action', { text: naming(ONE, TWO), type: 'reboot-node' }, false],
    ['is of its action', { text: naming(ONE, TWO), type: 'reset-nodes' }, true],
    ['does not say when it began', { startedAtMs: undefined }, true],
    ['began before it by as much as two clocks differ', { startedAtMs: NOW - 2 * MINUTE }, true],
    ['began before it by more', { startedAtMs: NOW - 2 * MINUTE - 1 }, false],
  ])('a job that %s', (_name, job, mayBe) => {
    expect(idsOf([job])).toEqual(mayBe ? ['job-0'] : []);
  });

  test('one that names its nodes comes before one that names none, and beside a rival nothing else counts', () => {
    expect(idsOf([{}, { text: naming(ONE, TWO) }, {}])).toEqual(['job-1']);
    expect(idsOf([{}, { text: naming(ONE, TWO) }], true)).toEqual(['job-1']);
    expect(idsOf([{}], true)).toEqual([]);
  });
});

const keep: KeepNodes = (_pool, read) => read();

/** The findings of two polls of a lost call. `before`: the result of the poll before them. */
async function searched(
  prepare: (bench: ReturnType<typeof createBench>) => unknown,
  { before, text = '' }: { before?: Seen; text?: string } = {},
) {
  const bench = createBench();
  const own = lost();
  await put(bench, own);
  bench.addJob({ type: 'reset-nodes', text });
  await prepare(bench);
  bench.stand(2 * MINUTE);
  const { services } = bench;
  const poll = (call: Call) => {
    const invocation = bench.invocation();
    const reader = createPoolReader(
      services.modelarts(),
      { pool: POOL, jobsSinceMs: NOW - 5 * MINUTE, keep },
      invocation,
    );
    return searchJob({ call, reader, beganAtMs: bench.now(), services, invocation });
  };
  const first = await poll({ ...own, ...(before && { seen: before }) });
  const { call, seen } = await poll({ ...own, ...(first.seen && { seen: first.seen }) });
  return { jobId: call.jobId, seen };
}

const put = ({ services }: Pick<ReturnType<typeof createBench>, 'services'>, call: Call) =>
  createDocument<Call>(services.store, callKind, callKey(call.id), call);

const odd = (pk: string) => ({ pk, sk: '-', version: 1, writeId: 'w', value: 'odd' });

describe('a search', () => {
  test('adopts the one job that two polls have found', async () => {
    expect(await searched(() => {})).toEqual({ jobId: 'job-1', seen: { kind: 'adopted' } });
  });

  test.each<[string, Partial<Call>, boolean]>([
    ['has lost its answer, too', { state: 'lost' }, true],
    ['is still under way', { state: 'calling' }, true],
    ['has ended without a job, a little before it', { state: 'ended', callingAt: iso(NOW - MINUTE) }, true],
    ['has ended without a job, long before', { state: 'ended', callingAt: iso(NOW - 6 * MINUTE) }, false],
    ['has a job', { state: 'accepted', jobId: 'job-9' }, false],
    ['is of another pool', { state: 'lost', pool: 'pool-b' }, false],
    ['starts no job', { state: 'lost', action: 'update-nodes' }, false],
  ])('leaves a job alone that names no node, where another call %s: %s', async (_name, more, isRival) => {
    const found = await searched((bench) => put(bench, lost({ id: 'c-2', ...more })));
    expect(found.jobId).toBe(isRival ? undefined : 'job-1');
  });

  test('leaves it alone where another call cannot be read', async () => {
    const found = await searched(({ store }) =>
      store.put({ ...odd('call#c-2'), state: 'call-open', stateKey: iso(NOW) }, 0),
    );
    expect(found).toMatchObject({ jobId: undefined, seen: { rivals: true } });
  });

  test('leaves it alone where another was seen before, though it is gone', async () => {
    const found = await searched(() => {}, { before: { kind: 'search', rivals: true } });
    expect(found).toMatchObject({ jobId: undefined, seen: { rivals: true, found: [] } });
  });

  test('leaves it alone where a job of the list cannot be read', async () => {
    const found = await searched(({ api, jobs }) => {
      api.instead = (endpoint) =>
        endpoint === 'listJobs' ? { jobs, count: 2, unreadable: [{ why: 'odd' }] } : undefined;
    });
    expect(found.jobId).toBeUndefined();
  });

  test.each<[string, (bench: ReturnType<typeof createBench>) => unknown]>([
    [
      'is the answer of another',
      (bench) => put(bench, lost({ id: 'c-2', state: 'accepted', jobId: 'job-1' })),
    ],
    [
      'belongs to another',
      ({ store }) =>
        createDocument(store, jobOwnerKind, jobOwnerKey(POOL, 'job-1'), {
          jobId: 'job-1',
          pool: POOL,
          callId: 'c-2',
          at: iso(NOW),
        }),
    ],
    ['has an owner that cannot be read', ({ store }) => store.put(odd(jobOwnerKey(POOL, 'job-1').pk), 0)],
  ])('does not adopt a job that %s', async (_name, prepare) => {
    expect((await searched(prepare, { text: naming(ONE, TWO) })).jobId).toBeUndefined();
  });
});
