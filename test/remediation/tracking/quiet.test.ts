import { describe, expect, test } from 'vitest';
import type { FollowMessage } from '#events/follow';
import { type Call, callKey, callKind } from '#lib/ledger/call';
import { readDocument } from '#lib/ledger/change';
import type { DocumentKey } from '#lib/ledger/store';
import { calledAtMs } from '#lib/remediation/tracking/observation';
import { quietAfter, quietCalledAt, quietOf } from '#lib/remediation/tracking/quiet';
import { STRANDED_MS } from '#lib/sweep/age';
import { apiError, createBench, firing, nodeName } from '#test/remediation/bench';
import { call as anyCall } from '../lifecycle/in-phase.ts';

const MINUTE = 60_000;
const NODE = nodeName(1);

const ofCall = (keys: readonly DocumentKey[]) => keys.filter(({ pk }) => pk.startsWith('call#')).length;

/** A job that runs, with every read and write of its call counted. */
async function running() {
  const bench = createBench();
  const counts = { reads: 0, writes: 0 };
  const { get, getMany, put } = bench.store;
  bench.store.get = (key) => {
    counts.reads += ofCall([key]);
    return get(key);
  };
  bench.store.getMany = (keys) => {
    counts.reads += ofCall(keys);
    return getMany(keys);
  };
  bench.store.put = (document, version) => {
    counts.writes += ofCall([document]);
    return put(document, version);
  };
  await bench.receive(firing(NODE));
  await bench.advance(4 * MINUTE);
  Object.assign(counts, { reads: 0, writes: 0 });
  const [{ callId = '' } = {}] = bench.remediations();
  return {
    bench,
    counts,
    job: bench.jobs[0]!,
    remediation: () => bench.remediations()[0]!,
    call: async (): Promise<Call> => (await readDocument<Call>(bench.store, callKind, callKey(callId)))!,
    message: (): FollowMessage => JSON.parse(bench.queues.follow[0]!.body),
    lists: () => bench.requests.filter(({ endpoint }) => endpoint === 'listJobs').length,
  };
}

describe('a job that runs on', () => {
  test('is polled as before, and its call read and written every five minutes', async () => {
    const { bench, counts, lists } = await running();
    const before = lists();
    await bench.advance(25 * MINUTE);
    expect(lists() - before).toBe(50);
    expect(counts).toEqual({ reads: 5, writes: 5 });
  });

  test('is never taken for one that no message follows', async () => {
    const { bench, call } = await running();
    for (let minutes = 0; minutes < 25; minutes += 1) {
      await bench.advance(MINUTE);
      const { nextLookAt = '' } = await call();
      expect(bench.now() - Date.parse(nextLookAt)).toBeLessThan(STRANDED_MS / 2);
    }
  });

  test.each([
    ['ends', { phase: 'Success' }, 'succeeded'],
    ['fails', { phase: 'Failed', message: 'no image' }, 'needs-human'],
    ['is suspended', { suspended: true }, 'needs-human'],
    ['has an unknown phase', { phase: 'Paused' }, 'needs-human'],
  ])('and %s is seen so at the next poll', async (_name, change, state) => {
    const { bench, job, remediation } = await running();
    expect(remediation().state).toBe('running');
    if ('phase' in change && change.phase === 'Success') bench.endJob(job.jobId);
    else Object.assign(job, change);
    await bench.advance(30_000);
    expect(remediation().state).toBe(state);
  });

  test('is not known to run while the API cannot be read: its call is read', async () => {
    const { bench, counts } = await running();
    bench.api.before = (endpoint) => {
      throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 503 });
    };
    await bench.advance(MINUTE);
    expect(counts.reads).toBe(2);
  });

  test('shares one list of jobs with a call of its pool that must be read', async () => {
    const { bench, lists } = await running();
    await bench.receive(firing(nodeName(2)));
    await bench.advance(MINUTE);
    const before = lists();
    await bench.advance(2 * MINUTE);
    expect(lists() - before).toBe(4);
    expect(bench.queues.follow).toHaveLength(2);
  });

  test('says when its call was made, also when its quiet time has ended meanwhile', async () => {
    const { message, call } = await running();
    const asked = { message: message() };
    expect(quietOf(asked.message, Date.parse(asked.message.dueAt) + 5 * MINUTE)).toBeUndefined();
    expect(quietCalledAt([asked])).toEqual([calledAtMs(await call())]);
  });

  test('has one message again, soon after it had two', async () => {
    const { bench } = await running();
    await bench.advance(29_000, 29_000);
    bench.queues.follow.push(...bench.queues.follow.map((message) => ({ ...message, messageId: 'copy' })));
    await bench.pass(MINUTE);
    expect(bench.queues.follow).toHaveLength(1);
    // Copies that two processes take stay two until the call is read.
    bench.stand(30_000);
    await bench.drain('follow', 2);
    expect(bench.queues.follow).toHaveLength(2);
    for (let step = 0; step < 24; step += 1) {
      bench.stand(15_000);
      const [first] = bench.queues.follow.filter(({ dueMs }) => dueMs <= bench.now());
      if (first) await bench.deliver('follow', [first]);
    }
    expect(bench.queues.follow).toHaveLength(1);
  });

  test('is followed by the message of a sweep, too, which reads the call', async () => {
    const { bench, counts, call, message } = await running();
    const { looks } = await call();
    const dueAt = new Date(bench.now()).toISOString();
    const quiet = { ...message(), dueAt };
    expect(quiet.probe).toHaveProperty('quiet');
    const swept = { ...quiet, look: looks, probe: { kind: 'job', jobId: 'job-1' } };
    bench.queues.follow = [quiet, swept].map((one, index) => ({
      ...bench.queues.follow[0]!,
      messageId: `m-${index}`,
      body: JSON.stringify(one),
      dueMs: bench.now(),
    }));
    counts.reads = 0;
    await bench.drain('follow');
    expect(counts.reads).toBe(1);
    expect(bench.queues.follow).toHaveLength(1);
    expect((await call()).looks).toBe(quiet.look + 1);
  });
});

