import { canonicalJson } from '#lib/hash';
import { updateDocument } from '#lib/ledger/change';
import { emptyPoolRecord, type PoolRecord, poolRecordKey, poolRecordKind } from '#lib/ledger/pool-record';
import { flavorsWithDriver } from '#lib/modelarts/reading/expected-drivers';
import type { PoolReading } from '#lib/modelarts/reading/pool-reading';
import type { RemediationServices } from '#lib/remediation/record/services';
import { sizeAfter } from './capacity.ts';

/**
 * Keeps the pool-wide facts of a reading, so that a later reading that shows less does not count as complete. Writes only
 * changes.
 *
 * @param readAtMs beginning of the reading, epoch milliseconds
 * @returns the pool's present document
 */
export async function rememberPool(
  known: PoolRecord,
  reading: PoolReading,
  readAtMs: number,
  { store, clock, rules: { waits } }: Pick<RemediationServices, 'store' | 'clock' | 'rules'>,
): Promise<PoolRecord> {
  if (learnt(known, reading, readAtMs, waits.goneAfterMs) === undefined) return known;
  const { value } = await updateDocument<PoolRecord>(
    store,
    poolRecordKind,
    poolRecordKey(known.pool),
    (current) => {
      const now = clock.now();
      const record = current ?? emptyPoolRecord(known.pool, now);
      const news = learnt(record, reading, readAtMs, waits.goneAfterMs);
      return news && { ...record, ...news, updatedAt: new Date(now).toISOString() };
    },
  );
  return value ?? known;
}

/** Undefined: nothing has changed. */
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
