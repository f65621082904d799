import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { updateNodes } from '#lib/actions/update-nodes/definition';
import { withdrawCommand } from '#lib/console/withdraw';
import type { Call } from '#lib/ledger/call';
import { createMemoryStore } from '#lib/ledger/memory-store';
import { nodeRecordKey } from '#lib/ledger/node-record';
import { type PoolRecord, poolRecordKey } from '#lib/ledger/pool-record';
import { remediationKey } from '#lib/ledger/remediation';
import { STRANDED_MS } from '#lib/sweep/age';
import { forgottenHolds } from '#lib/sweep/forgotten-holds';
import { MAX_SENT_AGAIN } from '#lib/sweep/stranded-commands';
import { unfollowedCalls } from '#lib/sweep/unfollowed-calls';
import { standStillAt } from '#test/remediation/stand-still';
import { runs } from '#test/runs';
import { createNodePoolBench } from '../actions/node-pools/node-pool-bench.ts';
import { apiError, createBench, firing, nodeName, POOL, RULES } from '../remediation/bench.ts';
import { everything, isSnapshot, jobsEnd, live, openCalls, runSweep, sweepTwice } from './mortal.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NODE = nodeName(1);

type Bench = ReturnType<typeof createBench>;

const recordOf = async ({ store }: Bench, node = NODE) =>
  (await store.get(nodeRecordKey(POOL, node)))?.['value'] as any;
const poolOf = async ({ store }: Bench) => (await store.get(poolRecordKey(POOL)))!['value'] as PoolRecord;

const iso = (ms: number) => new Date(ms).toISOString();

/** Changes what is stored, as a crash may have left it. */
async function rewrite(
  { store }: Pick<Bench, 'store'>,
  key: { pk: string; sk: string },
  change: (value: any) => object,
) {
  const document = (await store.get(key))!;
  const value: any = change(document['value']);
  await store.put(
    {
      ...document,
      ...('phase' in value && { state: value.state }),
      version: document.version + 1,
      value,
    },
    document.version,
  );
}

/** A node that is reset: its job runs. */
async function underReset(rules = RULES): Promise<Bench> {
  const bench = createBench(rules);
  await bench.receive(firing(NODE));
  await bench.advance(5_000);
  expect(bench.remediations()).toMatchObject([{ state: 'running' }]);
  return bench;
}

/** Time passes, and nothing is worked off. */
async function rest(bench: Bench, ms: number): Promise<void> {
  const { commands, follow } = bench.queues;
  bench.queues.commands = [];
  bench.queues.follow = [];
  await bench.pass(ms);
  bench.queues.commands = commands;
  bench.queues.follow = follow;
}

