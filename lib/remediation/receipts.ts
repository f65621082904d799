import type { Receipt, Remediation } from '#lib/ledger/remediation';

/** A remediation with something changed, and the receipts of what was evaluated or done. `now`: epoch milliseconds. */
export function withReceipts(
  remediation: Remediation,
  now: number,
  changes: Partial<Omit<Remediation, 'id' | 'receipts'>>,
  ...receipts: readonly Omit<Receipt, 'at'>[]
): Remediation {
  const at = new Date(now).toISOString();
  return {
    ...remediation,
    ...changes,
    updatedAt: at,
    receipts: [...remediation.receipts, ...receipts.map((receipt) => toReceipt(at, receipt))],
  };
}

export function toReceipt(at: string, { step, ...rest }: Omit<Receipt, 'at'>): Receipt {
  return { at, step: String(step), ...rest };
}
