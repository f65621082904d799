import { jsonBytes } from '#lib/json-bytes';
import { isReceipt, type Receipt } from './receipt.ts';
import { shortened } from './shortened.ts';

/** The bound of the receipts of one write, and of one answer. Beyond it, repeated receipts are only counted. */
export const MAX_RECEIPT_BYTES = 72 * 1024;

/** The steps that a waiting command repeats in the same words. The number of their receipts matters to nothing. */
const REPEATED: ReadonlySet<string> = new Set(['guard', 'defer']);

/** Whether a receipt may come again and again while a command waits. */
export function isRepeated({ step }: Receipt): boolean {
  return REPEATED.has(step);
}

/** The newest receipts stay as they are. */
const TAIL = 24;

const LONG = { entries: 20, characters: 500 };
const SHORT = { entries: 10, characters: 100 };

/**
 * Receipts that fit into an item, or into an answer. If they are too large, repeated ones from the middle are left out and counted.
 * The first and the last of each kind stay, and all receipts of steps that happen a limited number of times (intent, call, job,
 * approval and the like). If that is not enough, it cuts long lists and texts, and last of all those in the request that was sent.
 */
export function boundedReceipts(receipts: readonly Receipt[], maxBytes = MAX_RECEIPT_BYTES): Receipt[] {
  if (jsonBytes(receipts) <= maxBytes) return [...receipts];
  const counted = withoutRepeated(receipts, maxBytes);
  if (jsonBytes(counted) <= maxBytes) return counted;
  const cut = counted.map((receipt) => {
    const request = receipt.step === 'call' ? { request: receipt.request } : {};
    return whole({ ...shortened(receipt, LONG), ...request }, receipt);
  });
  if (jsonBytes(cut) <= maxBytes) return cut;
  return cut.map((receipt) => whole(shortened(receipt, SHORT), receipt));
}

/** The cut receipt if it is still valid, otherwise the whole one. */
function whole(cut: unknown, receipt: Receipt): Receipt {
  return isReceipt(cut) ? cut : receipt;
}

function withoutRepeated(receipts: readonly Receipt[], maxBytes: number): Receipt[] {
  let bytes = jsonBytes(receipts);
  const kept = indispensable(receipts);
  const left = new Set<number>();
  // Down to half, so that not every write has to do it again.
  for (let index = 0; index < receipts.length && bytes > maxBytes / 2; index += 1) {
    if (kept.has(index)) continue;
    left.add(index);
    bytes -= jsonBytes(receipts[index]) + 1;
  }
  if (left.size === 0) return [...receipts];
  return withCount(receipts, left);
}

function indispensable(receipts: readonly Receipt[]): Set<number> {
  const first = new Map<string, number>();
  const last = new Map<string, number>();
  const kept = new Set<number>();
  for (const [index, receipt] of receipts.entries()) {
    const { step } = receipt;
    if (step === 'omitted') continue;
    if (!isRepeated(receipt) || index >= receipts.length - TAIL) kept.add(index);
    const kind = JSON.stringify(step === 'guard' ? [receipt.guard, receipt.allowed] : step);
    if (!first.has(kind)) first.set(kind, index);
    last.set(kind, index);
  }
  return new Set([...kept, ...first.values(), ...last.values()]);
}

/** Puts one receipt `omitted` in the place of the first receipt that is left out. */
function withCount(receipts: readonly Receipt[], left: ReadonlySet<number>): Receipt[] {
  const gone = receipts.filter((_, index) => left.has(index));
  const count = gone.reduce((sum, receipt) => sum + (receipt.step === 'omitted' ? receipt.count : 1), 0);
  const since = gone[0]?.at ?? '';
  const until = gone.at(-1)?.at ?? since;
  const why = `${count} receipts from ${since} to ${until} are left out: they repeat those around them`;
  const [position = 0] = left;
  return receipts.flatMap((receipt, index) => {
    if (index === position) return [{ at: since, step: 'omitted', count, until, why }];
    return left.has(index) ? [] : [receipt];
  });
}
