import { canonicalJson } from '#lib/hash';
import { firstWithin, MAX_SUPERNODES_BYTES } from '#lib/ledger/limits';
import { type PoolRecord, updatePoolRecord } from '#lib/ledger/pool-record';
import { flavorsWithDriver } from '#lib/modelarts/reading/expected-drivers';
import type { PoolReading } from '#lib/modelarts/reading/pool-reading';
import { type Supernodes, supernodesAfter } from '#lib/modelarts/reading/supernodes';
import type { RemediationServices } from '#lib/remediation/record/services';
import { sizeAfter } from './capacity.ts';
import { isolatedAfter } from './isolation.ts';

/**
 * Keeps the pool-wide facts of a reading, so that a later reading that shows less does not count as complete. Writes only
 * changes.
 *
 * @param readAtMs beginning of the reading, epoch milliseconds
 * @returns the pool's present document
 */
export async function rememberPool(
  known: PoolRecord,
  reading: Pick<PoolReading, 'nodes' | 'unreadable'>,
  readAtMs: number,
  { store, clock, rules: { waits } }: Pick<RemediationServices, 'store' | 'clock' | 'rules'>,
): Promise<PoolRecord> {
  if (learnt(known, reading, readAtMs, waits.goneAfterMs) === undefined) return known;
  const { value } = await updatePoolRecord(store, known.pool, clock.now(), (record) => {
    const news = learnt(record, reading, readAtMs, waits.goneAfterMs);
    return news && { ...record, ...news, updatedAt: new Date(clock.now()).toISOString() };
  });
  return value;
}

/** Undefined: nothing has changed. */
function learnt(
  record: PoolRecord,
  reading: Pick<PoolReading, 'nodes' | 'unreadable'>,
  readAtMs: number,
  goneAfterMs: number,
): Pick<PoolRecord, 'size' | 'driverFlavors' | 'isolated' | 'supernodes'> | undefined {
  const { size, driverFlavors = [], isolated, supernodes } = record;
  const { nodes, unreadable } = reading;
  const seen = nodes.length + (unreadable?.nodes?.length ?? 0);
  const sizeNow = sizeAfter(size, seen, readAtMs, goneAfterMs);
  const flavors = flavorsWithDriver(nodes, driverFlavors);
  const isolatedNow = isolatedAfter(record, reading, readAtMs, goneAfterMs);
  const isComplete = seen > 0 && seen >= (sizeNow?.nodes ?? 0) && (unreadable?.nodes ?? []).length === 0;
  const supernodesNow = bounded(supernodesAfter(supernodes, nodes, isComplete));
  const isSame =
    canonicalJson([size, driverFlavors, isolated, supernodes]) ===
    canonicalJson([sizeNow, flavors, isolatedNow, supernodesNow]);
  if (isSame) return undefined;
  return {
    ...(sizeNow && { size: sizeNow }),
    driverFlavors: flavors,
    ...(isolatedNow && { isolated: isolatedNow }),
    supernodes: supernodesNow,
  };
}

/** As many supernodes as the pool's document has room for, always the same ones. */
function bounded(supernodes: Supernodes | undefined): PoolRecord['supernodes'] {
  if (!supernodes) return undefined;
  const entries = Object.entries(supernodes)
    .map(([batch, members]): [string, string[]] => [batch, [...members]])
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(firstWithin(entries, MAX_SUPERNODES_BYTES));
}
