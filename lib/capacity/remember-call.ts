import { UnreadableDocumentError, updateDocument } from '#lib/ledger/change';
import { type NodeRecord, nodeRecordKey, nodeRecordKind } from '#lib/ledger/node-record';
import type { Store } from '#lib/ledger/store';

type Round = NonNullable<NodeRecord['rounds']>[number];

/**
 * The news about a target: the finished call, kept for the cooldown, the ladder that it was made for, and the hour in which its node
 * counts in the day's budget.
 */
export type CallMemory = { last?: NonNullable<NodeRecord['last']>; round?: Round; countedIn?: string };

/** The newest ladders that are kept of a node. */
const KEPT_ROUNDS = 100;

/**
 * Writes the finished call of a target into its history, before its hold is released. Safe to repeat at any time: a later call
 * stays the last one, and a ladder counts once.
 *
 * @returns whether there was anything to write.
 */
export async function rememberCall(
  store: Store,
  { pool, node }: { pool: string; node: string },
  { last, round, countedIn }: CallMemory,
): Promise<boolean> {
  if (!last && !round && countedIn === undefined) return false;
  try {
    await updateDocument(store, nodeRecordKind, nodeRecordKey(pool, node), (record) => {
      const isLatest = last && (record?.last === undefined || record.last.calledAt <= last.calledAt);
      const rounds = record?.rounds ?? [];
      const isNew = round && !rounds.some(({ root }) => root === round.root);
      const isLater = countedIn !== undefined && countedIn > (record?.countedIn ?? '');
      if (!isLatest && !isNew && !isLater) return undefined;
      return {
        ...record,
        pool,
        node,
        ...(isLatest && { last }),
        ...(isLater && { countedIn }),
        ...(isNew && { rounds: [...rounds, round].slice(-KEPT_ROUNDS) }),
      };
    });
  } catch (error) {
    // Poolkeeper makes no call for a target with an unreadable history, and the next command for it reports the document.
    if (!(error instanceof UnreadableDocumentError)) throw error;
  }
  return true;
}
