import { describe, expect, test } from 'vitest';
import { resetNodes } from '#lib/actions/reset-nodes/definition';
import { updateNodes } from '#lib/actions/update-nodes/definition';
import { type Call, callKey, callKind } from '#lib/ledger/call';
import { createDocument, readDocument, updateDocument } from '#lib/ledger/change';
import { emptyPoolRecord, type PoolRecord, poolRecordKey, poolRecordKind } from '#lib/ledger/pool-record';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import type { RemediationFields } from '#lib/ledger/remediation-fields';
import type { ModelArtsFailure } from '#lib/modelarts/client/errors';
import { claimRemediation, giveUpSearch, recordAnswer } from '#lib/remediation/execution/call';
import { deferOrFail, StaleReadingError, TargetBusyError } from '#lib/remediation/execution/defer';
import { readBeforeCall } from '#lib/remediation/execution/read-before-call';
import { returnedEarly } from '#lib/remediation/execution/readiness';
import { recordAnswered } from '#lib/remediation/execution/record-answered';
import { completeAccepted } from '#lib/remediation/execution/record-call';
import { recover } from '#lib/remediation/execution/recover';
import { held } from '#test/capacity/pool-facts';
import { apiError, createBench, POOL } from '#test/remediation/bench';
import { at, call } from '../lifecycle/in-phase.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const NOW = Date.parse('2026-11-20T10:00:00Z');

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

const PATIENT = `
pools: { train-a: { id: ${POOL} } }
rules:
  - name: patient
    when: { labels: { alertname: Other } }
    node: { from: labels.instance }
    pool: train-a
    mode: act
    maxEvidenceAge: 3d
    ladder: [ { reset-nodes: {} } ]
`;

type Bench = ReturnType<typeof createBench>;

const keep = ({ store }: Bench, remediation: Remediation) =>
  createDocument<Remediation>(store, remediationKind, remediationKey(remediation.id), remediation);

const keepCall = ({ store }: Bench, more: Partial<Call>) =>
  createDocument<Call>(store, callKind, callKey('call-1'), { ...call, pool: POOL, ...more });

const own = { pool: POOL, nodes: ['node-0'] };

const endOf = async (error: unknown, more: Partial<RemediationFields> = {}, spentMs = 0) => {
  const bench = createBench(PATIENT);
  const claimed = at('calling', { ...own, ...more });
  await keep(bench, claimed);
  bench.stand(spentMs);
  await deferOrFail(
    [{ remediation: claimed, targets: ['node-0'], records: [] }],
    error,
    bench.services,
    bench.invocation(),
  );
  const [after] = bench.remediations();
  const pauseMs = after?.state === 'deferred' ? Date.parse(after.deferredUntil) - bench.now() : undefined;
  return { state: after?.state, pauseMs, putOff: after?.putOff };
};

const refusal = (more: Partial<ModelArtsFailure>) => apiError('batchResetNodes', more);

describe('a command that could not be sent', () => {
  test.each<[string, unknown, string, number | undefined]>([
    ['is refused for good', refusal({ status: 400 }), 'failed', undefined],
    ['is refused for now', refusal({ status: 500, transient: true }), 'deferred', MINUTE],
    ['has a key that is refused', refusal({ status: 401 }), 'deferred', 5 * MINUTE + 10 * SECOND],
    ['is refused in a read', apiError('listPoolNodes', { status: 400 }), 'deferred', MINUTE],
    ['was not sent', refusal({ outcome: 'not-sent' }), 'deferred', MINUTE],
    [
      'may come after a time that the API names',
      refusal({ transient: true, throttled: true, retryAfterMs: 7 * MINUTE }),
      'deferred',
      7 * MINUTE,
    ],
    [
      'may come sooner than it usually does',
      refusal({ transient: true, throttled: true, retryAfterMs: SECOND }),
      'deferred',
      MINUTE,
    ],
    ['has an old reading', new StaleReadingError(), 'deferred', SECOND],
    ['has a target with another holder', new TargetBusyError('busy'), 'deferred', 15 * SECOND],
  ])('and %s', async (_name, error, state, pauseMs) => {
    expect(await endOf(error)).toMatchObject({ state, pauseMs });
  });

  test('waits longer each time for one reason, and begins anew for another', async () => {
    const throttled = refusal({ transient: true, throttled: true });
    const before = { putOff: { reason: 'throttled', times: 2 } } as const;
    expect(await endOf(throttled, before)).toMatchObject({ pauseMs: 4 * MINUTE, putOff: { times: 3 } });
    expect(await endOf(new TargetBusyError('busy'), before)).toMatchObject({
      pauseMs: 15 * SECOND,
      putOff: { reason: 'busy', times: 1 },
    });
  });

  test.each<[string, Partial<RemediationFields>, number, string]>([
    ['for as long as its evidence holds', { evidenceAt: iso(NOW) }, 50 * MINUTE, 'deferred'],
    ['not beyond that', { evidenceAt: iso(NOW) }, 60 * MINUTE, 'needs-human'],
    ['for a day after its approval', { approval: approvedAt(20 * HOUR) }, 43 * HOUR, 'deferred'],
    ['not for a second day', { approval: approvedAt(20 * HOUR) }, 44 * HOUR, 'needs-human'],
  ])('waits %s', async (_name, more, spentMs, state) => {
    expect(await endOf(refusal({ transient: true }), more, spentMs)).toMatchObject({ state });
  });

  test('waits no longer than a day, however old its evidence may be', async () => {
    const ended = await endOf(
      refusal({ transient: true }),
      { rule: 'patient', evidenceAt: iso(NOW) },
      24 * HOUR,
    );
    expect(ended).toMatchObject({ state: 'needs-human' });
  });
});

