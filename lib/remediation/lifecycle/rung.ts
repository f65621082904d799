import type { Phase } from '#lib/ledger/phase';
import type { NewReceipt } from '#lib/ledger/receipts/receipt';
import type { Remediation } from '#lib/ledger/remediation';
import type { AlertReference, NodeOutcome } from '#lib/ledger/remediation-fields';
import { ladderPosition } from '#lib/remediation/record/ladder';
import type { Rules } from '#lib/rules/rules';
import { type Changes, type Recorded, transition } from './move.ts';
import type { Subject } from './transitions.ts';

/**
 * The changes of a remediation that has failed. For a rung of a ladder this is not the end: from this write on it is certain that
 * the rung did not help, and `escalate` goes on from there. If its process dies, another one repeats it. A ladder of a single
 * rung ends with a person, too.
 */
export function endOrRungFailed<To extends Phase>(
  rules: Rules,
  current: Remediation,
  changes: Changes<To>,
  now: number,
): Changes<To | 'rung-failed'> {
  const place = ladderPosition(rules, current);
  if (changes.phase !== 'failed' || !place) return changes;
  const { root, rung } = place;
  return { ...changes, phase: 'rung-failed', ladder: { root, rung, failedAt: new Date(now).toISOString() } };
}

/**
 * A remediation has succeeded and did not repair its node: its alerts still fire. Its targets count as failed, and the ladder
 * rests on these alerts from now on.
 */
export function fireOn(
  current: Subject<'fire-on'>,
  alerts: readonly AlertReference[],
  why: string,
  receipt: Extract<NewReceipt, { step: 'still-firing' }>,
  { root, rung }: { root: string; rung: number },
  now: number,
): Recorded {
  const failed = Object.entries(current.outcomes).map(([target, outcome]): [string, NodeOutcome] =>
    outcome.state === 'succeeded' ? [target, { state: 'failed', why }] : [target, outcome],
  );
  return transition(
    current,
    'fire-on',
    {
      phase: 'rung-failed',
      why,
      alerts: [...alerts],
      outcomes: Object.fromEntries(failed),
      ladder: { root, rung, failedAt: new Date(now).toISOString() },
    },
    receipt,
  );
}

/** The next remediation of a ladder, for the one before it. */
type Next = Pick<Remediation, 'id' | 'action'>;

/**
 * The end of a rung that did not help: the ladder goes on with the next rung, or ends with a person. Without either, its rule was
 * removed from the rules file.
 */
export function escalateRung(
  current: Subject<'escalate'>,
  next: Next | undefined,
  handover: { why: string; receipt: NewReceipt } | undefined,
): Recorded {
  if (next) {
    const { id, action } = next;
    const { why = '' } = current;
    return transition(
      current,
      'escalate',
      {
        phase: 'escalated',
        escalatedTo: id,
        why: `${why}; the ladder goes on with ${action}, remediation ${id}`,
      },
      { step: 'escalation', to: id, action, why },
    );
  }
  if (!handover) return transition(current, 'escalate', { phase: 'failed' });
  const { why, receipt } = handover;
  return transition(current, 'escalate', { phase: 'needs-human', why }, receipt);
}
