import * as z from 'zod';
import { namesAnotherNodePool } from '#lib/modelarts/node-pool-patch';
import { PoolResourceChange } from '#lib/modelarts/requests/patch-node-pool';
import { weekdayNames } from '../cron.ts';
import { modes } from '../rules.ts';
import { CronExpression, Timezone } from './cron.ts';
import { Name, PoolReference } from './name.ts';

const UpdateNodePool = z
  .strictObject({
    pool: PoolReference.describe('A pool of this file.'),
    nodePool: z.string().min(1).describe('The node pool to change.'),
    resources: PoolResourceChange.describe(
      'What to change, with the field names of the API; what is not named stays as it is, and null takes away.',
    ),
  })
  .refine(({ nodePool, resources }) => !namesAnotherNodePool(resources, nodePool), {
    path: ['resources', 'nodePool'],
    error: 'is not the node pool that the schedule changes: leave it out',
  });

export const Schedule = z
  .strictObject({
    name: Name.describe('A name of your own, unique among the schedules.'),
    cron: CronExpression.describe(
      'When: an EventBridge cron expression, six fields with ? in one of the two for days, such as "0 20 * * ? *".',
    ),
    timezone: Timezone.prefault('UTC').describe('The time zone of cron, such as Europe/Berlin.'),
    daysOfWeek: z
      .array(z.enum(weekdayNames))
      .min(1)
      .exactOptional()
      .describe('Only on these days; the two day fields of cron are then * and ?.'),
    mode: z.enum(modes).prefault('act').describe('As in a rule, but act unless told otherwise.'),
    'update-node-pool': UpdateNodePool.describe('Which node pool is changed, and how.'),
  })
  .refine(({ cron, daysOfWeek }) => daysOfWeek === undefined || dailyFields.test(cron.trim()), {
    path: ['daysOfWeek'],
    error: 'the day fields of cron must be * and ? where daysOfWeek says the days, as in "0 20 * * ? *"',
  });

const dailyFields = /^(\S+\s+\S+)\s+(?:\*\s+(\S+)\s+\?|\?\s+(\S+)\s+\*)\s+(\S+)$/;

/** Writes the days into an expression that fires daily. */
export function onDaysOfWeek(cron: string, daysOfWeek: readonly string[]): string {
  return cron
    .trim()
    .replace(dailyFields, (_, time: string, month?: string, otherMonth?: string, year?: string) => {
      return `${time} ? ${month ?? otherMonth} ${daysOfWeek.join(',')} ${year}`;
    });
}
