import * as z from 'zod';
import { SaneTime } from '#lib/bounds';

/** The event of EventBridge for a rule with a schedule. Only its time is read. */
export const ScheduledEvent = z.looseObject({ time: SaneTime });
export type ScheduledEvent = z.output<typeof ScheduledEvent>;

/** The event of EventBridge Scheduler for one entry of `schedules`: the entry, and its due time. */
export const ScheduleFiring = z.strictObject({ schedule: z.string().min(1).max(256), scheduledAt: SaneTime });
export type ScheduleFiring = z.output<typeof ScheduleFiring>;
