import { takesOutOfService } from '#lib/actions/traits';
import { changesRedundancy } from '#lib/actions/update-nodes/traits';
import type { Call } from '#lib/ledger/call';
import { updateDocument } from '#lib/ledger/change';
import { firstWithin, MAX_ISOLATED_BYTES } from '#lib/ledger/limits';
import { emptyPoolRecord, type PoolRecord, poolRecordKey, poolRecordKind } from '#lib/ledger/pool-record';
import type { Store } from '#lib/ledger/store';
import { absenceOf } from '#lib/modelarts/reading/absence';
import type { PoolReading } from '#lib/modelarts/reading/pool-reading';
import { redundancyShown } from '#lib/modelarts/reading/redundancy';

type Isolated = NonNullable<PoolRecord['isolated']>;
type Opening = Pick<Call, 'id' | 'pool' | 'action' | 'request'>;

/**
 * Notes that a call is about to isolate nodes. The API may never show it, and its answer may be lost. The note is
 * written before the intent, so a process that dies leaves no isolated node uncounted. Safe to repeat. Any other call leaves no note.
 */
export async function expectIsolation(
  store: Store,
  call: Opening,
  nodes: readonly string[],
  now: number,
): Promise<void> {
  if (!isolates(call)) return;
  const since = new Date(now).toISOString();
  await updateDocument<PoolRecord>(store, poolRecordKind, poolRecordKey(call.pool), (current) => {
    const record = current ?? emptyPoolRecord(call.pool, now);
    const { isolated = {} } = record;
    const added = nodes
      .filter((node) => isolated[node] === undefined)
      .map((node) => [node, { callId: call.id, since }] as const);
    if (added.length === 0) return undefined;
    return { ...record, isolated: newestWithin({ ...isolated, ...Object.fromEntries(added) }) };
  });
}

/**
 * Removes the notes of `expectIsolation` for nodes that the call has certainly not isolated, and all notes for nodes that the call
 * returns. Safe to repeat.
 *
 * @param call with an answer for each node; without an answer it was certainly refused, or never sent
 * @param nodes its targets
 */
export async function settleIsolation(
  store: Store,
  call: Opening & Pick<Call, 'answer'>,
  nodes: readonly string[],
): Promise<void> {
  if (!changesRedundancy(call.request)) return;
  const { answer } = call;
  const opens = isolates(call);
  const over = opens
    ? nodes.filter((node) => !answer || Object.hasOwn(answer.failed, node))
    : (answer?.succeeded ?? []);
  await updateDocument<PoolRecord>(store, poolRecordKind, poolRecordKey(call.pool), (record) => {
    const { isolated = {} } = record ?? {};
    const left = Object.entries(isolated).filter(
      ([name, { callId }]) => !over.includes(name) || (opens && callId !== call.id),
    );
    if (!record || left.length === Object.keys(isolated).length) return undefined;
    return { ...record, isolated: Object.fromEntries(left) };
  });
}

/**
 * The isolated nodes of a pool after one more reading. A label that says that a node is not isolated is believed, except during
 * a call for it. A node is forgotten after it was missing from two whole readings.
 *
 * @param readAtMs epoch milliseconds
 * @param goneAfterMs of the rules' `waits`
 */
export function isolatedAfter(
  { isolated, held }: Pick<PoolRecord, 'isolated' | 'held'>,
  { nodes, unreadable }: Pick<PoolReading, 'nodes' | 'unreadable'>,
  readAtMs: number,
  goneAfterMs: number,
): PoolRecord['isolated'] {
  if (!isolated) return undefined;
  const isWhole = nodes.length > 0 && (unreadable?.nodes ?? []).length === 0;
  const left = Object.entries(isolated).flatMap(([name, entry]) => {
    const node = nodes.find((one) => one.name === name);
    if (node && redundancyShown(node) === false && held[name] === undefined) return [];
    const kind = node ? 'seen' : isWhole ? 'not-seen' : 'doubtful';
    const { notSeenSince, gone } = absenceOf({ kind }, entry.notSeenSince, readAtMs, goneAfterMs);
    const { notSeenSince: _before, ...rest } = entry;
    return gone ? [] : [[name, { ...rest, ...(notSeenSince !== undefined && { notSeenSince }) }] as const];
  });
  return Object.fromEntries(left);
}

function isolates({ action, request }: Pick<Call, 'action' | 'request'>): boolean {
  return changesRedundancy(request) && takesOutOfService({ action, parameters: request });
}

/** The newest ones, as far as the pool's document has room. */
function newestWithin(isolated: Isolated): Isolated {
  const entries = Object.entries(isolated).toSorted(([, a], [, b]) => (a.since < b.since ? 1 : -1));
  return Object.fromEntries(firstWithin(entries, MAX_ISOLATED_BYTES));
}
