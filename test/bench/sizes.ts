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
        following: { count: 2 },
        nodes: { sizes: [8, 20], runs: 1 },
        reading: { sizes: [8, 20], events: 2 },
        rules: { sizes: [10, 20], rounds: 2 },
        day: { count: 20, everyMs: 4_320 },
        lists: [20, 40],
        memory: { events: 10 },
        posts: [{ alerts: 10, posts: 2, atOnce: 2 }],
      }
    : {
        signing: { rounds: 31, signatures: 2_000 },
        coldRuns: 5,
        shareRuns: 3,
        hotEvents: 60,
        groups: [
          { group: 1, posts: 200 },
          { group: 100, posts: 10 },
        ],
        atOnce: 100,
        inTurn: { count: 120, nodes: 1_000, everyMs: 6_000 },
        following: { count: 40 },
        nodes: { sizes: [8, 128, 1_000, 10_000], runs: 2 },
        reading: { sizes: [8, 128, 512, 2_000], events: 8 },
        rules: { sizes: [10, 100, 1_000], rounds: 200 },
        day: { count: 400, everyMs: 4_320 },
        lists: [1_000, 10_000, 100_000],
        memory: { events: 10_000 },
        posts: [
          { alerts: 1, posts: 40, atOnce: 8 },
          { alerts: 10, posts: 20, atOnce: 8 },
          { alerts: 100, posts: 8, atOnce: 8 },
        ],
      };
}

export type Sizes = ReturnType<typeof sizes>;
