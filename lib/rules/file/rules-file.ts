import * as z from 'zod';
import { byAction } from '#lib/actions/traits';
import { AlertRule } from './alert-rule.ts';
import { Duration, PositiveDuration } from './duration.ts';
import { Name } from './name.ts';
import { NotifyTarget } from './notify.ts';
import { Pool } from './pool.ts';
import { Schedule } from './schedule.ts';
import { TagPolicy } from './tag-policy.ts';
import { show } from './wording.ts';

const Polling = z.strictObject({
  first: Duration.prefault('90s').describe('How long after a call its job is looked at for the first time.'),
  every: PositiveDuration.prefault('30s').describe('How long until the next look.'),
});

const Deadlines = z.strictObject(
  byAction(({ deadline }) => PositiveDuration.prefault(deadline.default).describe(deadline.describe)),
);

/** The rules file as it is written; what refers to another part of it is checked by `referenceProblems`. */
export const RulesFile = z
  .strictObject(
    {
      pools: z
        .record(Name, Pool)
        .refine((pools) => Object.keys(pools).length > 0, { error: 'must not be empty' })
        .describe('The resource pools, each under a name of your own.'),
      rules: z
        .array(AlertRule)
        .prefault([])
        .describe('What to do about which alert; the first that matches counts.'),
      tagPolicies: z.array(TagPolicy).prefault([]).describe('Tags that nodes must or must not have.'),
      schedules: z.array(Schedule).prefault([]).describe('Changes of node pools at fixed times.'),
      polling: Polling.prefault({}).describe('How often a running job is looked at.'),
      deadlines: Deadlines.prefault({}).describe(
        'How long after its call an action may run before a person is told.',
      ),
      notify: z.array(NotifyTarget).prefault([]).describe('Who is told what.'),
    },
    { error: ({ code, input }) => (code === 'invalid_type' ? notAMap(input) : undefined) },
  )
  .meta({ title: 'Poolkeeper rules', description: 'The rules of Poolkeeper: docs/rules.md.' });
export type RulesFile = z.output<typeof RulesFile>;

function notAMap(input: unknown): string {
  return `the file must be a map with pools and rules: it is ${input === null ? 'empty' : show(input)}`;
}
