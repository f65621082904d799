import type { Schedule } from '#lib/rules/rules';

/** The function that the schedules of the rules file start. */
export const STARTED_BY_SCHEDULES = 'scale-node-pools';

/** What a schedule sends: which one it is and for when. EventBridge Scheduler fills in the time. */
export function firingOf({ name }: Schedule): string {
  return JSON.stringify({ schedule: name, scheduledAt: '<aws.scheduler.scheduled-time>' });
}
