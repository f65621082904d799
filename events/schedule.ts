import * as z from 'zod';
import { SaneTime } from '#lib/bounds';

/** What EventBridge sends when a rule with a schedule fires; only its time is read. */
export const ScheduledEvent = z.looseObject({ time: SaneTime });
export type ScheduledEvent = z.output<typeof ScheduledEvent>;

/** What EventBridge Scheduler sends for one entry of `schedules`: the entry, and the time for which it was due. */
export const ScheduleFiring = z.strictObject({ schedule: z.string().min(1).max(256), scheduledAt: SaneTime });
export type ScheduleFiring = z.output<typeof ScheduleFiring>;
