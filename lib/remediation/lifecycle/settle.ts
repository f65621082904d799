import type { Call } from '#lib/ledger/call';
import type { Remediation } from '#lib/ledger/remediation';
import type { NodeOutcome } from '#lib/ledger/remediation-fields';
import { isPartOf, isVerifying } from '#lib/remediation/record/outcome';
import type { Rules } from '#lib/rules/rules';
import { waitsUntil } from './defer.ts';
import { type Recorded, transition } from './move.ts';
import { withoutWaiting } from './outcomes.ts';
import { endOrRungFailed } from './rung.ts';
import { isFollowed } from './see-job.ts';
import { stateWith } from './state-of.ts';
import { canStart, type Subject } from './transitions.ts';

/**
 * Whether a call may still settle targets of a remediation. While the failed nodes of an answered call are tried again, the others
 * are still followed.
 */
export function isToBeSettled(
  current: Remediation,
  { id }: Pick<Call, 'id'>,
): current is Subject<'settle' | 'expire'> {
  if (current.callId === id && isFollowed(current)) return true;
  return isPartOf(current, id) && isVerifying(current) && canStart(current, 'settle');
}

/**
 * The targets of a remediation were checked.
 *
 * @param outcomes of all its targets now.
 * @param job the job whose end this poll saw first, `endedAt` by the API's clock; undefined if there is none.
 */
export function settle(
  rules: Rules,
  current: Subject<'settle'>,
  outcomes: Remediation['outcomes'],
  job: { jobId: string | undefined; endedAt: string } | undefined,
  now: number,
): Recorded {
  const after = stateWith(current, current.answers ? asChecked(current, outcomes) : outcomes);
  const isWaiting = after.phase === 'waiting';
  const verdicts = Object.entries(outcomes)
    .filter(([target, { state }]) => state !== current.outcomes[target]?.state)
    .map(([target, outcome]) => ({ step: 'verify' as const, target, ...outcome }));
  return transition(
    current,
    'settle',
    {
      ...endOrRungFailed(rules, current, after, now),
      ...(job && { jobEndedAt: job.endedAt }),
      ...(isWaiting && waitsUntil(current, new Date(now).toISOString(), after.why ?? '')),
    },
    ...(job ? [{ step: 'job' as const, phase: 'succeeded', ...job }] : []),
    ...verdicts,
  );
}

/**
 * The time of a call is over, or its job was not found. Its remediation goes to a person. If this is an earlier call of the
 * remediation, its targets have failed instead, as far as they are not verified.
 *
 * @param targets that the API accepted.
 * @param seen the result of the last poll, in words.
 */
export function expire(
  rules: Rules,
  current: Subject<'expire'>,
  { id, deadline }: Pick<Call, 'id' | 'deadline'>,
  { targets, seen, why }: { targets: readonly string[]; seen: string; why: string },
  now: number,
): Recorded {
  const isItsLast = current.callId === id && isFollowed(current);
  return transition(
    current,
    'expire',
    isItsLast
      ? { phase: 'needs-human', why, outcomes: withoutWaiting(current.outcomes, why) }
      : endOrRungFailed(rules, current, stateWith(current, givenUp(current, targets, why)), now),
    { step: 'deadline', deadline, seen, why },
  );
}

/** The outcomes of a remediation, without further verification of these targets. */
function givenUp(
  { outcomes }: Remediation,
  targets: readonly string[],
  why: string,
): Remediation['outcomes'] {
  const unseen = targets.filter((target) => outcomes[target]?.state === 'verifying');
  const given = Object.fromEntries(unseen.map((target) => [target, { state: 'failed' as const, why }]));
  return asChecked({ outcomes }, { ...outcomes, ...given });
}

/**
 * Marks the targets whose verification has failed. Nodes that the API refused are tried again, and these are not: the API has done
 * what was asked, and to repeat it would not help.
 */
function asChecked({ outcomes: before }: Pick<Remediation, 'outcomes'>, outcomes: Remediation['outcomes']) {
  const marked = Object.entries(outcomes).map(([target, outcome]): [string, NodeOutcome] =>
    before[target]?.state === 'verifying' && outcome.state === 'failed'
      ? [target, { ...outcome, checked: true }]
      : [target, outcome],
  );
  return Object.fromEntries(marked);
}