function approvedAt(afterMs: number): NonNullable<RemediationFields['approval']> {
  return { hash: 'plan-1', by: 'ada', at: iso(NOW + afterMs) };
}

const claims = async (found: Remediation, current: Remediation, targets = ['node-0']) => {
  const bench = createBench();
  await keep(bench, current);
  return (await claimRemediation(bench.services, { remediation: found, targets }, 'call-2', NOW)).claimed;
};

describe('a remediation becomes part of a call', () => {
  const FOUND = at('undecided', { judgements: 1 });

  test.each<[string, Partial<RemediationFields>, boolean]>([
    ['as it was found', {}, true],
    ['unless it was judged again', { judgements: 2 }, false],
    ['unless another call has it', { callId: 'call-1' }, false],
    ['unless one of its targets is done', { outcomes: { 'node-0': { state: 'succeeded' } } }, false],
    ['though another target is done', { outcomes: { 'node-1': { state: 'succeeded' } } }, true],
  ])('%s', async (_name, more, isClaimed) => {
    expect(await claims(FOUND, at('undecided', { judgements: 1, ...more }))).toBe(isClaimed);
  });
});

describe('the answer to a call', () => {
  const error = { message: 'no answer' };
  const recorded = async (state: Call['state'], answer: 'accepted' | 'lost', isGivenUp = false) => {
    const bench = createBench();
    await keepCall(bench, { state });
    if (isGivenUp) await giveUpSearch(bench.store, 'call-1', { kind: 'search', rivals: false });
    const said = answer === 'accepted' ? { state: answer, jobId: 'job-1' } : { state: answer, error };
    return (await recordAnswer(bench.store, 'call-1', said)).state;
  };

  test.each([
    ['calling', 'accepted', 'accepted'],
    ['calling', 'lost', 'lost'],
    ['lost', 'accepted', 'accepted'],
    ['refused', 'accepted', 'refused'],
    ['ended', 'accepted', 'ended'],
  ] as const)('that is %s and was %s leaves it %s', async (state, answer, after) => {
    expect(await recorded(state, answer)).toBe(after);
  });

  test('that comes after the search for its job was given up is not taken', async () => {
    expect(await recorded('lost', 'accepted', true)).toBe('lost');
  });

  test('a lost answer is no news of a call that is lost already', async () => {
    const bench = createBench();
    await keepCall(bench, { state: 'lost', error: { message: 'the first' } });
    expect(await recordAnswer(bench.store, 'call-1', { state: 'lost', error })).toMatchObject({
      error: { message: 'the first' },
    });
  });
});

const early = async (record: { deferral?: number; receiveCount: number }, untilMs = MINUTE) => {
  const bench = createBench();
  const waiting = at('waiting', { ...own, deferrals: 2, deferredUntil: iso(NOW + untilMs) });
  await keep(bench, waiting);
  const records = [{ messageId: 'm', body: '', sentAtMs: NOW, ...record }];
  const isEarly = await returnedEarly({ remediation: waiting, records }, bench.services);
  return { isEarly, sent: bench.queues.commands.length };
};

describe('a deferred command that comes too early', () => {
  test.each([
    ['is sent back', { deferral: 2, receiveCount: 1 }, 1],
    ['is dropped if a later deferral has its own message', { deferral: 1, receiveCount: 1 }, 0],
    [
      'is sent back if it was delivered before: that message may be lost',
      { deferral: 1, receiveCount: 2 },
      1,
    ],
  ])('%s', async (_name, record, sent) => {
    expect(await early(record)).toEqual({ isEarly: true, sent });
  });

  test('is in time at its time', async () => {
    expect(await early({ deferral: 2, receiveCount: 1 }, 0)).toEqual({ isEarly: false, sent: 0 });
  });
});

