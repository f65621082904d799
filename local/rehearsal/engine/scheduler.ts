import type { Chance } from './chance.ts';

/** Something that happens at a time. `settles`: whether code of the product may go on for it. */
type Happening = { atMs: number; order: number; run: () => void; cancelled: boolean; settles: boolean };

/**
 * Virtual time, and everything that will happen in it. Nothing else moves: between two happenings all code that can go on
 * does, until it waits again for one of them.
 */
export type Scheduler = {
  now(): number;
  /** How many happenings there were. */
  steps(): number;
  /** Lets something happen at a time, or at once if that is over. @returns what calls it off. */
  at(atMs: number, run: () => void, settles?: boolean): () => void;
  /** Lets happen what is due up to a time, and moves the clock there. Ends early when `until` says so. */
  runUntil(untilMs: number, until?: () => boolean): Promise<void>;
  /** When the next thing happens; undefined when nothing will. */
  nextAtMs(): number | undefined;
};

export class TooManyStepsError extends Error {
  override name = 'TooManyStepsError';
}

/** @param startMs epoch milliseconds. @param chance the order of the events of one moment. */
export function createScheduler(
  startMs: number,
  chance: Chance,
  maxSteps = Number.POSITIVE_INFINITY,
): Scheduler {
  const heap: Happening[] = [];
  let now = startMs;
  let steps = 0;
  let sequence = 0;

  const isBefore = (a: Happening, b: Happening) =>
    a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

  function push(happening: Happening): void {
    let index = heap.push(happening) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (!parent || !isBefore(happening, parent)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = happening;
  }

  function pop(): Happening | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const [one, other] = [heap[left], heap[left + 1]];
      if (!one) break;
      const isOther = other !== undefined && isBefore(other, one);
      const child = isOther ? other : one;
      if (!isBefore(child, last)) break;
      heap[index] = child;
      index = isOther ? left + 1 : left;
    }
    heap[index] = last;
    return first;
  }

  function next(): Happening | undefined {
    while (heap[0]?.cancelled) pop();
    return heap[0];
  }

  return {
    now: () => now,
    steps: () => steps,
    nextAtMs: () => next()?.atMs,
    at(atMs, run, settles = true) {
      sequence += 1;
      const happening = {
        atMs: Math.max(Math.ceil(atMs), now),
        order: chance.draw(`order/${sequence}`),
        run,
        cancelled: false,
        settles,
      };
      push(happening);
      return () => {
        happening.cancelled = true;
      };
    },
    async runUntil(untilMs, until = () => false) {
      for (let happening = next(); happening && happening.atMs <= untilMs; happening = next()) {
        pop();
        now = happening.atMs;
        steps += 1;
        if (steps > maxSteps) throw new TooManyStepsError(`nothing has come to rest in ${maxSteps} steps`);
        happening.run();
        if (happening.settles) await (steps % BREATH === 0 ? breath() : settled());
        if (until()) return;
      }
      now = Math.max(now, untilMs);
    },
  };
}

/**
 * Comes when every promise that can go on has gone on: Node.js calls a tick when no promise has work left. Code in virtual time waits for
 * promises alone, and makes no ticks of its own. A turn of the event loop would say the same, and take ten times as long.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

/** After so many happenings the process sees to the world outside: signals, timers, and what it has to write. */
const BREATH = 500;

function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
