import { firingTimes } from '#lib/rules/firing-times';
import type { Schedule } from '#lib/rules/rules';
import { fireSchedule } from '#lib/schedule/fire';
import type { Rehearsal } from './rehearsal.ts';

const FUNCTION_TIMEOUT_MS = 60_000;

/** Fires each of these schedules at its times from `startMs` to `endMs`, as EventBridge Scheduler does. */
export function fireSchedules(
  { scheduler, invoke }: Pick<Rehearsal, 'scheduler' | 'invoke'>,
  schedules: readonly Schedule[],
  startMs: number,
  endMs: number,
): void {
  for (const schedule of schedules) {
    const firings = firingTimes(schedule);
    for (
      let atMs = firings.first(startMs - 1, endMs);
      atMs !== undefined;
      atMs = firings.first(atMs, endMs)
    ) {
      const firing = { schedule: schedule.name, scheduledAt: new Date(atMs).toISOString() };
      scheduler.at(
        atMs,
        () =>
          void invoke('scale-node-pools', FUNCTION_TIMEOUT_MS, (services, invocation) =>
            fireSchedule(firing, services, invocation),
          ),
      );
    }
  }
}
