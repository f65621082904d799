import { describe, expect, test } from 'vitest';
import type { Remediation } from '#lib/ledger/remediation';
import { answer } from '#lib/remediation/lifecycle/answer';
import { accept, claim, fail } from '#lib/remediation/lifecycle/call';
import { defer, giveUp } from '#lib/remediation/lifecycle/defer';
import { handOver, isHandedOver, loseTrack, takeUpAgain } from '#lib/remediation/lifecycle/hand-over';
import { type Judged, judge } from '#lib/remediation/lifecycle/judge';
import { isToBeJudgedAgain, judgeAgain } from '#lib/remediation/lifecycle/judge-again';
import { moved, type Recorded } from '#lib/remediation/lifecycle/move';
import { noteReleased, noteSentAgain } from '#lib/remediation/lifecycle/note';
import { approvePlan, expirePlan, isExpired, rejectPlan, secondPlan } from '#lib/remediation/lifecycle/plan';
import { join, refuseBeforeCall, refuseTaken, refuseUndoing } from '#lib/remediation/lifecycle/refuse';
import { escalateRung, fireOn } from '#lib/remediation/lifecycle/rung';
import { isFollowed, seeJob } from '#lib/remediation/lifecycle/see-job';
import { expire, isToBeSettled, settle } from '#lib/remediation/lifecycle/settle';
import { whyNotWithdrawn, withdraw } from '#lib/remediation/lifecycle/withdraw';
import { PLAN_VALID_MS } from '#lib/rules/waits';
import type { Joined } from '../../ledger/joined.ts';
import { AT, at, call, LATER, NOW, outcomes, rules, withoutRules } from './in-phase.ts';

/** The remediation after a transition, a second later, with the receipts that are new. */
function after<R extends Remediation>(current: R, next: (current: R) => Recorded): Joined {
  const { remediation, receipts } = moved(current, next(current), NOW + 1_000);
  return { ...remediation, receipts: [...receipts] };
}

const NO = { guard: 'one-at-a-time', allowed: false, why: 'r-2 works on it' };
const FOR_PERSON = { ...NO, handsOver: true as const };

const byAda = (current: Parameters<typeof withdraw>[0]) => withdraw(current, { by: 'ada' });

const wait = (current: Parameters<typeof defer>[0]) => defer(current, LATER, 'it waits', { why: 'full' });

describe('deferring', () => {
  test('counts each time, and enters the state once', () => {
    const first = after(at('undecided'), wait);
    expect(first).toMatchObject({ phase: 'waiting', state: 'deferred', deferrals: 1, deferredUntil: LATER });
    expect(first.receipts).toMatchObject([{ step: 'defer', until: LATER, why: 'full' }]);
    const again = after(at('waiting', first), wait);
    expect(again).toMatchObject({ deferrals: 2, stateSince: first.stateSince });
  });

  test('keeps the guards that refused, and the number of deferrals for one reason', () => {
    const busy = { reason: 'busy' as const, times: 3 };
    const deferred = after(at('calling'), (current) =>
      defer(current, LATER, 'it waits', {}, { putOff: busy, verdicts: [{ step: 'guard', ...NO }] }),
    );
    expect(deferred).toMatchObject({ putOff: busy, refusedBy: ['one-at-a-time'], judged: 'targets' });
    expect(after(at('undecided', { putOff: busy }), wait).putOff).toBeUndefined();
  });

  test('ends with a person where the evidence would be too old', () => {
    const given = after(at('waiting'), (current) => giveUp(current, 'it waits', { message: 'busy' }));
    expect(given).toMatchObject({
      phase: 'needs-human',
      why: 'it waits; the evidence is too old to go on trying',
      receipts: [{ step: 'defer', gaveUp: true, message: 'busy' }],
    });
  });
});

