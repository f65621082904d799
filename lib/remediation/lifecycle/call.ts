import type { Call, CallError } from '#lib/ledger/call';
import { formatError, isVerifying } from '#lib/remediation/record/outcome';
import type { Rules } from '#lib/rules/rules';
import { type Recorded, transition } from './move.ts';
import { withoutWaiting, withState } from './outcomes.ts';
import { endOrRungFailed } from './rung.ts';
import type { Subject } from './transitions.ts';

/** A remediation becomes part of a call, with these targets. The request may be sent from the intent of that call on. */
export function claim(
  current: Subject<'claim'>,
  callId: string,
  targets: readonly string[],
  now: number,
): Recorded {
  return transition(
    current,
    'claim',
    {
      phase: 'calling',
      callId,
      outcomes: withState({ outcomes: withoutUnsent(current) }, targets, { state: 'running' }),
      intendedAt: new Date(now).toISOString(),
      answeredAt: undefined,
      jobEndedAt: undefined,
    },
    { step: 'intent', callId, targets: [...targets] },
  );
}

/**
 * The outcomes without those of an earlier claim whose call was never made. Its targets may differ from those of this claim, because
 * an address can belong to another node now.
 */
function withoutUnsent({ outcomes }: Pick<Subject<'claim'>, 'outcomes'>): Subject<'claim'>['outcomes'] {
  return Object.fromEntries(Object.entries(outcomes).filter(([, { state }]) => state !== 'running'));
}

/** The API has accepted the call of a remediation, or the job of a lost call was found. */
export function accept(
  current: Subject<'accept'>,
  { id, jobId, request, note, deadline, members }: Call,
  targets: readonly string[],
  now: number,
): Recorded {
  const { acceptedCalls = [], answeredAt = new Date(now).toISOString() } = current;
  return transition(
    current,
    'accept',
    {
      phase: 'running',
      why: jobId === undefined ? 'the API has accepted it' : `job ${jobId} runs`,
      ...(jobId !== undefined && { jobId }),
      ...(deadline && { deadline }),
      acceptedCalls: [...acceptedCalls, id],
      answeredAt,
    },
    {
      step: 'call',
      outcome: 'accepted',
      callId: id,
      joined: members.length,
      request,
      targets: [...targets],
      ...(note !== undefined && { note }),
    },
    ...(jobId === undefined ? [] : [{ step: 'job' as const, jobId, phase: 'submitted', deadline }]),
  );
}

/** The API has refused the call of a remediation for good. The targets of an earlier call are still verified. */
export function fail(
  rules: Rules,
  current: Subject<'fail'>,
  targets: readonly string[],
  error: CallError,
  now: number,
): Recorded {
  const why = formatError(error);
  const outcomes = withoutWaiting(withState(current, targets, { state: 'failed', why }), why);
  const phase = isVerifying({ outcomes }) ? 'verifying' : 'failed';
  const answeredAt = current.answeredAt ?? new Date(now).toISOString();
  return transition(
    current,
    'fail',
    endOrRungFailed(rules, current, { phase, why, outcomes, answeredAt }, now),
    { step: 'call', outcome: 'refused', ...error },
  );
}
