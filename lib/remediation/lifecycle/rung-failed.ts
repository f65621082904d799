import type { NewReceipt } from '#lib/ledger/receipt';
import type { AlertReference, NodeOutcome, Remediation } from '#lib/ledger/remediation';
import { ladderPosition } from '#lib/remediation/record/ladder';
import type { Rules } from '#lib/rules/rules';
import type { Changes, Recorded } from './move.ts';
import { toPerson } from './to-person.ts';

/**
 * What is written where a remediation has failed. One that is a rung of a ladder has not ended with that: from this write on
 * it is certain that the rung did not help, and `climb` goes on from there. When its process dies, another one repeats it. A
 * ladder of a single rung ends with a person like every other.
 */
export function endOrRungFailed(rules: Rules, current: Remediation, changes: Changes, now: number): Changes {
  const place = ladderPosition(rules, current);
  if (changes.phase !== 'failed' || !place) return changes;
  const { root, rung } = place;
  return { ...changes, phase: 'rung-failed', ladder: { root, rung, failedAt: new Date(now).toISOString() } };
}

/** A remediation that has succeeded, and did not mend its node: its alerts fire on. The ladder rests on them from here on. */
export function rungFailed(
  rules: Rules,
  current: Remediation,
  alerts: readonly AlertReference[],
  why: string,
  receipt: NewReceipt,
  now: number,
): Recorded {
  const failed = Object.entries(current.outcomes).map(([target, outcome]): [string, NodeOutcome] =>
    outcome.state === 'succeeded' ? [target, { state: 'failed', why }] : [target, outcome],
  );
  const changes: Changes = {
    phase: 'failed',
    why,
    alerts: [...alerts],
    outcomes: Object.fromEntries(failed),
  };
  return { by: 'fire-on', changes: endOrRungFailed(rules, current, changes, now), receipts: [receipt] };
}

/** The end of a rung that did not help: the ladder goes on with the next one, or with a person. Neither: its rule is gone. */
export function escalated(
  { why = '' }: Remediation,
  next: Pick<Remediation, 'id' | 'action'> | undefined,
  handover: { why: string; receipt: NewReceipt } | undefined,
): Recorded {
  const by = 'escalate';
  if (!next) {
    if (handover) return toPerson(by, handover.why, handover.receipt);
    return { by, changes: { phase: 'failed' }, receipts: [] };
  }
  const { id, action } = next;
  return {
    by,
    changes: {
      phase: 'escalated',
      escalatedTo: id,
      why: `${why}; the ladder goes on with ${action}, remediation ${id}`,
    },
    receipts: [{ step: 'escalation', to: id, action, why }],
  };
}