describe('judging', () => {
  const said: Judged = {
    decision: {},
    refused: [],
    waiting: [],
    seen: {},
    verdicts: [{ step: 'guard', guard: 'mode', allowed: true, why: 'the rule acts' }],
  };

  test('counts the attempt, and leaves a command undecided that is carried out', () => {
    const judged = after(at('undecided', { judgements: 2 }), (current) =>
      judge(current, { ...said, waiting: [{ target: 'node-1', why: 'full' }] }),
    );
    expect(judged).toMatchObject({
      phase: 'undecided',
      judgements: 3,
      outcomes: { 'node-1': { state: 'waiting', why: 'full' } },
    });
  });

  test('defers until a time', () => {
    const decision = { phase: 'waiting' as const, why: 'it waits: full' };
    const deferral = { until: LATER, guards: ['budget'], behind: 'r-older' };
    const judged = after(at('undecided'), (current) => judge(current, { ...said, decision, deferral }));
    expect(judged).toMatchObject({
      phase: 'waiting',
      deferrals: 1,
      deferredUntil: LATER,
      why: 'it waits: full',
    });
    expect(judged.receipts.at(-1)).toMatchObject({ step: 'defer', ...deferral });
  });

  test('goes on to verify what an earlier call was accepted for', () => {
    const current = at('waiting', { callId: 'call-1', outcomes: outcomes('verifying') });
    const refused = [{ target: 'node-1', why: 'no' }];
    const decision = { phase: 'skipped' as const, why: 'no' };
    expect(after(current, (one) => judge(one, { ...said, decision, refused }))).toMatchObject({
      phase: 'verifying',
      outcomes: { 'node-1': { state: 'skipped' } },
    });
  });

  test('waits for the rest beside what is verified, and begins to count its pauses anew', () => {
    const putOff = { reason: 'busy' as const, times: 3 };
    const current = at('waiting', { callId: 'call-1', putOff, outcomes: outcomes('verifying', 'failed') });
    const decision = { phase: 'waiting' as const, why: 'full' };
    const deferral = { until: LATER, guards: ['budget'] };
    const judged = after(current, (one) => judge(one, { ...said, decision, deferral }));
    expect(judged).toMatchObject({ phase: 'waiting', deferredUntil: LATER });
    expect(judged.putOff).toBeUndefined();
  });

  test('keeps why the rest was refused, where what was called has succeeded', () => {
    const current = at('waiting', { callId: 'call-1', outcomes: outcomes('succeeded', 'waiting') });
    const decision = { phase: 'succeeded' as const, why: 'no' };
    const refused = [{ target: 'node-1', why: 'no' }];
    expect(after(current, (one) => judge(one, { ...said, decision, refused }))).toMatchObject({
      phase: 'succeeded',
      outcomes: outcomes('succeeded', { state: 'skipped', why: 'no' }),
    });
  });

  test('says that nothing is left to be done, and nothing of the targets', () => {
    const judged = after(at('undecided'), (current) =>
      judge(current, {
        ...said,
        decision: { phase: 'succeeded', why: 'it is so' },
        refused: [{ target: 'node-0', why: 'no' }],
        done: 'it is so',
      }),
    );
    expect(judged).toMatchObject({ phase: 'succeeded', outcomes: {}, refusedBy: ['already-done'] });
    expect(judged.receipts).toMatchObject([{ guard: 'already-done', why: 'it is so' }]);
  });

  test('makes an approval void where the plan is another by now', () => {
    const plan = { hash: 'plan-2', request: {} };
    const approval = { hash: 'plan-1', by: 'ada', at: AT };
    const judged = after(at('undecided', { approval }), (current) =>
      judge(current, { ...said, decision: { phase: 'planned', why: 'it waits for an approval', plan } }),
    );
    expect(judged).toMatchObject({ phase: 'planned', plan });
    expect(judged.receipts.at(-1)).toMatchObject({ decision: 'void', approved: 'plan-1', plan: 'plan-2' });
  });
});

