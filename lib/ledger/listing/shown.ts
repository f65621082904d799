import { readDocument } from '#lib/ledger/change';
import type { Receipt } from '#lib/ledger/receipts/receipt';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { readReceipts } from './read-receipts.ts';

/** Internal fields: the code decides by them, and people find the same facts in the receipts. */
export const KEPT = [
  'phase',
  'contentHash',
  'swept',
  'scheduledBy',
  'judged',
  'refusedBy',
  'putOff',
  'intendedAt',
  'answeredAt',
  'jobEndedAt',
  'acceptedCalls',
  'answers',
  'releasedBy',
  'withdrawnBy',
  'unsure',
  'consent',
  'resolvedAlerts',
  'noticeSentAt',
  'untold',
  'receiptChain',
] as const satisfies readonly (keyof Remediation)[];

/** The state of a remediation as people see it, without the internal fields. */
export type ShownState = Omit<Remediation, (typeof KEPT)[number] | 'outcomes'> & {
  nodeStates?: Remediation['outcomes'];
};

/** The same with its receipts. */
export type ShownRemediation = ShownState & { receipts: Receipt[] };

/** No id is longer. */
const MAX_ID_CHARACTERS = 128;

/**
 * One remediation with its receipts, or undefined.
 *
 * @throws UnreadableDocumentError
 */
export async function showRemediation(store: Store, id: string): Promise<ShownRemediation | undefined> {
  const remediation = await readRemediation(store, id);
  return remediation && show(store, remediation);
}

/**
 * The same without its receipts.
 *
 * @throws UnreadableDocumentError
 */
export async function showState(store: Store, id: string): Promise<ShownState | undefined> {
  const remediation = await readRemediation(store, id);
  return remediation && shownState(remediation);
}

async function readRemediation(store: Store, id: string): Promise<Remediation | undefined> {
  return id.length > MAX_ID_CHARACTERS ? undefined : readDocument(store, remediationKind, remediationKey(id));
}

/** A remediation as it is shown, with its receipts. */
export async function show(store: Store, remediation: Remediation): Promise<ShownRemediation> {
  return { ...shownState(remediation), receipts: await readReceipts(store, remediation) };
}

/** A remediation without its internal fields. A resolved address appears as the name of its node. */
export function shownState(found: Remediation): ShownState {
  const { outcomes, nodes, ...remediation } = without(found, KEPT);
  const names = Object.keys(outcomes);
  return {
    ...remediation,
    ...(nodes && { nodes: names.length > 0 ? names : nodes }),
    ...(names.length > 0 && { nodeStates: outcomes }),
  };
}

function without<Value extends object, Key extends keyof Value>(
  value: Value,
  keys: readonly Key[],
): Omit<Value, Key> {
  const { ...left } = value;
  for (const key of keys) delete left[key];
  return left;
}
