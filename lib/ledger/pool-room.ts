import { MAX_HELD_BYTES, MAX_REPORTED_BYTES } from './limits.ts';
import type { Hold, PoolRecord } from './pool-record.ts';

/** The bytes of an entry besides its variable texts: names of fields, times, punctuation. */
const HOLD_OVERHEAD = 300;
const REPORTED_OVERHEAD = 32;

/** Why the pool's document has no room for one more hold; undefined if it has. */
export function whyNoRoomToHold(
  { held }: Pick<PoolRecord, 'held'>,
  name: string,
  hold: Hold,
): string | undefined {
  const others = Object.entries(held).filter(([other]) => other !== name);
  const bytes = [...others, [name, hold] as const].reduce((sum, [other, one]) => sum + sizeOf(other, one), 0);
  return bytes > MAX_HELD_BYTES
    ? `the ledger keeps no more than the ${others.length} nodes of the pool that are being worked on`
    : undefined;
}

/** Whether the list of reported nodes has room for one more. */
export function hasRoomToReport(reported: PoolRecord['reported'], node: string): boolean {
  const bytes = Object.keys(reported).reduce(
    (sum, name) => sum + Buffer.byteLength(name) + REPORTED_OVERHEAD,
    0,
  );
  return bytes + Buffer.byteLength(node) + REPORTED_OVERHEAD <= MAX_REPORTED_BYTES;
}

function sizeOf(name: string, { remediation, domains }: Hold): number {
  const texts = [name, remediation, ...domains].reduce((sum, text) => sum + Buffer.byteLength(text) + 3, 0);
  return texts + HOLD_OVERHEAD;
}
