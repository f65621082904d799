import { updateNaming } from './change.ts';
import type { Receipt } from './receipts/receipt.ts';
import { addToChain } from './receipts/receipt-chain.ts';
import { expiry, type Remediation, remediationKey, remediationKind } from './remediation.ts';
import type { Document, Store } from './store.ts';

/** A remediation after something has happened to it, and the new receipts that tell people of it. */
export type RemediationChange = { remediation: Remediation; receipts: readonly Receipt[] };

/** Receipts outlive the state that names them: it expires this long after its last change, in seconds. */
const OUTLIVES_SECONDS = 90 * 24 * 3600;

/**
 * Changes one remediation as `updateDocument` does. Its receipts are written first, and count as soon as its state is written.
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
