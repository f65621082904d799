/**
 * Does the same for many, at most so many at a time: what a sender puts into one request decides how much there is, and not how
 * much is under way at once.
 *
 * @returns the results, in the order of `items`. The first failure is thrown when nothing is under way any more, and nothing is
 * begun after it.
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

/** The items in lists of at most so many, in their order. */
export function batchesOf<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