describe('refusing', () => {
  test.each([
    [NO, true, 'skipped'],
    [FOR_PERSON, true, 'needs-human'],
    [NO, false, 'undecided'],
  ] as const)('%j of its targets, all of them: %j, leaves it %s', (verdict, isAll, phase) => {
    const refused = [{ target: 'node-0', verdict }];
    const left = after(at('undecided'), (current) => refuseTaken(current, refused, isAll));
    expect(left).toMatchObject({ phase, outcomes: { 'node-0': { state: 'skipped', why: NO.why } } });
  });

  test('what has failed before is not tried again', () => {
    const current = at('calling', { outcomes: outcomes({ state: 'failed', why: 'no job' }) });
    const verdict = { guard: 'alert-firing', allowed: false, why: 'the alert resolved' };
    expect(after(current, (one) => refuseBeforeCall(one, ['node-0'], verdict))).toMatchObject({
      phase: 'failed',
      outcomes: { 'node-0': { why: 'no job; not tried again: the alert resolved' } },
    });
  });

  test('what has failed before stays failed, also where a person has to see to it', () => {
    const current = at('undecided', { outcomes: outcomes({ state: 'failed', why: 'no job' }) });
    const refused = [{ target: 'node-0', verdict: FOR_PERSON }];
    expect(after(current, (one) => refuseTaken(one, refused, false)).outcomes['node-0']?.state).toBe(
      'failed',
    );
  });

  test('also ends an observed remediation, with nothing to undo', () => {
    const skipped = after(at('observed'), (current) => refuseUndoing(current, 'nothing was done'));
    expect(skipped).toMatchObject({ phase: 'skipped', refusedBy: ['something-to-undo'] });
  });

  test('joins another', () => {
    expect(after(at('waiting'), (current) => join(current, 'r-2'))).toMatchObject({
      phase: 'skipped',
      joinedTo: 'r-2',
    });
  });
});

describe('a call', () => {
  test('is claimed, accepted and seen to run', () => {
    const claimed = after(at('undecided', { answeredAt: AT, jobEndedAt: AT }), (current) =>
      claim(current, 'call-1', ['node-0'], NOW),
    );
    expect(claimed).toMatchObject({ phase: 'calling', callId: 'call-1', outcomes: outcomes('running') });
    expect(claimed).toMatchObject({ answeredAt: undefined, jobEndedAt: undefined, intendedAt: AT });
    const accepted = after(at('calling', claimed), (current) =>
      accept(current, { ...call, jobId: 'job-1' }, ['node-0'], NOW),
    );
    expect(accepted).toMatchObject({
      phase: 'running',
      jobId: 'job-1',
      acceptedCalls: ['call-1'],
      deadline: LATER,
    });
    const of = { jobId: 'job-1', targets: ['node-0'] };
    const seen = (kind: 'running' | 'missing' | 'suspended') =>
      after(at('running', accepted), (current) => seeJob(rules, current, of, { kind }, NOW));
    expect(seen('missing')).toMatchObject({ phase: 'running', why: 'job job-1 is not in the jobs list yet' });
    expect(seen('suspended')).toMatchObject({ phase: 'needs-human' });
    expect(
      after(at('needs-human', seen('suspended')), (one) => seeJob(rules, one, of, { kind: 'running' }, NOW)),
    ).toMatchObject({ phase: 'running', state: 'running' });
  });

  test('is followed until its rung is on record as failed', () => {
    expect(isFollowed(at('needs-human', { callId: 'call-1' }))).toBe(true);
    expect(isFollowed(at('needs-human', { ladder: { root: 'r-1', rung: 0, failedAt: AT } }))).toBe(false);
    expect(isFollowed(at('waiting'))).toBe(false);
  });

  test.each([
    [rules, 'rung-failed', 'submitting'],
    [withoutRules, 'failed', 'failed'],
  ] as const)('that is refused for good fails', (known, phase, state) => {
    const current = at('calling', { outcomes: outcomes('running', 'waiting') });
    const failed = after(current, (one) => fail(known, one, ['node-0'], { message: 'no' }, NOW));
    expect(failed).toMatchObject({ phase, state, outcomes: { 'node-0': { state: 'failed', why: 'no' } } });
    expect(failed.outcomes['node-1']).toEqual({ state: 'skipped', why: 'not tried: no' });
  });

  test('that is refused leaves an earlier one to be verified', () => {
    const current = at('calling', { outcomes: outcomes('running', 'verifying') });
    expect(after(current, (one) => fail(rules, one, ['node-0'], { message: 'no' }, NOW)).phase).toBe(
      'verifying',
    );
  });

  test('whose job failed has failed for all of its targets', () => {
    const current = at('running', { outcomes: outcomes('running') });
    const of = { jobId: 'job-1', targets: ['node-0'] };
    const job = { kind: 'failed', message: 'no power' } as const;
    expect(after(current, (one) => seeJob(withoutRules, one, of, job, NOW))).toMatchObject({
      phase: 'failed',
      why: 'job job-1 failed: no power',
      outcomes: { 'node-0': { state: 'failed' } },
    });
  });
});

