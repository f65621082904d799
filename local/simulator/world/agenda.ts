/** Something that will happen at a simulated time; it is told that time, not the time at which somebody looked. */
export type Happening = (atMs: number) => void;

/**
 * What will happen in the simulated world, in order of time. Nothing waits for it: whoever looks at the world first runs
 * what has come due. So the world needs no timer, and a test with a clock of its own never sleeps.
 */
export interface Agenda {
  /** Plans a happening; the returned function calls it off. Equal times keep the order in which they were planned. */
  schedule(atMs: number, happening: Happening): () => void;
  /** Runs everything due up to and including `untilMs`, also what is planned meanwhile for that span. */
  runUntil(untilMs: number): void;
}

interface Entry {
  readonly atMs: number;
  readonly happening: Happening;
}

export const createAgenda = (): Agenda => {
  const entries: Entry[] = [];

  return {
    schedule(atMs, happening) {
      const entry: Entry = { atMs, happening };
      const later = entries.findIndex((other) => other.atMs > atMs);
      entries.splice(later === -1 ? entries.length : later, 0, entry);
      return () => {
        const position = entries.indexOf(entry);
        if (position !== -1) entries.splice(position, 1);
      };
    },
    runUntil(untilMs) {
      for (let next = entries[0]; next !== undefined && next.atMs <= untilMs; next = entries[0]) {
        entries.shift();
        next.happening(next.atMs);
      }
    },
  };
};
