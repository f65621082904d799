import * as z from 'zod';
import { byAction } from '#lib/actions/traits';
import { poolName, toPoolId } from '../pool.ts';
import { WAITS } from '../waits.ts';
import { AlertRule } from './alert-rule.ts';
import { Duration, PositiveDuration } from './duration.ts';
import { Name } from './name.ts';
import { NotifyTarget } from './notify.ts';
import { Pool } from './pool.ts';
import { Extends, Pack } from './rule-pack.ts';
import { Schedule } from './schedule.ts';
import { Senders, Sources } from './sources.ts';
import { TagPolicy } from './tag-policy.ts';
import { show } from './wording.ts';

const Polling = z
  .strictObject({
    first: Duration.prefault('90s').describe('The time between a call and the first poll of its job.'),
    every: PositiveDuration.prefault('30s').describe('The time between two polls.'),
  })
  .transform(({ first, every }) => ({ firstMs: first, everyMs: every }));

const Approvals = z.strictObject({
  by: z
    .enum(['anyone', 'another'])
    .prefault('anyone')
    .describe('Who may approve a plan. `another`: not the person who has ordered the command.'),
});

const Deadlines = z.strictObject(
  byAction(({ deadline }) => PositiveDuration.prefault(deadline.default).describe(deadline.describe)),
);

/**
 * The rules file: as input, the file as people write it; as output, the form that the functions carry. The output is plain JSON
 * with durations in milliseconds, with every default filled in, and with references to pools by their names in the file.
 * `referenceProblems` checks the references.
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
        .describe('The rules for alerts. For each alert, the first matching rule counts.'),
      tagPolicies: z.array(TagPolicy).prefault([]).describe('Tags that nodes must have or must not have.'),
      schedules: z.array(Schedule).prefault([]).describe('Changes of node pools at fixed times.'),
      polling: Polling.prefault({}).describe('How often Poolkeeper polls a running job.'),
      deadlines: Deadlines.prefault({}).describe(
        'How long an action may run after its call before people get a notice.',
      ),
      approvals: Approvals.prefault({}).describe('The approvals of plans.'),
      notify: z.array(NotifyTarget).prefault([]).describe('The recipients of notices.'),
      extends: Extends.exactOptional().describe(
        'Packs of rules for the faults in published tables of Huawei, such as pack/npu: docs/rules/pack.md. They come after the rules of this file.',
      ),
      pack: Pack.exactOptional().describe('The settings of the packs under extends.'),
      sources: Sources.exactOptional().describe('The trusted senders of alerts, besides those with a token.'),
      senders: Senders.exactOptional().describe(
        'The pools that a sender of alerts may reach, by the name of its token or the URN of its topic. Absent: every pool of this file.',
      ),
    },
    { error: ({ code, input }) => (code === 'invalid_type' ? notAMap(input) : undefined) },
  )
  .meta({ title: 'Poolkeeper rules', description: 'The rules of Poolkeeper: docs/rules/reference.md.' })
  .transform(({ pools: poolsByName, rules, tagPolicies, schedules, deadlines, notify, senders, ...rest }) => {
    // `parseRules` has replaced the packs by their rules.
    const { extends: _packs, pack: _settings, ...file } = rest;
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
      notify: notify.map((target) => ({
        ...target,
        ...(target.pools && { pools: target.pools.map(nameOf) }),
      })),
      ...(senders && {
        senders: Object.fromEntries(
          Object.entries(senders).map(([name, sender]) => [name, { pools: sender.pools.map(nameOf) }]),
        ),
      }),
      deadlinesMs: deadlines,
      waits: { ...WAITS },
    };
  });

function notAMap(input: unknown): string {
  return `the file must be a map with pools and rules, but it is ${input === null ? 'empty' : show(input)}`;
}
