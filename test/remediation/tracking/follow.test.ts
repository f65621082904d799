import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { isFollowed, seeJob } from '#lib/remediation/lifecycle/see-job';
import { firstPoll, nextPoll } from '#lib/remediation/messages/poll-schedule';
import { apiError, createBench, firing, nodeName, RULES } from '#test/remediation/bench';
import { killAt } from '../kill-at.ts';
import { standStillAt } from '../stand-still.ts';

const MINUTE = 60_000;
const NODE = nodeName(1);

async function running(rules?: string, alertname = 'CardLost') {
  const bench = createBench(rules);
  await bench.receive(firing(NODE, { alertname }));
  await bench.advance(5_000);
  return { bench, job: bench.jobs[0]!, remediation: () => bench.remediations()[0]! };
}

describe('the price of polling', () => {
  test('is one list for all due jobs of a pool', async () => {
    const bench = createBench();
    for (let index = 1; index <= 6; index += 1) {
      await bench.receive(firing(nodeName(index)));
      await bench.advance(4_000, 4_000);
    }
    expect(bench.jobs).toHaveLength(6);
    const before = bench.requests.length;
    await bench.advance(10 * MINUTE);
    const lists = bench.requests.slice(before).filter(({ endpoint }) => endpoint === 'listJobs');
    expect(lists.length).toBeLessThanOrEqual(20);
    expect(lists.length).toBeGreaterThanOrEqual(17);
  });

  test('stays the same when messages are delivered twice, again and again', async () => {
    const bench = createBench();
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    for (let tick = 0; tick < 6; tick += 1) {
      await bench.advance(29_000, 29_000);
      await bench.drain('follow', 3);
      expect(bench.queues.follow.length).toBeLessThanOrEqual(3);
      bench.queues.follow.push(...bench.queues.follow.slice(0, 1));
    }
    expect(new Set(bench.queues.follow.map(({ body }) => body)).size).toBeLessThanOrEqual(2);
    const late = bench.queues.follow[0]!;
    await bench.advance(2 * MINUTE);
    const before = bench.requests.length;
    bench.queues.follow.push({ ...late, dueMs: bench.now() });
    await bench.drain('follow');
    expect(bench.requests.length).toBe(before);
  });

  test('looks lie on the grid, never before their time and never a whole step after it', () => {
    fc.assert(
      fc.property(
        fc.nat(2 ** 40),
        fc.nat(3_600_000),
        fc.integer({ min: 1, max: 3_600_000 }),
        (now, firstMs, everyMs) => {
          const polling = { firstMs, everyMs };
          const first = firstPoll(now, { polling });
          const next = nextPoll(now, { polling });
          expect(first % everyMs).toBe(0);
          expect(first).toBeGreaterThanOrEqual(now + firstMs);
          expect(first).toBeLessThan(now + firstMs + everyMs);
          expect(next % everyMs).toBe(0);
          expect(next).toBeGreaterThan(now);
          expect(next).toBeLessThanOrEqual(now + everyMs);
        },
      ),
    );
  });
});

