import { randomUUID } from 'node:crypto';
import type { Clock } from '#lib/clock';
import { firingTimes } from '#lib/rules/firing-times';
import { ACCOUNT_ID } from './account.ts';
import type { ScheduleDescription, Times } from './description.ts';

interface ScheduleOptions {
  readonly region: string;
  readonly clock: Clock;
  /** Sends the event to the function, without waiting for the answer. */
  readonly fire: (functionName: string, payload: string) => void;
}

/** A clock may be set while a schedule sleeps. After this long at most the schedule knows. */
const longestSleepMs = 10 * 60_000;

/** A clock that goes back by more was set. */
const setBackMs = 1_000;

/** Schedules that fire. */
export interface Schedules {
  /** Fires these and no others from now on. A schedule that stays the same keeps its times: a rate does not begin again. */
  replace(schedules: readonly ScheduleDescription[]): void;
  stop(): void;
}

/**
 * Fires every schedule at its times until it is stopped. If firing times pass while the machine sleeps, a schedule
 * fires once afterwards, not once for each missed time.
 */
export function startSchedules(
  schedules: readonly ScheduleDescription[],
  options: ScheduleOptions,
): Schedules {
  const running = new Map<string, AbortController>();

  function replace(wanted: readonly ScheduleDescription[]): void {
    const keys = new Set(wanted.map(keyOf));
    for (const [key, stopping] of running) {
      if (keys.has(key)) continue;
      stopping.abort();
      running.delete(key);
    }
    const added = wanted.filter((schedule) => !running.has(keyOf(schedule)));
    const planned = added.map((schedule) => ({
      schedule,
      nextRun: nextRunOf(schedule.times, options.clock.now()),
    }));
    for (const { schedule, nextRun } of planned) {
      const stopping = new AbortController();
      running.set(keyOf(schedule), stopping);
      void run(schedule, nextRun, options, stopping.signal);
    }
  }

  replace(schedules);
  return { replace, stop: () => replace([]) };
}

function keyOf(schedule: ScheduleDescription): string {
  return JSON.stringify(schedule);
}

async function run(
  schedule: ScheduleDescription,
  nextRun: NextRun,
  { region, clock, fire }: ScheduleOptions,
  signal: AbortSignal,
): Promise<void> {
  let next = nextRun;
  for (let dueMs = next(clock.now()); dueMs !== undefined; dueMs = next(clock.now())) {
    for (let now = clock.now(); now < dueMs; ) {
      const slept = await sleep(clock, Math.min(dueMs - now, longestSleepMs), signal);
      if (!slept) return;
      const before = now;
      now = clock.now();
      if (now >= before - setBackMs) continue;
      // The clock was set back: a rate counts from here, and would otherwise stand still until the clock has caught up.
      next = nextRunOf(schedule.times, now);
      dueMs = next(now) ?? dueMs;
    }
    fire(schedule.functionName, scheduledEvent(schedule, region, dueMs));
  }
}

/** @returns false if the signal ended the sleep */
async function sleep(clock: Clock, durationMs: number, signal: AbortSignal): Promise<boolean> {
  return clock.sleep(durationMs, signal).then(
    () => true,
    () => false,
  );
}

/** The first firing time after a time; undefined if none is left. */
type NextRun = (afterMs: number) => number | undefined;

/** A rate counts from its start, not by the wall clock. */
function nextRunOf(times: Times, startMs: number): NextRun {
  if ('cron' in times) {
    const firings = firingTimes(times);
    return (afterMs) => firings.first(afterMs);
  }
  const everyMs = times.everyMinutes * 60_000;
  return (afterMs) => startMs + Math.max(1, Math.floor((afterMs - startMs) / everyMs) + 1) * everyMs;
}

/**
 * The JSON text of the event: the input of the schedule, or else the service's own event. In Scheduler's event, `detail` is the text
 * `{}`; in a rule's event, it is an object. Scheduler fills context attributes into an input (EventBridge Scheduler User Guide,
 * "Adding context attributes").
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
