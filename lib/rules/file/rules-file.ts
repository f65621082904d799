import * as z from 'zod';
import { byAction } from '#lib/actions/traits';
import { poolName, toPoolId } from '../pool.ts';
import { WAITS } from '../waits.ts';
import { AlertRule } from './alert-rule.ts';
import { Duration, PositiveDuration } from './duration.ts';
import { Name } from './name.ts';
import { NotifyTarget } from './notify.ts';
import { Pool } from './pool.ts';
import { Schedule } from './schedule.ts';
import { TagPolicy } from './tag-policy.ts';
import { show } from './wording.ts';

const Polling = z
  .strictObject({
    first: Duration.prefault('90s').describe(
      'How long after a call its job is looked at for the first time.',
    ),
    every: PositiveDuration.prefault('30s').describe('How long until the next look.'),
  })
  .transform(({ first, every }) => ({ firstMs: first, everyMs: every }));

const Deadlines = z.strictObject(
  byAction(({ deadline }) => PositiveDuration.prefault(deadline.default).describe(deadline.describe)),
);

/**
 * The rules file as it is written, and as the functions carry it: plain JSON, durations in milliseconds, defaults filled in,
 * pools referred to by their name in the file. What refers to another part of it is checked by `referenceProblems`.
 */
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
  .meta({ title: 'Poolkeeper rules', description: 'The rules of Poolkeeper: docs/rules.md.' })
  .transform(({ pools: poolsByName, rules, tagPolicies, schedules, deadlines, ...file }) => {
    const pools = Object.entries(poolsByName).map(([name, pool]) => ({ name, ...pool }));
    const nameOf = (reference: string) => poolName(reference, pools);
    const withIds = <Work extends { action: string; parameters?: object }>(work: Work): Work =>
      work.parameters ? { ...work, parameters: toPoolId(work.parameters, pools) } : work;
    return {
      ...file,
      pools,
      rules: rules.map(({ pool, ladder, onResolved, ...rule }) => ({
        ...rule,
        pool:
          'name' in pool
            ? { name: nameOf(pool.name) }
            : { ...pool, ...(pool.of && { of: pool.of.map(nameOf) }) },
        ladder: ladder.map(withIds),
        ...(onResolved && { onResolved: onResolved.map(withIds) }),
      })),
      tagPolicies: tagPolicies.map((policy) => ({ ...policy, pool: nameOf(policy.pool) })),
      schedules: schedules.map((schedule) => withIds({ ...schedule, pool: nameOf(schedule.pool) })),
      deadlinesMs: deadlines,
      waits: { ...WAITS },
    };
  });

function notAMap(input: unknown): string {
  return `the file must be a map with pools and rules: it is ${input === null ? 'empty' : show(input)}`;
}
