import * as z from 'zod';
import { actions, lastingActions } from '#lib/actions/traits';
import { weekdayNames } from '../cron.ts';
import { modes } from '../mode.ts';
import { CronExpression, Timezone } from './cron.ts';
import { DeadlineText, PositiveDuration } from './duration.ts';
import { Name } from './name.ts';
import { scheduledWork } from './scheduled-work.ts';

const HOUR_MS = 3_600_000;

/** How long a scheduled command may wait. Commands for nodes go a few at a time and need longer than one for a node pool. */
const WITHIN_MS = { ofNodes: 6 * HOUR_MS, otherwise: HOUR_MS };

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
    within: PositiveDuration.exactOptional().describe(
      `How long after its time it may still be begun, for nodes that have to wait too. By default 6h where nodes are ${lastingActions.map(({ participle }) => participle).join(' or ')}, otherwise 1h.`,
    ),
    deadline: DeadlineText.exactOptional().describe(
      'How long the action may run before a person is told, in place of its entry under deadlines; of a rolling reset, each turn.',
    ),
    interruptWorkloads: z
      .boolean()
      .exactOptional()
      .describe('Whether nodes may be touched that run a workload. Absent: no.'),
    ...scheduledWork,
  })
  .superRefine((schedule, context) => {
    const present = actions.filter((action) => schedule[action] !== undefined);
    // An unknown key is probably the action, misspelled.
    if (present.length === 0 && context.issues.length === 0)
      context.addIssue(`does nothing: one of ${actions.join(', ')} is needed`);
    if (present.length > 1)
      context.addIssue(`has ${present.join(' and ')} in one schedule: write one schedule for each`);
  })
  .refine(({ cron, daysOfWeek }) => daysOfWeek === undefined || dailyFields.test(cron.trim()), {
    path: ['daysOfWeek'],
    error: 'the day fields of cron must be * and ? where daysOfWeek says the days, as in "0 20 * * ? *"',
  })
  .meta({ oneOf: actions.map((action) => ({ required: [action] })) })
  .transform(({ name, cron, timezone, daysOfWeek, mode, within, interruptWorkloads, deadline, ...works }) => {
    // There is one: a schedule with none, or with several, has been refused.
    const [work = z.NEVER] = actions.flatMap((action) => works[action] ?? []);
    const takesLong = lastingActions.some((lasting) => lasting.name === work.action);
    return {
      name,
      cron: daysOfWeek ? onDaysOfWeek(cron, daysOfWeek) : cron,
      timezone,
      mode,
      withinMs: within ?? (takesLong ? WITHIN_MS.ofNodes : WITHIN_MS.otherwise),
      interruptWorkloads: interruptWorkloads ?? false,
      ...(deadline !== undefined && { deadline }),
      ...work,
    };
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
