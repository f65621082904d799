import { updateNaming } from './change.ts';
import type { Receipt } from './receipts/receipt.ts';
import { addToChain } from './receipts/receipt-chain.ts';
import { type Remediation, remediationKey, remediationKind } from './remediation.ts';
import { type Document, expiry, type Store } from './store.ts';

/** A changed remediation, and the new receipts about the change. */
export type RemediationChange = { remediation: Remediation; receipts: readonly Receipt[] };

/** In seconds. Receipts expire this much later than the state that names them. */
const OUTLIVES_SECONDS = 90 * 24 * 3600;

/**
 * Changes one remediation as `updateDocument` does, with the same errors. It writes the receipts first; they count as soon as the
 * state is written. `next` must be free of side effects.
 *
 * @returns the remediation that is stored afterwards, and whether this call wrote it.
 */
export async function updateRemediation(
  store: Store,
  id: string,
  next: (current: Remediation | undefined) => RemediationChange | undefined,
  known?: { document: Document | undefined },
): Promise<{ value: Remediation | undefined; written: boolean }> {
  const key = remediationKey(id);
  return updateNaming<Remediation>(
    store,
    remediationKind,
    key,
    (current, write) => {
      const change = next(current);
      if (!change) return undefined;
      const { remediation, receipts } = change;
      const expiresAt = expiry(remediation.updatedAt).expiresAt + OUTLIVES_SECONDS;
      const place = { ...write, partition: key.pk, expiresAt };
      const { receiptChain, named } = addToChain(remediation.receiptChain, receipts, place);
      return { value: { ...remediation, receiptChain }, named };
    },
    known,
  );
}
