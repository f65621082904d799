import { inTurn } from '#lib/concurrency';
import { createDocument, updateDocument } from '#lib/ledger/change';
import { nodeHistoryKey, nodeHistoryKind } from '#lib/ledger/node-record';
import type { Remediation } from '#lib/ledger/remediation';
import { placeOf, type Store } from '#lib/ledger/store';

/** The number of history entries that are written at the same time. */
const ENTERED_AT_ONCE = 16;

/**
 * Enters remediations without a call in the histories of their nodes. It writes only the missing entries, those of names together.
 *
 * @param isKnown whether the ledger had the remediation before, so that it may have the entries, too.
 */
export async function enterNodes(
  store: Store,
  remediations: readonly Remediation[],
  isKnown: (id: string) => boolean,
): Promise<void> {
  const entries = remediations
    .filter(({ callId }) => callId === undefined)
    .flatMap((remediation) => {
      const { id, createdAt } = remediation;
      return nodesIn(remediation).map((node) => ({
        node,
        key: nodeHistoryKey(node, createdAt, id),
        value: { remediation: id },
      }));
    });
  const maybeThere = entries.filter(({ value }) => isKnown(value.remediation)).map(({ key }) => key);
  const known = new Set((await store.getMany(maybeThere)).map(placeOf));
  const missing = entries.filter(({ key }) => !known.has(placeOf(key)));
  const ofMarks = missing.filter(({ node }) => MARK.test(node));
  const ofNames = missing.filter(({ node }) => !MARK.test(node));
  const writeId = store.newId();
  await store.putMany(ofNames.map(({ key, value }) => ({ ...key, version: 1, writeId, value })));
  await inTurn(ofMarks, ENTERED_AT_ONCE, ({ key, value }) =>
    createDocument(store, nodeHistoryKind, key, value),
  );
}

/**
 * An address or the id of a server: its entry gets the nodes that bear it. Every writer of the entry of a name writes the same. A name that
 * looks like a mark only costs a write of its own.
 */
const MARK = /^[\da-f.:-]+$/i;

/** The nodes whose histories get an entry for a remediation. */
export function nodesIn({ nodes, node }: Pick<Remediation, 'nodes' | 'node'>): string[] {
  return nodes ?? [node ?? []].flat();
}

/** Enters a remediation in the history of a node, so that a search by node finds it. */
export async function enterNode(
  store: Store,
  { id, createdAt }: Pick<Remediation, 'id' | 'createdAt'>,
  node: string,
): Promise<void> {
  const entry = { remediation: id };
  await updateDocument(store, nodeHistoryKind, nodeHistoryKey(node, createdAt, id), (found) =>
    found ? undefined : entry,
  );
}
