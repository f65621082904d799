import type { NewReceipt } from '#lib/ledger/receipt';
import type { Remediation } from '#lib/ledger/remediation';
import type { Changes, Recorded } from './move.ts';

/** What changes where a remediation has to come back: each time is counted, so that of several messages one is for it. */
export function waitsUntil({ deferrals = 0 }: Remediation, until: string, why: string): Changes {
  return { phase: 'waiting', why, deferrals: deferrals + 1, deferredUntil: until };
}

/**
 * Puts off a remediation of which nothing has been called now.
 *
 * @param said what the receipt says besides the time.
 * @param more what is changed and told with it.
 */
export function defer(
  current: Remediation,
  until: string,
  why: string,
  said: Omit<Extract<NewReceipt, { step: 'defer' }>, 'step' | 'until'>,
  more: { changes?: Changes; receipts?: readonly NewReceipt[] } = {},
): Recorded {
  return {
    by: 'defer',
    changes: { putOff: undefined, ...waitsUntil(current, until, why), ...more.changes },
    receipts: [...(more.receipts ?? []), { step: 'defer', until, ...said }],
  };
}