const answered = (failed: Record<string, string>, later: string[] = [], answers = { all: 0, later: 0 }) => {
  const said = { ...call, answer: { succeeded: ['node-0'], failed, later } };
  const targets = ['node-0', ...Object.keys(failed)];
  const current = at('running', { outcomes: outcomes('running', 'running'), answers });
  return after(current, (one) => answer(withoutRules, one, said, targets, NOW));
};

/** After an answer about one node, where another one has this outcome of an earlier call. */
const answeredBeside = (outcome: object) => {
  const current = at('running', { outcomes: { ...outcomes('running'), 'node-1': outcome } as never });
  const said = { ...call, answer: { succeeded: ['node-0'], failed: {}, later: [] } };
  return after(current, (one) => answer(withoutRules, one, said, ['node-0'], NOW));
};

describe('an answer about each node', () => {
  test('ends what has succeeded, and tries again what has failed', () => {
    expect(answered({})).toMatchObject({ outcomes: { 'node-0': { state: 'succeeded' } } });
    expect(answered({ 'node-1': '500' })).toMatchObject({
      phase: 'waiting',
      deferrals: 1,
      answers: { all: 1, later: 0 },
      why: '1 nodes failed and are tried again: node-1',
    });
  });

  test('does not bring back a node whose verification has failed', () => {
    const unseen = { state: 'failed', why: 'no label', checked: true };
    expect(answeredBeside(unseen)).toMatchObject({ phase: 'failed', why: 'no label' });
    expect(answeredBeside({ ...unseen, notKnown: true })).toMatchObject({ phase: 'needs-human' });
    expect(answeredBeside({ state: 'failed', why: 'refused' })).toMatchObject({ phase: 'waiting' });
  });

  test('is the last one after three attempts; "later" is none', () => {
    expect(answered({ 'node-1': '500' }, [], { all: 2, later: 0 })).toMatchObject({ phase: 'failed' });
    expect(answered({ 'node-1': '429' }, ['node-1'], { all: 5, later: 5 })).toMatchObject({
      phase: 'waiting',
    });
    expect(answered({ 'node-1': '429' }, ['node-1'], { all: 9, later: 7 })).toMatchObject({
      phase: 'waiting',
    });
    expect(answered({ 'node-1': '429' }, ['node-1'], { all: 8, later: 8 })).toMatchObject({
      phase: 'failed',
    });
    expect(answered({ 'node-1': '429', 'node-2': '429' }, ['node-1', 'node-2'])).toMatchObject({
      answers: { all: 1, later: 1 },
    });
  });
});