describe('a stranded command', () => {
  test('is put on its queue once for each quarter of an hour in which nothing happens to it, and no more often', async () => {
    const bench = createBench();
    await bench.receive(firing(NODE));
    for (let minutes = 0; minutes < 90; minutes += 5) {
      await rest(bench, 5 * MINUTE);
      await sweepTwice(bench);
      expect(bench.queues.commands).toHaveLength(1 + Math.floor((minutes + 5) / 15));
    }
    // The queue was merely slow: the outcome is one reset.
    await bench.advance(MINUTE);
    expect(bench.resets().length).toBeLessThanOrEqual(1);
    expect(bench.remediations()[0]!.receipts.filter(({ step }) => step === 'sweep')).toHaveLength(1);
  });

  test('is found behind a hundred others', async () => {
    const bench = createBench();
    const nodes = Array.from({ length: 110 }, (_, index) => nodeName(index + 1));
    await bench.receive(...nodes.map((node) => firing(node)));
    bench.queues.commands = [];
    await rest(bench, STRANDED_MS);
    await runSweep(bench);
    expect(bench.queues.commands).toHaveLength(nodes.length);
  });

  test('goes to a person when its function never comes to it', async () => {
    const bench = createBench();
    await bench.receive(firing(NODE));
    for (let times = 0; times < MAX_SENT_AGAIN + 3; times += 1) {
      await rest(bench, STRANDED_MS);
      await sweepTwice(bench);
    }
    expect(bench.queues.commands).toHaveLength(1 + MAX_SENT_AGAIN);
    expect(bench.remediations()).toMatchObject([
      { state: 'needs-human', why: expect.stringContaining('8 more times') },
    ]);
  });

  test('goes to no person while there is progress now and then', async () => {
    const bench = createBench();
    await bench.receive(firing(NODE));
    const strand = async () => {
      for (let times = 0; times < MAX_SENT_AGAIN - 1; times += 1) {
        await rest(bench, STRANDED_MS);
        await runSweep(bench);
      }
    };
    await strand();
    const [remediation] = bench.remediations();
    await rewrite(bench, remediationKey(remediation!.id), (value) => ({
      ...value,
      updatedAt: iso(bench.now() + 1000),
    }));
    await strand();
    expect(bench.remediations()).toMatchObject([{ state: 'submitting' }]);
  });

  test('that was deferred is left alone until its time has long passed', async () => {
    const bench = createBench();
    bench.api.before = (endpoint) => {
      if (endpoint === 'batchResetNodes')
        throw apiError(endpoint, {
          outcome: 'refused',
          transient: true,
          status: 429,
          retryAfterMs: 40 * MINUTE,
        });
    };
    await bench.receive(firing(NODE));
    await bench.drain('commands');
    bench.api.before = () => {};
    bench.queues.commands = [];
    await rest(bench, 54 * MINUTE);
    await sweepTwice(bench);
    expect(bench.queues.commands).toEqual([]);
    await rest(bench, MINUTE);
    await sweepTwice(bench);
    expect(bench.queues.commands).toHaveLength(1);
  });

  test('that is only observed gets its explanation', async () => {
    const bench = createBench();
    await bench.receive(firing(NODE, { alertname: 'Watched' }));
    bench.queues.commands = [];
    await live(bench, 30 * MINUTE);
    expect(bench.remediations()).toMatchObject([
      { state: 'observed', why: expect.stringContaining('would have been') },
    ]);
    const before = everything(bench);
    await live(bench, 2 * HOUR);
    expect(everything(bench)).toEqual(before);
  });
});

describe('a call that no message follows', () => {
  test('is followed again, once for each quarter of an hour', async () => {
    const bench = await underReset();
    bench.queues.follow = [];
    await rest(bench, 16 * MINUTE);
    await sweepTwice(bench);
    expect(bench.queues.follow).toEqual([]);
    await rest(bench, MINUTE);
    await sweepTwice(bench);
    expect(bench.queues.follow).toHaveLength(1);
    await rest(bench, 10 * MINUTE);
    await sweepTwice(bench);
    expect(bench.queues.follow).toHaveLength(1);
    bench.endJob('job-1');
    await bench.advance(MINUTE);
    expect(bench.remediations()).toMatchObject([{ state: 'succeeded' }]);
  });

  test('and that is, is left alone for as long as it takes', async () => {
    const bench = await underReset();
    for (let minutes = 0; minutes < 40; minutes += 5) {
      await bench.advance(5 * MINUTE);
      const before = everything(bench);
      await runSweep(bench);
      expect(everything(bench)).toEqual(before);
    }
  });
});

test('a call that is as well made again is not looked for: its commands are carried out again', async () => {
  const bench = createBench(RULES, updateNodes);
  // HA redundancy is only changed of nodes that are operational.
  for (const node of bench.nodes.values()) node.phase = 'Available';
  const { put } = bench.store;
  // It dies right after the intent.
  bench.store.put = async (document, version) => {
    const written = await put(document, version);
    if (document.pk.startsWith('call#') && (document['value'] as Call).state === 'calling')
      bench.store.put = () => Promise.reject(new Error('killed'));
    return written;
  };
  const command = { id: 'c-1', action: 'update-nodes', pool: 'train-a', nodes: [NODE], mode: 'act' };
  await bench.command({ ...command, parameters: { action: 'openHaRedundant' } });
  await bench.drain('commands');
  bench.store.put = put;
  expect(openCalls(bench)).toEqual(['calling']);
  // Nothing but the call is swept: its command is taken for one that is being worked on.
  await rest(bench, 20 * MINUTE);
  await unfollowedCalls(bench.services, bench.invocation());
  expect(openCalls(bench)).toEqual([]);
  expect(bench.queues.follow).toEqual([]);
  // The request may have been sent: a person who takes the command back must not hear that nothing was done.
  await expect(withdrawCommand('c-1', { by: 'ada' }, bench.services)).rejects.toMatchObject({ status: 409 });
});

