import type { RulesFile } from '#lib/rules/file/rules-file';
import { poolName, toPoolId } from '#lib/rules/pool';
import type { ActionRung, AlertRule, PoolRules, ResolutionStep, Rules, Rung } from '#lib/rules/rules';
import { WAITS } from '#lib/rules/waits';
import { compileSchedule } from './compile-schedule.ts';

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
  const {
    notify,
    'migrate-nodes': migration,
    'reset-nodes': reset,
    'update-nodes': update,
    'update-node-pool': change,
    'delete-node-pool': deletion,
    verify: wait,
    deadline,
    wholeSupernode,
  } = rung;
  const times: Pick<ActionRung, 'verify' | 'deadlineMs'> = {
    ...(wait && { verify: { healthyForMs: wait.healthyFor, withinMs: wait.within } }),
    ...(deadline !== undefined && { deadlineMs: deadline }),
  };
  if (notify) return [{ action: 'notify', ...notify }];
  if (reset) return [{ action: 'reset-nodes', parameters: reset, ...times }];
  if (update) return [{ action: 'update-nodes', parameters: update, ...times }];
  if (migration) {
    const whole = wholeSupernode === 'any' ? { wholeSupernode } : {};
    return [{ action: 'migrate-nodes', parameters: toPoolId(migration, pools), ...times, ...whole }];
  }
  if (change) {
    const { resources, ...target } = change;
    return [{ action: 'update-node-pool', ...target, parameters: { spec: { resources } }, ...times }];
  }
  return deletion ? [{ action: 'delete-node-pool', ...deletion, parameters: {}, ...times }] : [];
}