const recovered = async (found: Remediation, more: Partial<Call>) => {
  const bench = createBench();
  await keep(bench, found);
  await keepCall(bench, { action: found.action as Call['action'], ...more });
  const goesOn = await recover(found, bench.services, bench.invocation());
  return { bench, goesOn: goesOn !== undefined, after: bench.remediations()[0] };
};

describe('a remediation whose process died during its call', () => {
  test('is followed when no process can still be sending its request', async () => {
    const sendBefore = iso(NOW + 5 * MINUTE);
    const { bench, goesOn } = await recovered(at('calling', own), { state: 'calling', sendBefore });
    expect(goesOn).toBe(false);
    const [message] = bench.queues.follow;
    expect(Date.parse(JSON.parse(message?.body ?? '{}').dueAt)).toBeGreaterThanOrEqual(NOW + 5 * MINUTE);
  });

  test.each(['refused', 'lost'] as const)(
    'remembers that its request may have been sent, where its call is %s',
    async (state) => {
      const unsure = state === 'refused' && { unsure: true as const };
      const { goesOn, after } = await recovered(at('calling', { ...own, action: 'update-nodes' }), {
        state,
        ...unsure,
      });
      expect({ goesOn, unsure: after?.unsure }).toEqual({ goesOn: true, unsure: true });
    },
  );

  test.each([
    ['waits for the rest of its nodes', at('waiting', { ...own, callId: 'call-1' }), true],
    [
      'was approved again since',
      at('undecided', { ...own, callId: 'call-1', acceptedCalls: ['call-1'] }),
      true,
    ],
    ['is part of it, and has heard nothing', at('calling', own), false],
  ])('goes on beside an answered call where it %s', async (_name, found, isLeft) => {
    expect((await recovered(found, { state: 'ended' })).goesOn).toBe(isLeft);
  });
});

describe('an answer that is recorded again', () => {
  test('keeps the hold of a node that another try has by now', async () => {
    const bench = createBench(undefined, updateNodes);
    const hold = held('r-1', { action: 'update-nodes' });
    const again = at('waiting', {
      ...own,
      action: 'update-nodes',
      nodes: ['node-0', 'node-1'],
      callId: 'call-1',
      acceptedCalls: ['call-1'],
      outcomes: { 'node-0': { state: 'succeeded' }, 'node-1': { state: 'failed' } },
    });
    await keep(bench, again);
    const answer = { succeeded: ['node-0'], failed: { 'node-1': 'busy' }, later: ['node-1'] };
    const members = [{ remediation: 'r-1', targets: ['node-0', 'node-1'] }];
    const { value } = await keepCall(bench, { action: 'update-nodes', answer, members });
    await createDocument<PoolRecord>(bench.store, poolRecordKind, poolRecordKey(POOL), {
      ...emptyPoolRecord(POOL, NOW),
      held: { 'node-0': hold, 'node-1': hold },
    });
    await recordAnswered(value, bench.services, bench.invocation());
    expect(bench.leased()).toEqual(['node-1']);
  });

  test('is recorded in each remediation that lacks it', async () => {
    const bench = createBench();
    await keep(bench, at('running', { ...own, acceptedCalls: ['call-1'] }));
    await keep(bench, at('calling', { ...own, id: 'r-2' }));
    const members = ['r-1', 'r-2'].map((remediation) => ({ remediation, targets: ['node-0'] }));
    const { value } = await keepCall(bench, { jobId: 'job-1', members });
    await completeAccepted(value, bench.services, bench.invocation());
    const second = await readDocument(bench.store, remediationKind, remediationKey('r-2'));
    expect(second).toMatchObject({ phase: 'running', jobId: 'job-1' });
  });
});

test('what was released while the pool is read is not older than the reading', async () => {
  const bench = createBench();
  const pool = bench.rules.pools[0]!;
  const released = (releases: number) =>
    updateDocument<PoolRecord>(bench.store, poolRecordKind, poolRecordKey(POOL), (current) => ({
      ...(current ?? emptyPoolRecord(POOL, NOW)),
      releases,
    }));
  await released(3);
  bench.api.before = async (endpoint) => {
    if (endpoint === 'listPoolNodes') await released(4);
  };
  const seen = await readBeforeCall(resetNodes, pool, [], bench.services, bench.invocation());
  expect(seen?.releasesBefore).toBe(3);
});