describe('settling', () => {
  test('ends a remediation by the state of its targets', () => {
    const current = at('running', { outcomes: outcomes('running') });
    const ended = { jobId: 'job-1', endedAt: AT };
    const settled = after(current, (one) => settle(rules, one, outcomes('succeeded'), ended, NOW));
    expect(settled).toMatchObject({ phase: 'succeeded', jobEndedAt: AT });
    expect(settled.receipts).toMatchObject([
      { step: 'job', jobId: 'job-1' },
      { step: 'verify', target: 'node-0' },
    ]);
  });

  test('brings a remediation back at once for the nodes that wait', () => {
    const current = at('verifying', { outcomes: outcomes('verifying', 'waiting') });
    const settled = after(current, (one) =>
      settle(rules, one, outcomes('succeeded', 'waiting'), undefined, NOW),
    );
    expect(settled).toMatchObject({ phase: 'waiting', deferrals: 1, deferredUntil: AT });
  });

  test('is for its last call, and for an earlier one whose nodes are verified', () => {
    expect(isToBeSettled(at('running'), call)).toBe(true);
    const earlier = { callId: 'call-2', acceptedCalls: ['call-1'], outcomes: outcomes('verifying') };
    expect(isToBeSettled(at('waiting', earlier), call)).toBe(true);
    expect(isToBeSettled(at('succeeded', earlier), call)).toBe(false);
    expect(isToBeSettled(at('rung-failed', earlier), call)).toBe(false);
    expect(isToBeSettled(at('waiting', { ...earlier, outcomes: outcomes('succeeded') }), call)).toBe(false);
  });

  test('of an earlier call leaves the later one running for the nodes that are tried again', () => {
    const both = { callId: 'call-2', acceptedCalls: ['call-1', 'call-2'] };
    const current = at('running', { ...both, outcomes: outcomes('verifying', 'running') });
    const settled = after(current, (one) =>
      settle(rules, one, outcomes('succeeded', 'running'), undefined, NOW),
    );
    expect(settled).toMatchObject({ phase: 'running', outcomes: outcomes('succeeded', 'running') });
    const seen = { targets: ['node-0'], seen: 'nothing', why: 'not seen' };
    expect(after(current, (one) => expire(rules, one, call, seen, NOW))).toMatchObject({
      phase: 'running',
      outcomes: { 'node-0': { state: 'failed', checked: true }, 'node-1': { state: 'running' } },
    });
  });

  test('is left to a person at the end of its last call, and fails at that of an earlier one', () => {
    const seen = { targets: ['node-0'], seen: 'nothing', why: 'not seen' };
    const last = at('running', { outcomes: outcomes('running', 'waiting') });
    expect(after(last, (one) => expire(rules, one, call, seen, NOW))).toMatchObject({
      phase: 'needs-human',
      why: 'not seen',
      outcomes: { 'node-1': { state: 'skipped' } },
    });
    const earlier = at('calling', { callId: 'call-2', outcomes: outcomes('verifying') });
    expect(after(earlier, (one) => expire(withoutRules, one, call, seen, NOW))).toMatchObject({
      phase: 'failed',
      outcomes: { 'node-0': { state: 'failed', why: 'not seen', checked: true } },
    });
  });

  test('remembers what the API has done and no check has shown, while other nodes are tried again', () => {
    const before = { answers: { all: 1, later: 0 }, outcomes: outcomes('verifying', 'failed') };
    const settled = after(at('waiting', before), (one) =>
      settle(rules, one, outcomes('failed', 'failed'), undefined, NOW),
    );
    expect(settled.outcomes).toMatchObject({ 'node-0': { checked: true }, 'node-1': { state: 'failed' } });
    expect(settled.outcomes['node-1']?.checked).toBeUndefined();
  });
});

