import { canonicalJson } from '#lib/hash';
import { change } from '#lib/ledger/change';
import { emptyPoolRecord, type PoolRecord, poolRecordKey, poolRecordKind } from '#lib/ledger/pool-record';
import { flavorsWithDriver } from '#lib/modelarts/reading/expected-drivers';
import type { PoolReading } from '#lib/modelarts/reading/pool-reading';
import type { RemediationServices } from '#lib/remediation/record/services';
import { sizeAfter } from './capacity.ts';

/**
 * Keeps what a reading shows of a pool as a whole, so that a later one that shows less is not taken for all there is. Writes
 * only what is new.
 *
 * @param readAtMs when the reading began, epoch milliseconds
 * @returns the pool's document as it is now
 */
export async function rememberPool(
  known: PoolRecord,
  reading: PoolReading,
  readAtMs: number,
  { store, clock, rules: { waits } }: Pick<RemediationServices, 'store' | 'clock' | 'rules'>,
): Promise<PoolRecord> {
  if (learnt(known, reading, readAtMs, waits.goneAfterMs) === undefined) return known;
  const { value } = await change<PoolRecord>(store, poolRecordKind, poolRecordKey(known.pool), (current) => {
    const now = clock.now();
    const record = current ?? emptyPoolRecord(known.pool, now);
    const news = learnt(record, reading, readAtMs, waits.goneAfterMs);
    return news && { ...record, ...news, updatedAt: new Date(now).toISOString() };
  });
  return value ?? known;
}

/** Undefined: there is nothing new. */
function learnt(
  { size, driverFlavors = [] }: PoolRecord,
  { nodes, unreadable }: PoolReading,
  readAtMs: number,
  goneAfterMs: number,
): Pick<PoolRecord, 'size' | 'driverFlavors'> | undefined {
  const seen = nodes.length + (unreadable?.nodes?.length ?? 0);
  const sizeNow = sizeAfter(size, seen, readAtMs, goneAfterMs);
  const flavors = flavorsWithDriver(nodes, driverFlavors);
  const isSame = canonicalJson([size, driverFlavors]) === canonicalJson([sizeNow, flavors]);
  return isSame ? undefined : { ...(sizeNow && { size: sizeNow }), driverFlavors: flavors };
}
