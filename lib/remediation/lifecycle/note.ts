import type { NewReceipt } from '#lib/ledger/receipt';
import type { Changes, Recorded } from './move.ts';

/** Something that is written down and leaves the remediation in its phase. */
export function note(changes: Omit<Changes, 'phase'>, ...receipts: readonly NewReceipt[]): Recorded {
  return { by: 'note', changes, receipts };
}