describe('a ladder', () => {
  test('rests on the alerts that fire after a success', () => {
    const current = at('succeeded', { outcomes: outcomes('succeeded', 'skipped') });
    const alerts = [{ fingerprint: 'b', startsAt: AT }];
    const receipt = { step: 'still-firing', seenAt: AT, succeededAt: AT, within: '10m' } as const;
    const failed = after(current, (one) =>
      fireOn(one, alerts, 'it fires', receipt, { root: 'r-1', rung: 0 }, NOW),
    );
    expect(failed).toMatchObject({ phase: 'rung-failed', state: 'submitting', alerts });
    expect(failed.outcomes).toMatchObject({ 'node-0': { state: 'failed' }, 'node-1': { state: 'skipped' } });
  });

  test('goes on with the next rung, or ends with a person, or without a rule', () => {
    const rung = at('rung-failed', { why: 'no' });
    const report = { why: 'look at it', receipt: { step: 'handed-over' as const, why: '' } };
    expect(after(rung, (one) => escalateRung(one, { id: 'r-2', action: 'notify' }, report))).toMatchObject({
      phase: 'escalated',
      escalatedTo: 'r-2',
      why: 'no; the ladder goes on with notify, remediation r-2',
    });
    expect(after(rung, (one) => escalateRung(one, undefined, report))).toMatchObject({
      phase: 'needs-human',
      why: 'look at it',
    });
    expect(after(rung, (one) => escalateRung(one, undefined, undefined)).phase).toBe('failed');
  });
});

describe('a person', () => {
  test('gets a command that could not be decided, until it comes again', () => {
    const handed = after(at('waiting'), (current) => handOver(current, 'its message is buried'));
    expect(handed).toMatchObject({ phase: 'needs-human', handedOver: true });
    expect(isHandedOver(handed)).toBe(true);
    const swept = { at: AT, times: 8 };
    const again = after(at('needs-human', { ...handed, swept }), (one) =>
      takeUpAgain(one, { messageId: 'm-1', redrivenBy: 'ada' }, NOW + 1_000),
    );
    expect(again).toMatchObject({
      phase: 'undecided',
      handedOver: undefined,
      swept: { at: again.updatedAt, times: 8 },
      receipts: [{ step: 'redrive', messageId: 'm-1', by: 'ada' }],
    });
  });

  test('who has released its nodes has it for good', () => {
    const released = after(at('needs-human', { handedOver: true }), (one) =>
      noteReleased(one, 'ada', { step: 'release', by: 'ada', targets: [], why: 'nothing works on it' }),
    );
    expect(isHandedOver(released)).toBe(false);
    expect(released.releasedBy).toBe('ada');
  });

  test('reads once that its command goes on its queue again and again', () => {
    const receipts = [1, 2, 8].map(
      (times) => after(at('undecided'), (one) => noteSentAgain(one, times, NOW)).receipts.length,
    );
    expect(receipts).toEqual([1, 0, 0]);
  });

  test.each(['running', 'verifying', 'rung-failed'] as const)(
    'gets one that is %s and that no call follows',
    (phase) => {
      expect(after(at(phase), (current) => loseTrack(current, 'no call'))).toMatchObject({
        phase: 'needs-human',
      });
    },
  );

  test('approves a plan, or rejects it; others second it', () => {
    const ada = { hash: 'plan-1', by: 'ada' };
    const approved = after(at('planned', { judgements: 2 }), (one) => approvePlan(one, ada, NOW));
    expect(approved).toMatchObject({
      phase: 'undecided',
      approval: { ...ada, at: AT },
      consent: { judgements: 2, by: [{ by: 'ada' }] },
    });
    const seconded = after(approved, (one) => secondPlan(one, { ...ada, by: 'bob', note: 'yes' }));
    expect(seconded).toMatchObject({ phase: 'undecided', approval: ada });
    expect(seconded.consent?.by).toEqual([{ by: 'ada' }, { by: 'bob', note: 'yes' }]);
    expect(after(at('planned'), (one) => rejectPlan(one, ada))).toMatchObject({ phase: 'rejected' });
  });

  test('has a day for it', () => {
    expect(isExpired(at('planned'), NOW + PLAN_VALID_MS)).toBe(false);
    expect(isExpired(at('planned'), NOW + PLAN_VALID_MS + 1)).toBe(true);
    expect(after(at('planned'), expirePlan)).toMatchObject({ phase: 'skipped' });
  });
});

