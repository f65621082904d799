import type { NewReceipt } from '#lib/ledger/receipt';
import type { Changes, Recorded } from './move.ts';
import type { TransitionName } from './transitions.ts';

/** Leaves a remediation to a person. */
export function toPerson(
  by: TransitionName,
  why: string,
  receipt: NewReceipt,
  changes: Omit<Changes, 'phase'> = {},
): Recorded {
  return { by, changes: { phase: 'needs-human', why, ...changes }, receipts: [receipt] };
}