const NOW = Date.parse('2026-11-20T10:00:00Z');
const iso = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

describe('a poll may be quiet', () => {
  const polled = {
    call: {
      ...anyCall,
      state: 'accepted',
      jobId: 'job-1',
      callingAt: iso(-600),
      deadline: iso(3_600),
      seen: { kind: 'running' },
      seenSince: iso(-60),
    },
    ended: false,
    seen: { kind: 'running' },
  } as const;

  test('for five minutes after a poll that saw its job run, but not beyond the deadline of the call', () => {
    const quiet = { calledAt: iso(-600), until: iso(300) };
    expect(quietAfter(polled, NOW + 30_000, NOW)).toEqual(quiet);
    const { call } = polled;
    expect(quietAfter({ ...polled, call: { ...call, deadline: iso(120) } }, NOW + 30_000, NOW)).toEqual({
      ...quiet,
      until: iso(120),
    });
  });

  test.each([
    ['the call has ended', { ended: true }, 30],
    ['the poll has seen something else', { seen: { kind: 'missing' } }, 30],
    ['a slow poll may still record something else', {}, 14],
    [
      'the poll before has seen something else',
      { call: { ...polled.call, seen: { kind: 'suspended' } } },
      30,
    ],
    ['no poll before has seen anything', { call: { ...polled.call, seen: undefined } }, 30],
    ['the answer of the call was lost', { call: { ...polled.call, state: 'lost' } }, 30],
  ] as const)('but not if %s', (_name, more, seconds) => {
    expect(quietAfter({ ...polled, ...more } as any, NOW + seconds * 1000, NOW)).toBeUndefined();
  });

  const said = { calledAt: iso(-600), until: iso(60) };
  const message = (more: object = {}): FollowMessage => ({
    callId: 'call-1',
    pool: 'pool-1',
    probe: { kind: 'job', jobId: 'job-1', quiet: { ...said, ...more } },
    look: 3,
    dueAt: iso(0),
  });

  test('if its message says so', () => {
    expect(quietOf(message(), NOW)).toEqual(said);
    expect(quietOf({ ...message(), probe: { kind: 'job', jobId: 'job-1' } }, NOW)).toBeUndefined();
    expect(quietOf({ ...message(), probe: { kind: 'state' } }, NOW)).toBeUndefined();
  });

  test('but not if its time is over, is longer than any poll says, or the message is late', () => {
    expect(quietOf(message({ until: iso(0) }), NOW)).toBeUndefined();
    expect(quietOf(message({ until: iso(301) }), NOW)).toBeUndefined();
    expect(quietOf(message({ until: iso(200) }), NOW + 75_000)).toBeDefined();
    expect(quietOf(message({ until: iso(200) }), NOW + 76_000)).toBeUndefined();
  });
});
