import { tellIncidents } from '#lib/capacity/incidents';
import { wakeNext } from '#lib/capacity/wait-list';
import { readDocument, updateDocument } from '#lib/ledger/change';
import { nodeRecordKey, nodeRecordKind } from '#lib/ledger/node-record';
import { type PoolRecord, poolRecordKey, poolRecordKind } from '#lib/ledger/pool-record';
import { reportIfUnreadable } from '#lib/remediation/messages/report-unreadable';
import { isLongPast } from './age.ts';
import type { Sweep, Swept } from './sweep-of.ts';

/** Limit of the waiting commands woken in one run. A function that finds more room wakes the next. */
const MAX_WOKEN = 3;

/**
 * Three leftovers of pools: slots without a lease, commands that wait for a slot while nothing in their pool will ever wake
 * them, and storms and open breakers without a notice.
 */
export const forgottenPlaces: Sweep = async (services, { log }) => {
  const { store, rules, clock } = services;
  const swept: Swept = { name: 'forgotten-places', looked: 0, done: {}, failures: [], incomplete: false };
  for (const { id: pool } of rules.pools) {
    try {
      const found = await readDocument(store, poolRecordKind, poolRecordKey(pool));
      if (!found) continue;
      swept.looked += 1;
      const freed = await freeForgotten(found, services, clock.now());
      if (freed > 0) {
        swept.done['given back'] = (swept.done['given back'] ?? 0) + freed;
        log.warn('places were forgotten', { pool, places: freed });
      }
      await tellIncidents(found, services);
      if (found.waiting.length > 0) await wakeNext(pool, MAX_WOKEN, services);
    } catch (cause) {
      if (await reportIfUnreadable(cause, services, log)) continue;
      swept.failures.push(new Error(`forgotten-places: pool ${pool} could not be dealt with`, { cause }));
    }
  }
  return swept;
};

/** A slot is taken after its lease and released before it, so a slot without a lease is left over. */
async function freeForgotten(
  { pool, held }: PoolRecord,
  { store }: Parameters<Sweep>[0],
  now: number,
): Promise<number> {
  const forgotten = new Map<string, string>();
  for (const [node, { remediation, since, expiresAt }] of Object.entries(held)) {
    if (!isLongPast(since, now)) continue;
    const record = await readDocument(store, nodeRecordKind, nodeRecordKey(pool, node));
    const isVoid = Date.parse(expiresAt) <= now;
    if (isVoid || record?.lease?.remediation !== remediation) forgotten.set(node, since);
  }
  if (forgotten.size === 0) return 0;
  const { written } = await updateDocument<PoolRecord>(
    store,
    poolRecordKind,
    poolRecordKey(pool),
    (current) => {
      if (!current) return undefined;
      const kept = Object.entries(current.held).filter(([node, { since }]) => forgotten.get(node) !== since);
      if (kept.length === Object.keys(current.held).length) return undefined;
      const updatedAt = new Date(now).toISOString();
      return {
        ...current,
        held: Object.fromEntries(kept),
        releases: current.releases + 1,
        movedAt: updatedAt,
        updatedAt,
      };
    },
  );
  return written ? forgotten.size : 0;
}
