/**
 * Draws that depend on the seed and on what is drawn alone, never on the number of earlier draws. So leaving one thing
 * out of a run leaves the others as they were, and a failing run can be made smaller.
 */
export type Chance = {
  /** Evenly distributed in [0, 1). */
  draw(key: string): number;
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number, key: string): number;
  /** One of a list; every one is equally likely. */
  pick<Item>(items: readonly Item[], key: string): Item;
  /** Whether something of this probability happens. */
  happens(probability: number, key: string): boolean;
  /** The list in another order. */
  shuffle<Item>(items: readonly Item[], key: string): Item[];
};

export function createChance(seed: number): Chance {
  const prefix = `${seed}|`;

  function draw(key: string): number {
    return hash53(prefix + key) / 2 ** 53;
  }

  return {
    draw,
    between: (least, most, key) => least + Math.floor(draw(key) * (most - least + 1)),
    pick(items, key) {
      const index = Math.floor(draw(key) * items.length);
      for (const item of items.slice(index, index + 1)) return item;
      throw new RangeError('there is nothing to pick from');
    },
    happens: (probability, key) => draw(key) < probability,
    shuffle: (items, key) =>
      items
        .map((item, index) => ({ item, order: draw(`${key}/${index}`) }))
        .sort((a, b) => a.order - b.order)
        .map(({ item }) => item),
  };
}

/** A hash of 53 bits (cyrb53): fast, and even enough to draw lots with. */
function hash53(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
