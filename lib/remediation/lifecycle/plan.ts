import type { Remediation } from '#lib/ledger/remediation';
import { PLAN_VALID_MS } from '#lib/rules/waits';
import { type Recorded, transition } from './move.ts';
import type { Subject } from './transitions.ts';

/** A person's decision: `by` is the name of the token's holder, `note` the body's own `by`. */
type By = { hash: string; by: string; note?: string | undefined };

/** Whether the plan of a remediation has waited too long. `now`: epoch milliseconds. */
export function isExpired({ plan, updatedAt }: Remediation, now: number): boolean {
  return now - Date.parse(plan?.at ?? updatedAt) > PLAN_VALID_MS;
}

/** The end of a remediation whose plan has expired. */
export function expirePlan(current: Subject<'expire-plan'>): Recorded {
  const { at, hash } = current.plan;
  const why = `the plan of ${at} was not approved within a day, and is no longer valid: send the command again, under a new id`;
  return transition(
    current,
    'expire-plan',
    { phase: 'skipped', why },
    { step: 'approval', decision: 'expired', hash, why },
  );
}

/** A person approves the plan; the function of its action judges the command once more. */
export function approvePlan(current: Subject<'approve'>, decision: By, now: number): Recorded {
  const { hash, by } = decision;
  const consent = consentOf(decision);
  return transition(
    current,
    'approve',
    {
      phase: 'undecided',
      why: `${by} approved the plan`,
      approval: { hash, by, at: new Date(now).toISOString() },
      consent: { judgements: current.judgements ?? 0, by: [consent] },
    },
    { step: 'approval', decision: 'approved', hash, ...consent },
  );
}

/** One more person approves a plan that is approved. */
export function secondPlan(current: Remediation, decision: By): Recorded {
  const { judgements, by } = current.consent ?? { judgements: 0, by: [] };
  const consent = consentOf(decision);
  return transition(
    current,
    'note',
    { consent: { judgements, by: [...by, consent] } },
    { step: 'approval', decision: 'seconded', hash: decision.hash, ...consent },
  );
}

/** A person rejects the plan, which ends the remediation. */
export function rejectPlan(current: Subject<'reject'>, decision: By): Recorded {
  const { hash, by } = decision;
  return transition(
    current,
    'reject',
    { phase: 'rejected', why: `${by} rejected the plan` },
    { step: 'approval', decision: 'rejected', hash, ...consentOf(decision) },
  );
}

function consentOf({ by, note }: By): { by: string; note?: string } {
  return { by, ...(note !== undefined && { note }) };
}
