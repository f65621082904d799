import { boundedReceipts } from '#lib/ledger/bounded-receipts';
import { jsonBytes, MAX_OUTCOME_BYTES } from '#lib/ledger/limits';
import type { NewReceipt } from '#lib/ledger/receipt';
import type { Remediation } from '#lib/ledger/remediation';

/** A remediation with something changed, and the receipts of what was evaluated or done. `now`: epoch milliseconds. */
export function withReceipts(
  remediation: Remediation,
  now: number,
  changes: Partial<Omit<Remediation, 'id' | 'receipts'>>,
  ...receipts: readonly NewReceipt[]
): Remediation {
  const at = new Date(now).toISOString();
  const isEntry = changes.state !== undefined && changes.state !== remediation.state;
  return {
    ...remediation,
    // Whatever else becomes of what was handed over ends that.
    ...(changes.state !== undefined && { handedOver: undefined }),
    ...changes,
    ...(changes.outcomes && { outcomes: boundedOutcomes(changes.outcomes) }),
    updatedAt: at,
    ...(isEntry && { stateSince: laterThan(remediation.stateSince ?? remediation.createdAt, at) }),
    receipts: boundedReceipts([...remediation.receipts, ...receipts.map((receipt) => ({ at, ...receipt }))]),
  };
}

/** `at`, or the first moment after `before`: two machines may not agree on the time, nor a fast one move it on. */
function laterThan(before: string, at: string): string {
  return at > before ? at : new Date(Date.parse(before) + 1).toISOString();
}

/** Of a reason that is kept for each of many nodes. */
const MAX_REASON = 80;

function boundedOutcomes(outcomes: Remediation['outcomes']): Remediation['outcomes'] {
  if (jsonBytes(outcomes) <= MAX_OUTCOME_BYTES) return outcomes;
  const cut = Object.entries(outcomes).map(([target, outcome]) => {
    const { why } = outcome;
    return [target, { ...outcome, ...(why !== undefined && { why: why.slice(0, MAX_REASON) }) }] as const;
  });
  return Object.fromEntries(cut);
}
