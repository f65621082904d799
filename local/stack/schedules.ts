import type { Schedule } from '#lib/rules/rules';

/** The function that the schedules of the rules file start. */
export const STARTED_BY_SCHEDULES = 'scale-node-pools';

/** The input of a firing: the name of the schedule and its firing time. EventBridge Scheduler fills in the time. */
export function firingOf({ name }: Schedule): string {
  return JSON.stringify({ schedule: name, scheduledAt: '<aws.scheduler.scheduled-time>' });
}