test('the sweep of a call ends when everything about it is on record, however slow the ledger', async () => {
  const bench = createBench();
  const { put } = bench.store;
  await bench.receive(firing(NODE));
  bench.store.put = (document, version) =>
    document.pk.startsWith('job#') ? Promise.reject(new Error('killed')) : put(document, version);
  await bench.drain('commands').catch(() => {});
  expect(bench.remediations()).toMatchObject([{ state: 'submitting' }]);
  bench.queues.follow = [];
  await rest(bench, 20 * MINUTE);
  bench.store.put = async (document, version) => {
    await new Promise((done) => setImmediate(done));
    return put(document, version);
  };
  await unfollowedCalls(bench.services, bench.invocation());
  expect(bench.remediations()).toMatchObject([{ state: 'running' }]);
});

test('several sweeps at the same moment send no more than one', async () => {
  const bench = createBench();
  await bench.receive(firing(NODE));
  bench.queues.commands = [];
  await rest(bench, STRANDED_MS);
  await Promise.all([runSweep(bench), runSweep(bench), runSweep(bench)]);
  expect(bench.queues.commands).toHaveLength(1);
  await bench.advance(5_000);
  bench.queues.follow = [];
  await rest(bench, 20 * MINUTE);
  await Promise.all([runSweep(bench), runSweep(bench), runSweep(bench)]);
  expect(bench.queues.follow).toHaveLength(1);
});

test('an index that lags behind leads to nothing', async () => {
  const bench = createBench();
  await bench.receive(firing(NODE), firing(nodeName(2)));
  await bench.advance(5_000);
  await bench.receive(firing(nodeName(3)));
  const snapshot = createMemoryStore();
  for (const document of bench.store.documents())
    await snapshot.put(structuredClone({ ...document, version: 1 }), 0);
  await bench.advance(15 * MINUTE);
  for (const { jobId } of bench.jobs) bench.endJob(jobId);
  await bench.advance(5 * MINUTE);
  expect(bench.remediations().map(({ state }) => state)).toEqual(Array(3).fill('succeeded'));
  const before = everything(bench);
  await runSweep({
    ...bench,
    services: { ...bench.services, store: { ...bench.store, find: snapshot.find } },
  });
  expect(everything(bench)).toEqual(before);
});

