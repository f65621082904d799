/**
 * Does the same work for many items, at most so many at a time: the size of a sender's request sets the amount of work, not
 * its concurrency.
 *
 * @returns the results, in the order of `items`. The first failure is thrown when no work is under way any more, and no work
 * begins after it.
 */
export async function inTurn<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  let failure: { reason: unknown } | undefined;

  async function worker(): Promise<void> {
    for (const [index, item] of waiting) {
      if (failure) return;
      try {
        results[index] = await work(item);
      } catch (reason) {
        failure ??= { reason };
      }
    }
  }

  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  if (failure) throw failure.reason;
  return results;
}

/** The items in lists of at most this length, in their order. */
export function batchesOf<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
