import type { Run } from '../../run.ts';
import { clock, destructiveRequests, membersOf } from '../facts/destructive.ts';
import { poolRules, readingOf } from '../facts/readings.ts';
import type { Finding } from '../oracles.ts';

/** From reading the pool to a request that rests on it, where it is not known when it was read. */
const READING_MS = 32_000;
const MINUTE_MS = 60_000;

type Window = { start: string; lengthMs: number; timezone: string };

/** Nothing is done outside of the windows of a pool: one was open when the pool was read, or has opened since. */
export function* withinWindow(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    const windows = poolRules(run, request)?.windows ?? [];
    if (windows.length === 0) continue;
    // A schedule names its own time.
    const members = membersOf(run, request);
    if (members.length > 0 && members.every(({ remediation }) => remediation.scheduledBy !== undefined))
      continue;
    const readAtMs = readingOf(run, request, request.sentAtMs)?.atMs ?? request.sentAtMs - READING_MS;
    if (!isOpen(windows, readAtMs) && !isOpen(windows, request.sentAtMs))
      yield {
        what: `request ${request.number} was sent at ${clock(request.sentAtMs)}, when no window was open`,
        atMs: request.sentAtMs,
      };
  }
}

/** Whether any of a pool's windows is open. */
export function isOpen(windows: readonly Window[], atMs: number): boolean {
  return windows.some(({ start, lengthMs, timezone }) => {
    const firstMs = Math.ceil((atMs - lengthMs + 1) / MINUTE_MS) * MINUTE_MS;
    for (let minuteMs = firstMs; minuteMs <= atMs; minuteMs += MINUTE_MS)
      if (opensAt(start, timezone, minuteMs)) return true;
    return false;
  });
}

/** How many times a pool comes into a window in a span. */
export function openings(windows: readonly Window[], fromMs: number, toMs: number): number {
  let count = 0;
  for (let ms = Math.ceil(fromMs / MINUTE_MS) * MINUTE_MS; ms <= toMs && windows.length > 0; ms += MINUTE_MS)
    if (isOpen(windows, ms) && !isOpen(windows, ms - 1)) count += 1;
  return count;
}

/** Whether a window `minutes hours * * ? *` opens at a minute. */
function opensAt(start: string, timezone: string, atMs: number): boolean {
  const [minutes = '*', hours = '*'] = start.split(' ');
  const [hour = 0, minute = 0] = clockOf(timezone).format(atMs).split(':').map(Number);
  return isOf(minutes, minute, 60) && isOf(hours, hour, 24);
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timezone: string): Intl.DateTimeFormat {
  let known = clocks.get(timezone);
  if (!known) {
    known = new Intl.DateTimeFormat('en-GB', {
      timeZone: timezone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    clocks.set(timezone, known);
  }
  return known;
}

function isOf(field: string, value: number, all: number): boolean {
  return field.split(',').some((part) => {
    if (part === '*') return true;
    const [first = 0, step = all] = part.split('/').map(Number);
    return value >= first && (value - first) % step === 0;
  });
}
