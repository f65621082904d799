import { firingTimes, lastFiring } from './firing-times.ts';
import type { Window } from './rules.ts';

/** Whether a pool may be worked on. `opensAt`: when it may next, as far as that can be told. */
export type WindowState = { open: true; why: string } | { open: false; why: string; opensAt?: string };

const MINUTE_MS = 60_000;

/** As far ahead as the next opening is looked for: longer than a week, as windows mostly come round with it. */
const LOOK_AHEAD_MS = 8 * 24 * 60 * MINUTE_MS;

/** Whether any of a pool's windows is open at an instant, in epoch milliseconds. Without windows it is always. */
export function windowAt(windows: readonly Window[], now: number): WindowState {
  if (windows.length === 0) return { open: true, why: 'the pool may be worked on at any time' };
  for (const window of windows) {
    const openedAt = lastFiring(firingTimes(fromStart(window)), now - window.lengthMs, now);
    if (openedAt !== undefined) {
      const until = new Date(openedAt + window.lengthMs).toISOString();
      return { open: true, why: `a window is open until ${until}` };
    }
  }
  const openings = windows.flatMap((window) => nextFiring(window, now) ?? []);
  if (openings.length === 0) return { open: false, why: 'no window opens within the next eight days' };
  const opensAt = new Date(Math.min(...openings)).toISOString();
  return { open: false, why: `no window is open; the next opens at ${opensAt}`, opensAt };
}

function nextFiring(window: Window, now: number): number | undefined {
  const firesAt = firingTimes(fromStart(window));
  const first = Math.floor(now / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  for (let minute = first; minute < now + LOOK_AHEAD_MS; minute += MINUTE_MS) {
    if (firesAt(minute)) return minute;
  }
  return undefined;
}

function fromStart({ start, timezone }: Window): { cron: string; timezone: string } {
  return { cron: start, timezone };
}