describe('a hold', () => {
  const END = { succeeded: 'succeeded', failed: 'failed' } as const;

  test.each(Object.values(END))(
    'of a remediation that has %s is released, with the history of its node',
    async (state) => {
      const bench = await underReset();
      const { held } = await poolOf(bench);
      bench.endJob('job-1', 'Success', { [NODE]: state === 'succeeded' ? 'Available' : 'Abnormal' });
      await bench.advance(4 * MINUTE);
      expect(bench.remediations()).toMatchObject([{ state: state === 'failed' ? 'needs-human' : state }]);
      const given = await recordOf(bench);
      // The process that settled it died before it released the node, and before it wrote its history.
      await rewrite(bench, poolRecordKey(POOL), (record) => ({ ...record, held }));
      await rewrite(bench, nodeRecordKey(POOL, NODE), ({ last: _last, ...record }) => record);
      await rest(bench, STRANDED_MS);
      await sweepTwice(bench);
      expect(bench.leased()).toEqual([]);
      const record = await recordOf(bench);
      expect(record.last).toMatchObject({
        calledAt: given.last.calledAt,
        outcome: state,
        remediation: given.last.remediation,
      });
    },
  );

  test('of a remediation that is gone is released', async () => {
    const bench = await underReset();
    const { id } = bench.remediations()[0]!;
    await rewrite(bench, poolRecordKey(POOL), ({ held, ...record }) => ({
      ...record,
      held: { [NODE]: { ...held[NODE], remediation: `${id}-gone` } },
    }));
    await rest(bench, STRANDED_MS);
    await runSweep(bench);
    expect(bench.leased()).toEqual([]);
  });

  test('under which a job may still run is kept, also after a notice to a person, and is released when it has run out', async () => {
    const bench = await underReset();
    bench.jobs[0]!.suspended = true;
    await live(bench, 2 * HOUR);
    expect(bench.remediations()).toMatchObject([{ state: 'needs-human' }]);
    expect(bench.leased()).toEqual([NODE]);
    await live(bench, 23 * HOUR);
    expect(bench.leased()).toEqual([]);
    expect((await recordOf(bench)).last).toMatchObject({ outcome: 'unknown', action: 'reset-nodes' });
  });

  test('of a command that went to a person without a call is released, and no cooldown begins', async () => {
    const bench = await underReset();
    const remediation = bench.remediations()[0]!;
    const callKey = { pk: `call#${remediation.callId}`, sk: '-' };
    const call = (await bench.store.get(callKey))!;
    await bench.store.put(
      {
        ...call,
        version: call.version + 1,
        value: { ...(call['value'] as object), state: 'refused' },
      },
      call.version,
    );
    await rewrite(bench, remediationKey(remediation.id), (value) => ({
      ...value,
      phase: 'needs-human',
      state: 'needs-human',
    }));
    await rest(bench, STRANDED_MS);
    await sweepTwice(bench);
    expect(bench.leased()).toEqual([]);
    expect((await recordOf(bench))?.last).toBeUndefined();
  });

  test('that is taken again while it is swept stays', async () => {
    const bench = await underReset();
    const { id } = bench.remediations()[0]!;
    await rewrite(bench, remediationKey(id), (value) => ({
      ...value,
      phase: 'waiting',
      state: 'deferred',
      deferrals: 1,
      deferredUntil: value.updatedAt,
      callId: undefined,
    }));
    await rest(bench, STRANDED_MS);
    const { getMany, get } = bench.store;
    bench.store.get = async (key) => {
      const found = await get(key);
      if (key.pk === remediationKey(id).pk) {
        bench.store.get = get;
        await rewrite(bench, poolRecordKey(POOL), ({ held, ...record }) => ({
          ...record,
          held: { [NODE]: { ...held[NODE], since: new Date(bench.now()).toISOString() } },
        }));
      }
      return found;
    };
    bench.store.getMany = getMany;
    await forgottenHolds(bench.services, bench.invocation());
    expect(bench.leased()).toEqual([NODE]);
  });
});

test('a remediation none of whose calls is followed any more goes to a person', async () => {
  const bench = await underReset();
  const { callId } = bench.remediations()[0]!;
  const key = { pk: `call#${callId}`, sk: '-' };
  const call = (await bench.store.get(key))!;
  await bench.store.put(
    {
      ...call,
      state: 'call-ended',
      version: call.version + 1,
      value: { ...(call['value'] as object), state: 'ended' },
    },
    call.version,
  );
  bench.queues.follow = [];
  await live(bench, 20 * MINUTE);
  expect(bench.remediations()).toMatchObject([
    { state: 'needs-human', why: expect.stringContaining('look at its nodes') },
  ]);
  expect(bench.leased()).toEqual([NODE]);
});

test('a hold that is swept stays spent in the budget of the day', async () => {
  const bench = await underReset();
  const { spent } = await poolOf(bench);
  expect(Object.values(spent)).toEqual([1]);
  await rewrite(bench, poolRecordKey(POOL), ({ held, ...record }) => ({
    ...record,
    held: { [NODE]: { ...held[NODE], remediation: 'gone' } },
  }));
  await rest(bench, STRANDED_MS);
  await runSweep(bench);
  expect(await poolOf(bench)).toMatchObject({ held: {}, spent });
});

