import { inTurn } from '#lib/concurrency';
import type { Invocation } from '#lib/handler/invocation';
import { readDocument } from '#lib/ledger/change';
import { readMany } from '#lib/ledger/read-many';
import { keepSnapshots } from '#lib/ledger/snapshot/keep-snapshot';
import { type Snapshot, snapshotKey, snapshotKind } from '#lib/ledger/snapshot/snapshot-record';
import { ModelArtsError } from '#lib/modelarts/client/errors';
import { createPoolReader, nodesOf } from '#lib/modelarts/reading/pool-reader';
import { reportIfUnreadable, reportUnreadable } from '#lib/remediation/messages/report-unreadable';
import type { PoolRules } from '#lib/rules/rules';
import { tellReadability } from './readability.ts';
import type { SweepingServices, Swept } from './sweep-of.ts';

/** The word for a pool that was read. */
export const READ = 'read';

/** How many pools are read at the same time, and for how long each at most: one slow pool holds up no other for long. */
const POOLS_AT_ONCE = 4;
const READING_TAKES_MS = 30_000;

/**
 * Reads the pools that no function has read for `waits.unreadMs`, so that people see their nodes, and tells people of a pool that cannot
 * be read. A pool that cannot be read fails no sweep: its snapshot says since when and why.
 */
export async function unreadPools(services: SweepingServices, invocation: Invocation): Promise<Swept> {
  const { rules, clock, store } = services;
  const swept: Swept = { name: 'unread-pools', looked: 0, done: {}, failures: [], incomplete: false };

  const known = await readSnapshots(services, invocation);
  const readAt = ({ id }: PoolRules) => known.get(id)?.reading?.at ?? '';

  async function sweepPool(pool: PoolRules): Promise<void> {
    if (clock.now() >= invocation.deadlineMs) {
      swept.incomplete = true;
      return;
    }
    swept.looked += 1;
    if (isUnread(known.get(pool.id), clock.now(), rules.waits.unreadMs)) {
      const outcome = await readNodes(pool);
      swept.done[outcome] = (swept.done[outcome] ?? 0) + 1;
    }
    const snapshot = await readDocument(store, snapshotKind, snapshotKey(pool.id));
    await tellReadability(pool.id, snapshot, services);
  }

  async function readNodes(pool: PoolRules): Promise<typeof READ | 'not readable'> {
    const { log, signal } = invocation;
    const deadlineMs = Math.min(invocation.deadlineMs, clock.now() + READING_TAKES_MS);
    const keep = keepSnapshots(services);
    const of = { pool: pool.id, keep };
    try {
      await nodesOf(createPoolReader(services.modelarts(pool), of, { deadlineMs, signal, log }));
      return READ;
    } catch (error) {
      if (!(error instanceof ModelArtsError)) throw error;
      log.warn('a pool could not be read', { pool: pool.name, error });
      return 'not readable';
    }
  }

  // The longest unread first: if the time is too short, the next run reads the others.
  const pools = rules.pools.toSorted((a, b) => (readAt(a) < readAt(b) ? -1 : 1));
  await inTurn(pools, POOLS_AT_ONCE, async (pool) => {
    try {
      await sweepPool(pool);
    } catch (cause) {
      if (!(await reportIfUnreadable(cause, services, invocation.log)))
        swept.failures.push(new Error(`unread-pools: pool ${pool.name} could not be dealt with`, { cause }));
    }
  });
  return swept;
}

/** The snapshots of the pools of the rules file, by pool. An unreadable one is reported. */
async function readSnapshots(
  services: SweepingServices,
  { log }: Pick<Invocation, 'log'>,
): Promise<Map<string, Snapshot>> {
  const keys = services.rules.pools.map(({ id }) => snapshotKey(id));
  const { values, unreadable } = await readMany(services.store, snapshotKind, keys);
  await reportUnreadable(unreadable, services, log);
  return new Map(values.map((snapshot) => [snapshot.pool, snapshot]));
}

/** Whether no function has read a pool for a while, or the last try failed. */
function isUnread(snapshot: Snapshot | undefined, now: number, unreadMs: number): boolean {
  const { reading, failing } = snapshot ?? {};
  return !reading || failing !== undefined || now - Date.parse(reading.at) >= unreadMs;
}
