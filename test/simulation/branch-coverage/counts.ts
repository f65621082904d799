/** The counts of V8 for one function: first its own range, then the blocks that ran more or less often. Offsets are in the bundle. */
export type FunctionRanges = {
  ranges: readonly { startOffset: number; endOffset: number; count: number }[];
};

/**
 * How often the code at an offset of the bundle ran, by the counts of V8: the innermost range that holds the offset has the number.
 *
 * @returns a function of the offset. It answers 0 for code that no range holds.
 */
export function countsOf(functions: readonly FunctionRanges[]): (offset: number) => number {
  const events = functions.flatMap(({ ranges }) => ranges);
  // If two begin together, the longer one is outside.
  events.sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  const starts: number[] = [];
  const counts: number[] = [];
  const open: { endOffset: number; count: number }[] = [];

  function closeUntil(offset: number): void {
    for (let inner = open.at(-1); inner && inner.endOffset <= offset; inner = open.at(-1)) {
      open.pop();
      starts.push(inner.endOffset);
      counts.push(open.at(-1)?.count ?? 0);
    }
  }
  for (const range of events) {
    closeUntil(range.startOffset);
    open.push(range);
    starts.push(range.startOffset);
    counts.push(range.count);
  }
  closeUntil(Number.POSITIVE_INFINITY);

  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return counts[low - 1] ?? 0;
  };
}
