import { type FiringTimes, firingTimes } from './firing-times.ts';
import type { Window } from './rules.ts';

/** Whether a pool allows disruptive work now. `opensAt`: the next opening, if one is within reach. */
export type WindowState = { open: true; why: string } | { open: false; why: string; opensAt?: string };

/** How far ahead the next opening is searched. Most windows recur weekly, so this is longer than a week. */
const LOOK_AHEAD_MS = 8 * 24 * 3_600_000;

/** Whether one of a pool's windows is open at an instant (epoch milliseconds). A pool without windows is always open. */
export function windowAt(windows: readonly Window[], now: number): WindowState {
  if (windows.length === 0) return { open: true, why: 'the pool allows work at any time' };
  for (const window of windows) {
    const openedAt = openings(window).last(now - window.lengthMs, now);
    if (openedAt !== undefined) {
      const until = new Date(openedAt + window.lengthMs).toISOString();
      return { open: true, why: `a window is open until ${until}` };
    }
  }
  const next = windows.flatMap((window) => openings(window).first(now, now + LOOK_AHEAD_MS) ?? []);
  if (next.length === 0) return { open: false, why: 'no window opens within the next eight days' };
  const opensAt = new Date(Math.min(...next)).toISOString();
  return { open: false, why: `no window is open; the next opens at ${opensAt}`, opensAt };
}

function openings({ start, timezone }: Window): FiringTimes {
  return firingTimes({ cron: start, timezone });
}