test('what was skipped is judged again after ten minutes, without the targets that were skipped', () => {
  const skipped = at('skipped', { why: 'no', outcomes: outcomes('skipped', 'succeeded') });
  expect(isToBeJudgedAgain(skipped, NOW + 599_999)).toBe(false);
  expect(isToBeJudgedAgain(skipped, NOW + 600_000)).toBe(true);
  expect(isToBeJudgedAgain(at('skipped', { stateSince: LATER }), NOW + 600_000)).toBe(false);
  const again = after(skipped, (one) => judgeAgain(one, NOW));
  expect(again).toMatchObject({ phase: 'undecided', judgedAgain: { times: 1 } });
  expect(Object.keys(again.outcomes)).toEqual(['node-1']);
  const often = at('skipped', { judgedAgain: { at: AT, times: 20 } });
  expect(after(often, (one) => judgeAgain(one, NOW)).receipts).toEqual([]);
});

describe('withdrawing', () => {
  test.each(['undecided', 'waiting', 'planned', 'calling'] as const)(
    'ends a command that is %s and was never called as rejected',
    (phase) => {
      const current = at(phase, {
        outcomes: outcomes('running', 'waiting', { state: 'skipped', why: 'no' }),
      });
      const taken = after(current, byAda);
      expect(taken).toMatchObject({ phase: 'rejected', why: 'ada withdrew it', withdrawnBy: 'ada' });
      expect(taken.outcomes).toEqual(
        outcomes(
          { state: 'skipped', why: 'ada withdrew it' },
          { state: 'skipped', why: 'ada withdrew it' },
          { state: 'skipped', why: 'no' },
        ),
      );
      expect(taken.receipts).toMatchObject([{ step: 'withdrawn', by: 'ada' }]);
    },
  );

  test.each([
    ['verifying', 'verifying'],
    ['succeeded', 'succeeded'],
    ['failed', 'failed'],
  ] as const)('leaves a node that is %s as it is: the rest is %s', (state, phase) => {
    const current = at('waiting', { outcomes: outcomes(state, 'waiting'), callId: 'call-1' });
    const taken = after(current, byAda);
    expect(taken).toMatchObject({ phase, why: 'ada withdrew the rest of it' });
    expect(taken.outcomes['node-0']).toEqual({ state });
  });

  test('keeps a node for a person', () => {
    const left = { state: 'skipped' as const, why: 'its disk fails', forPerson: true as const };
    expect(after(at('waiting', { outcomes: outcomes(left, 'waiting') }), byAda)).toMatchObject({
      phase: 'needs-human',
      why: 'ada withdrew it; a person must still see to node-0: its disk fails',
    });
  });

  test.each([
    [at('undecided'), undefined, undefined],
    [at('waiting', { callId: 'call-1' }), { ...call, state: 'refused' }, undefined],
    [at('calling'), { ...call, state: 'abandoned' }, undefined],
    [at('calling'), { ...call, state: 'preparing' }, 'is about to be called'],
    [at('calling'), { ...call, state: 'calling' }, 'may have been called'],
    [at('calling'), { ...call, state: 'lost' }, 'may have been called'],
    [at('calling'), { ...call, state: 'accepted' }, 'was called'],
    [at('waiting', { callId: 'call-1', acceptedCalls: ['call-1'] }), call, undefined],
    [
      at('waiting', { callId: 'call-1' }),
      { ...call, state: 'refused', unsure: true },
      'may have been called',
    ],
    [at('waiting', { unsure: true }), undefined, 'may have been called'],
    [at('waiting', { nodePool: 'np-1', acceptedCalls: ['call-0'] }), undefined, 'was called'],
    [at('running'), call, 'its call was made'],
    [at('verifying'), call, 'its call was made'],
    [at('rung-failed'), call, 'its ladder goes on'],
    [at('rejected'), undefined, 'has ended'],
    [at('needs-human'), undefined, 'has ended'],
  ] as const)('%#: is refused while a call may be under way', (current, last, why) => {
    const said = whyNotWithdrawn(current, last);
    if (why === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(why);
  });
});
