import * as z from 'zod';
import { actions, lastingActions } from '#lib/actions/traits';
import { weekdayNames } from '../cron.ts';
import { modes } from '../mode.ts';
import { CronExpression, Timezone } from './cron.ts';
import { DeadlineText, PositiveDuration } from './duration.ts';
import { Name } from './name.ts';
import { scheduledWork } from './scheduled-work.ts';

const HOUR_MS = 3_600_000;

/** The default of `within`. Commands for nodes run a few at a time, so they need longer than one command for a node pool. */
const WITHIN_MS = { ofNodes: 6 * HOUR_MS, otherwise: HOUR_MS };

export const Schedule = z
  .strictObject({
    name: Name.describe('A name of your own, unique among the schedules.'),
    cron: CronExpression.describe(
      'The firing times: an EventBridge cron expression of six fields, such as "0 20 * * ? *". One of the two day fields is ?.',
    ),
    timezone: Timezone.prefault('UTC').describe('The time zone of cron, such as Europe/Berlin.'),
    daysOfWeek: z
      .array(z.enum(weekdayNames))
      .min(1)
      .exactOptional()
      .describe('Only on these days. The two day fields of cron must then be * and ?.'),
    mode: z.enum(modes).prefault('act').describe('As in a rule, but the default is act.'),
    within: PositiveDuration.exactOptional().describe(
      `How long after its firing time the work may still begin, also for nodes that must wait. Default: 6h if nodes are ${lastingActions.map(({ participle }) => participle).join(' or ')}, otherwise 1h.`,
    ),
    deadline: DeadlineText.exactOptional().describe(
      'How long the action may run before people get a notice. It replaces the entry under deadlines. For a rolling reset, it limits each turn.',
    ),
    interruptWorkloads: z
      .boolean()
      .exactOptional()
      .describe('Whether Poolkeeper may work on nodes that run a workload. Absent: no.'),
    ...scheduledWork,
  })
  .superRefine((schedule, context) => {
    const present = actions.filter((action) => schedule[action] !== undefined);
    // An unknown key is probably the action, misspelled.
    if (present.length === 0 && context.issues.length === 0)
      context.addIssue(`names no action: add one of ${actions.join(', ')}`);
    if (present.length > 1)
      context.addIssue(`has ${present.join(' and ')} in one schedule: write one schedule for each`);
  })
  .refine(({ cron, daysOfWeek }) => daysOfWeek === undefined || dailyFields.test(cron.trim()), {
    path: ['daysOfWeek'],
    error: 'with daysOfWeek, the day fields of cron must be * and ?, as in "0 20 * * ? *"',
  })
  .meta({ oneOf: actions.map((action) => ({ required: [action] })) })
  .transform(({ name, cron, timezone, daysOfWeek, mode, within, interruptWorkloads, deadline, ...works }) => {
    // Exactly one is present: the check above has refused every other schedule.
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

/** Puts the days into the day-of-week field of an expression that fires daily. */
export function onDaysOfWeek(cron: string, daysOfWeek: readonly string[]): string {
  return cron
    .trim()
    .replace(dailyFields, (_, time: string, month?: string, otherMonth?: string, year?: string) => {
      return `${time} ? ${month ?? otherMonth} ${daysOfWeek.join(',')} ${year}`;
    });
}
