import type { Invocation } from '#lib/handler/invocation';
import type { Call } from '#lib/ledger/call';
import type { NodeOutcome, Remediation } from '#lib/ledger/remediation';
import type { View } from '#lib/verification/verification';
import { followings } from '#lib/verification/verifications';
import { verificationOf } from './limits.ts';
import { endTargets, record } from './outcome.ts';
import { isFollowed } from './record-job.ts';
import type { RemediationServices } from './services.ts';

/**
 * Settles the remediations of a call that is over, each by the state of its own targets: a job does not say how single nodes
 * ended (facts on the API, 1.1), and where there is no job, what is read is all there is.
 *
 * @param endedAtMs when the API says the job ended; undefined where it does not say.
 * @returns how many of them are still being verified.
 */
export async function settle(
  call: Call,
  view: View,
  endedAtMs: number | undefined,
  services: RemediationServices,
  { log }: Invocation,
): Promise<number> {
  const { store, clock, rules } = services;
  const now = clock.now();
  const { by, verify } = followings[call.action];
  let open = 0;

  for (const member of call.members) {
    const stored = await record(
      store,
      member.remediation,
      now,
      (current) => current.callId === call.id && isFollowed(current),
      (current) => {
        const sinceMs =
          by === 'job'
            ? endedAtMs || seenEndedAtMs(current) || now
            : Date.parse(call.callingAt ?? call.createdAt);
        const outcomes = { ...current.outcomes };
        for (const [target, before] of Object.entries(current.outcomes)) {
          if (before.state !== 'running' && before.state !== 'verifying') continue;
          const deadlineMs = Date.parse(call.deadline ?? call.createdAt);
          const rung = verificationOf(rules, current);
          outcomes[target] = verify(
            view,
            { target, before, remediation: current, call, verify: rung, sinceMs, deadlineMs },
            now,
          );
        }
        const jobReceipt =
          by === 'state' || seenEndedAtMs(current)
            ? []
            : [{ step: 'job', jobId: call.jobId, phase: 'succeeded', endedAt: iso(sinceMs) }];
        const verdicts = Object.entries(outcomes)
          .filter(([target, { state }]) => state !== current.outcomes[target]?.state)
          .map(([target, outcome]) => ({ step: 'verify', target, ...outcome }));
        return {
          changes: { ...summarise(Object.values(outcomes)), outcomes },
          receipts: [...jobReceipt, ...verdicts],
        };
      },
    );
    if (!stored || stored.callId !== call.id) continue;
    if (stored.state === 'verifying') {
      open += 1;
    } else {
      await endTargets(store, stored, now);
      log.info(stored.state, { correlationId: stored.id, jobId: call.jobId, why: stored.why });
    }
  }
  return open;
}

/** Hands the remediations of a call to a person: its deadline has passed, or its job could not be found. Nodes stay leased. */
export async function expire(call: Call, seen: string, { store, clock }: RemediationServices): Promise<void> {
  const why = call.jobId
    ? `job ${call.jobId} was not over at its deadline (last seen: ${seen}); look at it, and at the nodes, in the console`
    : call.state === 'accepted'
      ? `what the call was to bring about had not come at its deadline (last seen: ${seen}); look at it in the console`
      : `the answer of the call was lost and what it did was not found (${seen}); it is not sent again`;
  for (const { remediation } of call.members) {
    await record(
      store,
      remediation,
      clock.now(),
      (current) => current.callId === call.id && isFollowed(current),
      () => ({
        changes: { state: 'needs-human', why },
        receipts: [{ step: 'deadline', deadline: call.deadline, seen, why }],
      }),
    );
  }
}

function summarise(outcomes: readonly NodeOutcome[]): { state: Remediation['state']; why: string } {
  const of = (state: NodeOutcome['state']) => outcomes.filter((outcome) => outcome.state === state);
  if (of('verifying').length > 0) return { state: 'verifying', why: reasons(of('verifying')) };
  if (of('failed').length > 0) return { state: 'failed', why: reasons(of('failed')) };
  return { state: 'succeeded', why: reasons(of('succeeded')) };
}

/** At most three different reasons, in one line. */
function reasons(outcomes: readonly NodeOutcome[]): string {
  return [...new Set(outcomes.map(({ why = '' }) => why))].slice(0, 3).join('; ');
}

/** When the job was first seen ended: the time of the receipt for it. */
function seenEndedAtMs({ receipts, callId }: Remediation): number | undefined {
  const intent = receipts.findLastIndex(
    (receipt) => receipt['callId'] === callId && receipt.step === 'intent',
  );
  const ended = receipts.findLast(
    ({ step, phase }, index) => index > intent && step === 'job' && phase === 'succeeded',
  );
  return typeof ended?.['endedAt'] === 'string' ? Date.parse(ended['endedAt']) : undefined;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
