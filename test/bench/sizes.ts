/** How much is measured. Quick shows only that everything can be measured: its numbers say little. */
export function sizes({ quick }: { quick: boolean }) {
  return quick
    ? {
        signing: { rounds: 1, signatures: 10 },
        coldRuns: 1,
        shareRuns: 1,
        hotEvents: 3,
        groups: [
          { group: 1, posts: 2 },
          { group: 100, posts: 2 },
        ],
        atOnce: 5,
        inTurn: { count: 5, nodes: 50, everyMs: 6_000 },
      }
    : {
        signing: { rounds: 31, signatures: 2_000 },
        coldRuns: 7,
        shareRuns: 5,
        hotEvents: 150,
        groups: [
          { group: 1, posts: 400 },
          { group: 100, posts: 30 },
        ],
        atOnce: 100,
        inTurn: { count: 120, nodes: 1_000, everyMs: 6_000 },
      };
}

export type Sizes = ReturnType<typeof sizes>;
