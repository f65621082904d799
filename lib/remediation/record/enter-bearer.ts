import { updateDocument } from '#lib/ledger/change';
import { nodeHistoryKey, nodeHistoryKind } from '#lib/ledger/node-record';
import type { Remediation } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { enterNode } from './enter-nodes.ts';

/** The nodes that the history of an address keeps for one remediation. */
const MAX_BEARERS = 5;

/**
 * Enters a remediation for an address in the history of the node that bears it. The entry of the address names the node first, so that
 * each of the two leads to the other.
 */
export async function enterBearer(
  store: Store,
  remediation: Pick<Remediation, 'id' | 'createdAt'>,
  { address, node }: { address: string; node: string },
): Promise<void> {
  const { id, createdAt } = remediation;
  await updateDocument(store, nodeHistoryKind, nodeHistoryKey(address, createdAt, id), (found) => {
    const { bearers = [] } = found ?? {};
    if (bearers.includes(node)) return undefined;
    return { remediation: id, bearers: [...bearers, node].slice(-MAX_BEARERS) };
  });
  await enterNode(store, remediation, node);
}
