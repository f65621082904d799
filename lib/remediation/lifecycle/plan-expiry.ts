import type { Remediation } from '#lib/ledger/remediation';
import type { Recorded } from './move.ts';

/**
 * How long a plan may wait: a day, so that whoever is on duty the next morning still can, and nobody approves what they did
 * not see coming. It is made anew with what is read then, by sending the command under a new id.
 */
export const PLAN_VALID_MS = 24 * 3_600_000;

/** Whether the plan of a remediation has waited too long. `now`: epoch milliseconds. */
export function isExpired({ plan, updatedAt }: Remediation, now: number): boolean {
  return now - Date.parse(plan?.at ?? updatedAt) > PLAN_VALID_MS;
}

/** The end of a remediation whose plan has expired. */
export function expired({ plan }: Remediation): Recorded {
  const why = `the plan of ${plan?.at} was not approved within a day, and is no longer valid: send the command again, under a new id`;
  return {
    by: 'expire-plan',
    changes: { phase: 'skipped', why },
    receipts: [{ step: 'approval', decision: 'expired', hash: plan?.hash, why }],
  };
}
