import { type FiringTimes, firingTimes } from './firing-times.ts';
import type { Window } from './rules.ts';

/**
 * Whether a pool allows disruptive work now. `closesAt`: the end of the open window. `opensAt`: the next opening, if one is within
 * reach. `timezone`: that of the window.
 */
export type WindowState =
  | { open: true; why: string; closesAt?: string; timezone?: string }
  | { open: false; why: string; opensAt?: string; timezone?: string };

/** How far ahead the next opening is searched. Most windows recur weekly, so this is longer than a week. */
const LOOK_AHEAD_MS = 8 * 24 * 3_600_000;

/** Whether one of a pool's windows is open at an instant (epoch milliseconds). A pool without windows is always open. */
export function windowAt(windows: readonly Window[], now: number): WindowState {
  if (windows.length === 0) return { open: true, why: 'the pool allows work at any time' };
  for (const window of windows) {
    const openedAt = openings(window).last(now - window.lengthMs, now);
    if (openedAt !== undefined) {
      const closesAt = new Date(openedAt + window.lengthMs).toISOString();
      return { open: true, why: `a window is open until ${closesAt}`, closesAt, timezone: window.timezone };
    }
  }
  const next = windows.flatMap((window) => {
    const atMs = openings(window).first(now, now + LOOK_AHEAD_MS);
    return atMs === undefined ? [] : [{ atMs, timezone: window.timezone }];
  });
  const [first] = next.toSorted((a, b) => a.atMs - b.atMs);
  if (!first) return { open: false, why: 'no window opens within the next eight days' };
  const opensAt = new Date(first.atMs).toISOString();
  const why = `no window is open; the next opens at ${opensAt}`;
  return { open: false, why, opensAt, timezone: first.timezone };
}

function openings({ start, timezone }: Window): FiringTimes {
  return firingTimes({ cron: start, timezone });
}