test('a plan without a decision within a day is no longer valid', async () => {
  const bench = createNodePoolBench();
  await bench.accept({
    id: 'c-1',
    action: 'update-node-pool',
    nodePool: 'np-1',
    parameters: { spec: { resources: { count: 3 } } },
    mode: 'approve',
  });
  const mortal = { ...bench, services: bench.consoleServices };
  await live(mortal, HOUR);
  expect(bench.remediation().state).toBe('awaiting-approval');
  await bench.advance(22 * HOUR, HOUR);
  await sweepTwice(mortal);
  expect(bench.remediation().state).toBe('awaiting-approval');
  // A write to it meanwhile makes its day no longer.
  const updatedAt = new Date(bench.now()).toISOString();
  await rewrite(bench, remediationKey('c-1'), (value) => ({ ...value, updatedAt }));
  await bench.advance(HOUR + MINUTE, HOUR);
  await sweepTwice(mortal);
  expect(bench.remediation()).toMatchObject({
    state: 'skipped',
    why: expect.stringContaining('not approved within a day'),
  });
});

test('what cannot be read is reported, and harms nothing else', async () => {
  const bench = createBench();
  await bench.receive(firing(NODE), firing(nodeName(2)));
  bench.queues.commands = [];
  const [broken] = bench.remediations();
  await rewrite(bench, remediationKey(broken!.id), ({ id }) => ({ id }));
  await rest(bench, STRANDED_MS);
  await runSweep(bench);
  expect(bench.queues.commands).toHaveLength(1);
  expect(bench.notices).toMatchObject([{ kind: 'incident', incident: 'unreadable' }]);
});

/** The way of three alerts to their end, swept right before the steps that are chosen. */
async function course(sweepAt: (step: number) => boolean) {
  const bench = createBench();
  const { put } = bench.store;
  let steps = 0;
  let sent = 0;
  let calls = 0;
  // The first call is deferred, so that commands come to their nodes a second time.
  bench.api.before = (endpoint) => {
    if (endpoint !== 'batchResetNodes') return;
    calls += 1;
    if (calls === 1) throw apiError(endpoint, { outcome: 'refused', transient: true, status: 429 });
    expect(bench.leased()).toHaveLength(3);
  };
  for (const queue of [bench.commandQueue, bench.services.follow]) {
    const { send } = queue;
    queue.send = (messages) => {
      sent += messages.length;
      return send(messages);
    };
  }
  bench.store.put = async (document, version) => {
    if (isSnapshot(document.pk)) return put(document, version);
    steps += 1;
    if (sweepAt(steps))
      await runSweep({ ...bench, services: { ...bench.services, store: { ...bench.store, put } } });
    return put(document, version);
  };
  await bench.receive(firing(NODE), firing(nodeName(2)), firing(nodeName(3), { alertname: 'Verified' }));
  await bench.advance(10 * MINUTE);
  bench.endJob('job-1');
  await bench.advance(10 * MINUTE);
  const remediations = bench
    .remediations()
    .map(({ nodes, state, receipts }) => [nodes?.[0], state, receipts.map(({ step }) => step)])
    .toSorted();
  return { remediations, sent, steps, resets: bench.resets().length, leased: bench.leased() };
}

describe('beside a function at work', () => {
  test('it changes nothing and sends nothing, whenever it runs', async () => {
    const undisturbed = await course(() => false);
    expect(undisturbed.remediations.map(([, state]) => state)).toEqual([
      'succeeded',
      'succeeded',
      'succeeded',
    ]);
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.boolean()), async (choices) => {
        expect(await course(() => choices.next().value)).toEqual(undisturbed);
      }),
      { numRuns: runs(30) },
    );
  });

  test.each([20 * MINUTE, 50 * MINUTE])(
    'one that stands still for %i ms, while it is swept up after and others go on, does not call a second time',
    async (stillMs) => {
      for (let pauseAt = 1; pauseAt <= 14; pauseAt += 1) {
        const bench = createBench();
        await bench.receive(firing(NODE));
        const slow = await standStillAt(bench, pauseAt);
        await live(bench, stillMs, () => jobsEnd(bench));
        await slow.goOn();
        await live(bench, 30 * MINUTE, () => jobsEnd(bench));
        const told = `stood still at write ${pauseAt} of ${slow.writes}`;
        expect(bench.resets().length, told).toBeLessThanOrEqual(1);
        expect(bench.remediations(), told).toMatchObject([
          { state: bench.resets().length === 1 ? 'succeeded' : 'needs-human' },
        ]);
      }
    },
  );
});
