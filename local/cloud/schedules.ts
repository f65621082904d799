import { randomUUID } from 'node:crypto';
import type { Clock } from '#lib/clock';
import { firingTimes } from '#lib/rules/firing-times';
import { ACCOUNT_ID } from './account.ts';
import type { ScheduleDescription, Times } from './description.ts';

interface ScheduleOptions {
  readonly region: string;
  readonly clock: Clock;
  /** Sends the event to the function; nobody waits for the answer. */
  readonly fire: (functionName: string, payload: string) => void;
}

/** A timer takes no longer delay: beyond it, it fires at once. */
const longestSleepMs = 2 ** 31 - 1;

/**
 * Fires every schedule at its times until the returned function is called. A time that passed while the machine slept is
 * made up for once, not for each time missed.
 */
export function startSchedules(
  schedules: readonly ScheduleDescription[],
  options: ScheduleOptions,
): () => void {
  const stopping = new AbortController();
  const planned = schedules.map((schedule) => ({
    schedule,
    nextRun: nextRunOf(schedule.times, options.clock.now()),
  }));
  for (const { schedule, nextRun } of planned) void run(schedule, nextRun, options, stopping.signal);
  return () => stopping.abort();
}

async function run(
  schedule: ScheduleDescription,
  nextRun: NextRun,
  { region, clock, fire }: ScheduleOptions,
  signal: AbortSignal,
): Promise<void> {
  for (let dueMs = nextRun(clock.now()); dueMs !== undefined; dueMs = nextRun(clock.now())) {
    while (clock.now() < dueMs) {
      const slept = await sleep(clock, Math.min(dueMs - clock.now(), longestSleepMs), signal);
      if (!slept) return;
    }
    fire(schedule.functionName, scheduledEvent(schedule, region, dueMs));
  }
}

/** False when the signal ended it. */
async function sleep(clock: Clock, durationMs: number, signal: AbortSignal): Promise<boolean> {
  return clock.sleep(durationMs, signal).then(
    () => true,
    () => false,
  );
}

/** The first time after another, or undefined when there is none left. */
type NextRun = (afterMs: number) => number | undefined;

/** A rate counts from its start, not from the wall clock. */
function nextRunOf(times: Times, startMs: number): NextRun {
  if ('cron' in times) {
    const firings = firingTimes(times);
    return (afterMs) => firings.first(afterMs);
  }
  const everyMs = times.everyMinutes * 60_000;
  return (afterMs) => startMs + Math.max(1, Math.floor((afterMs - startMs) / everyMs) + 1) * everyMs;
}

/**
 * The event's JSON text: the target's own input, or the service's event. Scheduler's `detail` is the text `{}`, a rule's
 * is an object; Scheduler fills context attributes into an input (EventBridge Scheduler User Guide, "Adding context
 * attributes").
 */
export function scheduledEvent(schedule: ScheduleDescription, region: string, dueMs: number): string {
  const time = new Date(dueMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
  const id: string = randomUUID();
  if (schedule.input !== undefined) {
    if (schedule.kind === 'rule') return schedule.input;
    return schedule.input
      .replaceAll('<aws.scheduler.schedule-arn>', schedule.arn)
      .replaceAll('<aws.scheduler.scheduled-time>', time)
      .replaceAll('<aws.scheduler.execution-id>', id)
      .replaceAll('<aws.scheduler.attempt-number>', '1');
  }
  return JSON.stringify({
    version: '0',
    id,
    'detail-type': 'Scheduled Event',
    source: schedule.kind === 'rule' ? 'aws.events' : 'aws.scheduler',
    account: ACCOUNT_ID,
    time,
    region,
    resources: [schedule.arn],
    detail: schedule.kind === 'rule' ? {} : '{}',
  });
}
