import { MAX_HELD_BYTES, MAX_REPORTED_BYTES, MAX_SPENT_BYTES } from './limits.ts';
import type { Hold, PoolRecord } from './pool-record.ts';

/** What an entry has besides its texts of any length: names of fields, times, punctuation. */
const HOLD_OVERHEAD = 210;
const SPENT_OVERHEAD = 80;
const REPORTED_OVERHEAD = 32;

/** Why no further target can be held: the pool's document has no room for it. Undefined where it has. */
export function whyNoRoomToHold(
  { held, spent }: Pick<PoolRecord, 'held' | 'spent'>,
  name: string,
  hold: Hold,
): string | undefined {
  const others = Object.entries(held).filter(([other]) => other !== name);
  const heldBytes = [...others, [name, hold] as const].reduce(
    (sum, [other, one]) => sum + sizeOf(other, one),
    0,
  );
  if (heldBytes > MAX_HELD_BYTES)
    return `the ledger keeps no more than the ${others.length} nodes of the pool that are being worked on`;
  if (!hold.disruptive) return undefined;
  const spentBytes = [...spent, { node: name, remediation: hold.remediation }].reduce(
    (sum, one) => sum + sizeOfSpent(one),
    0,
  );
  if (spentBytes > MAX_SPENT_BYTES)
    return `the ledger keeps no more than the ${spent.length} nodes of the pool that were worked on within a day`;
  return undefined;
}

/** Whether one more node can be entered among those that alerts have reported. */
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

function sizeOfSpent({ node, remediation }: { node: string; remediation: string }): number {
  return Buffer.byteLength(node) + Buffer.byteLength(remediation) + SPENT_OVERHEAD;
}
