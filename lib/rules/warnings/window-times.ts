import { type FiringTimes, firingTimes } from '../firing-times.ts';
import type { Window } from '../rules.ts';

/** A period in which a pool is open. Epoch milliseconds. */
type Period = { from: number; to: number };

/** The rhythm of the windows of a pool. */
export type Rhythm = {
  /** The longest time without an open window. Undefined: no window ever opens. */
  longestGapMs: number | undefined;
  /** The longest open period. */
  longestOpenMs: number;
  /** The windows that never open again, by index. */
  never: number[];
};

/** The windows are followed for so long. Most recur weekly, some monthly. */
const HORIZON_MS = 100 * 24 * 3_600_000;
const MAX_PERIODS = 500;

/** How the windows of a pool open from now on. `now`: epoch milliseconds. */
export function rhythmOf(windows: readonly Window[], now: number): Rhythm {
  const times = windows.map((window) => ({
    window,
    times: firingTimes({ cron: window.start, timezone: window.timezone }),
  }));
  const never = times.flatMap((one, index) => (one.times.first(now) === undefined ? [index] : []));
  if (never.length === windows.length) return { longestGapMs: undefined, longestOpenMs: 0, never };
  const followed = times.map((one) => periodsOf(one.times, one.window.lengthMs, now));
  // A list that was cut says nothing about the time after its end.
  const knownUntil = Math.min(
    ...followed.flatMap((periods) => (periods.length < MAX_PERIODS ? [] : (periods.at(-1)?.to ?? []))),
  );
  const merged = merge(followed.flat().filter(({ from }) => from <= knownUntil));
  const gaps = merged.flatMap(({ from }, index) => {
    const before = merged[index - 1];
    return before ? [from - before.to] : [];
  });
  const [first] = merged;
  // With a single opening in sight, the time until it is the least that is known.
  const untilFirst = first
    ? first.from - now
    : nextOf(
        times.map((one) => one.times),
        now,
      ) - now;
  return {
    longestGapMs: Math.max(untilFirst, ...gaps),
    longestOpenMs: Math.max(
      0,
      ...merged.map(({ from, to }) => to - from),
      ...windows.flatMap(({ lengthMs }, index) => (never.includes(index) ? [] : lengthMs)),
    ),
    never,
  };
}

function nextOf(times: readonly FiringTimes[], now: number): number {
  return Math.min(...times.map((one) => one.first(now) ?? Number.POSITIVE_INFINITY));
}

function periodsOf(times: FiringTimes, lengthMs: number, now: number): Period[] {
  const periods: Period[] = [];
  const end = now + HORIZON_MS;
  let at = times.last(now - lengthMs, now) ?? times.first(now, end);
  while (at !== undefined && periods.length < MAX_PERIODS) {
    const to = at + lengthMs;
    periods.push({ from: at, to });
    // Later openings within this period prolong it. The next one after its end begins another.
    const within = times.last(at, to);
    at = within ?? times.first(to, end);
    if (at !== undefined && at > end) break;
  }
  return periods;
}

function merge(periods: readonly Period[]): Period[] {
  const merged: Period[] = [];
  for (const period of periods.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && period.from <= last.to) last.to = Math.max(last.to, period.to);
    else merged.push({ ...period });
  }
  return merged;
}
