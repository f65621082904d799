/** An event at a simulated time. It receives that time, not the time of the reading that runs it. */
export type Happening = (atMs: number) => void;

/**
 * The future events of the simulated world, in order of time. The first reading of the world runs all due events. So the world
 * needs no timer, and a test with a clock of its own never sleeps.
 */
export interface Agenda {
  /** Plans an event. The returned function cancels it. Events of the same time keep the order of their planning. */
  schedule(atMs: number, happening: Happening): () => void;
  /** Runs every event that is due until `untilMs` inclusive, also those planned meanwhile for that span. */
  runUntil(untilMs: number): void;
  /** The number of events that have run so far. As long as it stays the same, the agenda has changed nothing. */
  ran(): number;
  /** The time of the next event; undefined if there is none. */
  nextAtMs(): number | undefined;
}

interface Entry {
  readonly atMs: number;
  readonly happening: Happening;
}

export const createAgenda = (): Agenda => {
  const entries: Entry[] = [];
  let ran = 0;

  return {
    ran: () => ran,
    nextAtMs: () => entries[0]?.atMs,
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
        ran += 1;
        next.happening(next.atMs);
      }
    },
  };
};