describe('a job', () => {
  test('that one poll has seen running stays as a later poll has seen it, however long the first is held up', async () => {
    const { bench, job, remediation } = await running();
    bench.stand(2 * MINUTE);
    const messages = structuredClone(bench.queues.follow);
    // After the entry of the job as the call's own, which is there already.
    const slow = await standStillAt(bench, 2, 'follow');
    expect(slow.stood).toBe(true);
    job.phase = 'Rollback';
    bench.queues.follow.push(...messages);
    await bench.pass(5_000);
    expect(remediation()).toMatchObject({ state: 'needs-human' });
    await slow.goOn();
    expect(remediation()).toMatchObject({ state: 'needs-human', why: expect.stringContaining('Rollback') });
  });

  test('that fails ends a ladder of one rung with a person, with its message, and frees the node', async () => {
    const { bench, job, remediation } = await running();
    Object.assign(job, { phase: 'Failed', message: 'no image' });
    await bench.advance(3 * MINUTE);
    expect(remediation()).toMatchObject({
      state: 'needs-human',
      why: expect.stringContaining('reset-nodes did not help: job job-1 failed: no image'),
    });
    expect(bench.queues.follow).toEqual([]);
    const node = bench.store.documents().find(({ pk }) => pk.startsWith('node#'))!['value'] as any;
    expect(bench.leased()).toEqual([]);
    expect(node.last).toMatchObject({ outcome: 'failed' });
  });

  test.each([
    [true, 'needs-human'],
    [false, 'running'],
  ] as const)(
    'with another finding of a slower poll, suspended %s, is seen as it is: %s',
    async (suspended, state) => {
      const { bench, job, remediation } = await running();
      job.suspended = suspended;
      // An invocation of a minute that polled before the last change may still record what it saw.
      await bench.advance(2 * MINUTE);
      expect(remediation()).toMatchObject({ state });
      const late = suspended ? ('running' as const) : ('suspended' as const);
      const { id } = remediation();
      const targets = { jobId: job.jobId, targets: [NODE] };
      await recordRemediation(bench.services, id, bench.now(), (current) =>
        isFollowed(current) ? seeJob(bench.rules, current, targets, { kind: late }, bench.now()) : undefined,
      );
      expect(remediation().state).not.toBe(state);
      await bench.advance(3 * MINUTE);
      expect(remediation()).toMatchObject({ state });
      const receipts = remediation().receipts.length;
      await bench.advance(3 * MINUTE);
      expect(remediation().receipts).toHaveLength(receipts);
    },
  );

  test('that goes on after a poll has died over its suspension goes on in the ledger, too, at the next poll', async () => {
    const { bench, job, remediation } = await running();
    await bench.advance(4 * MINUTE);
    job.suspended = true;
    const process = killAt(bench, 4);
    while (remediation().state !== 'needs-human' || !process.hasDied()) {
      expect(bench.now()).toBeLessThan(job.startedAtMs + 8 * MINUTE);
      await bench.advance(5_000);
    }
    process.revive();
    // The message of that poll comes again minutes later.
    const [message] = bench.queues.follow.splice(0);
    await bench.advance(6 * MINUTE);
    job.suspended = false;
    bench.queues.follow.push({ ...message!, dueMs: bench.now() });
    await bench.drain('follow');
    expect(remediation().state).toBe('running');
  });

  test('that is suspended is a case for a person, and goes on when it is resumed', async () => {
    const { bench, job, remediation } = await running();
    job.suspended = true;
    await bench.advance(3 * MINUTE);
    expect(remediation()).toMatchObject({ state: 'needs-human', why: expect.stringContaining('suspended') });
    job.suspended = false;
    await bench.advance(MINUTE);
    expect(remediation()).toMatchObject({ state: 'running' });
    bench.endJob('job-1');
    await bench.advance(MINUTE);
    expect(remediation()).toMatchObject({ state: 'succeeded' });
  });

  test('in an unknown phase is not taken for a running one', async () => {
    const { bench, job, remediation } = await running();
    job.phase = 'Paused';
    await bench.advance(3 * MINUTE);
    expect(remediation()).toMatchObject({ state: 'needs-human', why: expect.stringContaining('"Paused"') });
    expect(remediation().receipts.at(-1)).toMatchObject({ step: 'job', phase: 'Paused', known: false });
  });

  test.each([
    ['runs without an end', 'Running', false],
    ['stays suspended', 'Running', true],
  ])('that %s is given up at its deadline', async (_name, phase, suspended) => {
    const { bench, job, remediation } = await running();
    Object.assign(job, { phase, suspended });
    await bench.advance(50 * MINUTE);
    expect(remediation()).toMatchObject({
      state: 'needs-human',
      why: expect.stringContaining('not over at its deadline'),
    });
    expect(bench.queues.follow).toEqual([]);
    const looks = bench.requests.length;
    await bench.advance(60 * MINUTE);
    expect(bench.requests.length).toBe(looks);
  });

  test('is given up at its deadline even when the API cannot be read', async () => {
    const { bench, remediation } = await running();
    bench.api.before = (endpoint) => {
      throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 503 });
    };
    await bench.advance(50 * MINUTE);
    expect(remediation()).toMatchObject({ state: 'needs-human' });
    expect(bench.queues).toMatchObject({ follow: [], deadLetters: [] });
  });

  test('that the list does not show yet is waited for', async () => {
    const { bench, job, remediation } = await running();
    const hidden = bench.jobs.splice(0, 1);
    await bench.advance(5 * MINUTE);
    expect(remediation()).toMatchObject({ state: 'running' });
    bench.jobs.push(...hidden);
    bench.endJob(job.jobId);
    await bench.advance(MINUTE);
    expect(remediation()).toMatchObject({ state: 'succeeded' });
  });
});

const verified = () => running(RULES, 'Verified');

describe('verification', () => {
  test('wants the node healthy for as long as the rule says', async () => {
    const { bench, remediation } = await verified();
    bench.endJob('job-1');
    await bench.advance(90_000);
    await bench.advance(MINUTE);
    expect(remediation()).toMatchObject({ state: 'verifying', why: expect.stringContaining('of 2 min') });
    await bench.advance(2 * MINUTE);
    expect(remediation()).toMatchObject({ state: 'succeeded' });
  });

  test('begins anew when the node breaks again, and fails when its time is over', async () => {
    const { bench, remediation } = await verified();
    bench.endJob('job-1');
    await bench.advance(2 * MINUTE);
    bench.nodes.get(NODE)!.phase = 'Abnormal';
    await bench.advance(10 * MINUTE);
    expect(remediation()).toMatchObject({ state: 'verifying', why: 'the node is Abnormal' });
    await bench.advance(15 * MINUTE);
    expect(remediation()).toMatchObject({
      state: 'needs-human',
      why: expect.stringContaining('its job succeeded, but the node is Abnormal'),
    });
  });

  test('has the time that the rule gives it, also past the deadline of the job', async () => {
    const { bench, remediation } = await running(RULES.replace('within: 20m', 'within: 45m'), 'Verified');
    await bench.advance(30 * MINUTE);
    bench.endJob('job-1', 'Success', { [NODE]: 'Abnormal' });
    await bench.advance(30 * MINUTE);
    expect(remediation()).toMatchObject({ state: 'verifying', why: 'the node is Abnormal' });
    await bench.advance(20 * MINUTE);
    expect(remediation()).toMatchObject({
      state: 'needs-human',
      why: expect.stringContaining('its job succeeded, but the node is Abnormal'),
    });
  });

  test('is given up, too, when the API cannot be read any more', async () => {
    const { bench, remediation } = await verified();
    bench.endJob('job-1');
    await bench.advance(2 * MINUTE);
    bench.api.before = (endpoint) => {
      throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 503 });
    };
    await bench.advance(80 * MINUTE);
    expect(remediation()).toMatchObject({ state: 'needs-human' });
    expect(bench.queues.follow).toEqual([]);
  });

  test('does not call a node well whose driver does not run', async () => {
    const { bench, remediation } = await verified();
    bench.endJob('job-1');
    bench.nodes.get(NODE)!.driverPhase = 'Updating';
    await bench.advance(10 * MINUTE);
    expect(remediation()).toMatchObject({ state: 'verifying' });
    bench.nodes.get(NODE)!.driverPhase = 'Running';
    await bench.advance(5 * MINUTE);
    expect(remediation()).toMatchObject({ state: 'succeeded' });
  });
});
