import { nodeHistoryKind, nodeHistoryPartition } from '#lib/ledger/node-record';
import { parseMany, readMany } from '#lib/ledger/read-many';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import type { RemediationState } from '#lib/rules/state';

/** As many of the newest remediations of a node are read to find one that says how the node is. */
const LOOKED_AT = 10;

/** Remediations in these states did nothing for their node. */
const WITHOUT_EFFECT: readonly RemediationState[] = ['observed', 'skipped', 'rejected'];

/** The newest remediations of a node, the newest first. Unreadable ones are left out. */
export async function readNewest(store: Store, node: string, limit: number): Promise<Remediation[]> {
  const entries = await store.query({ partition: nodeHistoryPartition(node), limit });
  const ids = parseMany(nodeHistoryKind, entries).values.map(({ remediation }) => remediation);
  const { values } = await readMany(store, remediationKind, [...new Set(ids)].map(remediationKey));
  return values.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
}

/** The newest remediation of a node that did something for it. */
export async function readLastOutcome(
  store: Store,
  pool: string,
  node: string,
): Promise<Remediation | undefined> {
  const newest = await readNewest(store, node, LOOKED_AT);
  return newest.find((one) => one.pool === pool && !WITHOUT_EFFECT.includes(one.state));
}
