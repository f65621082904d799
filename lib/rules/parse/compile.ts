import { actions } from '#lib/actions/traits';
import type { RulesFile } from '#lib/rules/file/rules-file';
import { poolName } from '#lib/rules/pool';
import type { AlertRule, PoolRules, ResolutionStep, Rules, Rung, RungSettings } from '#lib/rules/rules';
import { WAITS } from '#lib/rules/waits';
import { compileSchedule } from './compile-schedule.ts';
import { compileWritten } from './compile-written.ts';

/** The compiled form of a rules file that has been found right. */
export function compile(file: RulesFile): Rules {
  const pools = Object.entries(file.pools).map(([name, pool]) => compilePool(name, pool));
  const { polling } = file;
  return {
    pools,
    rules: file.rules.map((rule) => compileRule(rule, pools)),
    tagPolicies: file.tagPolicies.map(({ reassert, ...policy }) => ({
      ...policy,
      pool: poolName(policy.pool, pools),
      reassertMs: reassert,
    })),
    schedules: file.schedules.flatMap((schedule) => compileSchedule(schedule, pools)),
    polling: { firstMs: polling.first, everyMs: polling.every },
    deadlinesMs: file.deadlines,
    notify: file.notify,
    waits: { ...WAITS },
  };
}

function compilePool(
  name: string,
  { windows, storm, breaker, ...pool }: RulesFile['pools'][string],
): PoolRules {
  return {
    name,
    ...pool,
    windows: windows.map(({ length, ...window }) => ({ ...window, lengthMs: length })),
    storm: { ...(storm.nodes && { nodes: storm.nodes }), withinMs: storm.within },
    breaker: { failures: breaker.failures, pauseMs: breaker.pause },
  };
}

function compileRule(rule: RulesFile['rules'][number], pools: PoolRules[]): AlertRule {
  const { pool, node, cooldown, maxEvidenceAge, rounds, ladder, onResolved, ...rest } = rule;
  return {
    ...rest,
    node: node.from,
    pool: compilePoolOfRule(pool, pools),
    cooldownMs: cooldown,
    maxEvidenceAgeMs: maxEvidenceAge,
    rounds: { max: rounds.max, withinMs: rounds.within },
    ladder: ladder.flatMap((rung) => compileRung(rung, pools)),
    ...(onResolved && {
      onResolved: onResolved.flatMap(({ mode, ...step }) =>
        compileRung(step, pools).map((rung): ResolutionStep => ({ ...rung, ...(mode && { mode }) })),
      ),
    }),
  };
}

function compilePoolOfRule(pool: RulesFile['rules'][number]['pool'], pools: PoolRules[]): AlertRule['pool'] {
  if (typeof pool === 'string') return { name: poolName(pool, pools) };
  const { from, of } = pool;
  return { from, ...(of && { of: of.map((reference) => poolName(reference, pools)) }) };
}

/** One rung for the one key that the schema lets through. */
function compileRung(rung: RulesFile['rules'][number]['ladder'][number], pools: PoolRules[]): Rung[] {
  const { notify, verify: wait, deadline, wholeSupernode } = rung;
  if (notify) return [{ action: 'notify', ...notify }];
  const settings: RungSettings = {
    ...(wait && { verify: { healthyForMs: wait.healthyFor, withinMs: wait.within } }),
    ...(deadline !== undefined && { deadlineMs: deadline }),
    ...(wholeSupernode === 'any' && { wholeSupernode }),
  };
  return actions.flatMap((action) => {
    const { [action]: written } = rung;
    return written ? [{ ...compileWritten(action, written, pools), ...settings }] : [];
  });
}
