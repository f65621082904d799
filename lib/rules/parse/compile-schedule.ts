import { actions, isNodeAction, lastingActions, parametersInRules } from '#lib/actions/traits';
import type { RulesFile } from '#lib/rules/file/rules-file';
import { onDaysOfWeek } from '#lib/rules/file/schedule';
import { poolName, toPoolId } from '#lib/rules/pool';
import type { PoolRules, Schedule, ScheduledWork } from '#lib/rules/rules';

type Written = RulesFile['schedules'][number];

const HOUR_MS = 3_600_000;

/** Nodes are worked on a few at a time; a node pool is to be as it should be at its time, or soon after it. */
const WITHIN_MS = { ofNodes: 6 * HOUR_MS, otherwise: HOUR_MS };

/** The compiled form of one schedule; none for one without an action, which the schema does not let through. */
export function compileSchedule(written: Written, pools: readonly PoolRules[]): Schedule[] {
  const { name, cron, timezone, daysOfWeek, mode, within, interruptWorkloads = false, deadline } = written;
  return worksOf(written, pools).map(({ pool, ...work }) => {
    const takesLong = lastingActions.some((lasting) => lasting.name === work.action);
    return {
      name,
      cron: daysOfWeek ? onDaysOfWeek(cron, daysOfWeek) : cron,
      timezone,
      mode,
      withinMs: within ?? (takesLong ? WITHIN_MS.ofNodes : WITHIN_MS.otherwise),
      interruptWorkloads,
      ...(deadline !== undefined && { deadline }),
      pool: poolName(pool, pools),
      ...work,
    };
  });
}

function worksOf(written: Written, pools: readonly PoolRules[]): (ScheduledWork & { pool: string })[] {
  return actions.flatMap((action): (ScheduledWork & { pool: string })[] => {
    const { [action]: work } = written;
    if (!work) return [];
    const { pool, nodes, nodePool, ...fields } = work;
    const parameters = toPoolId(parametersInRules(action, fields), pools);
    if (isNodeAction(action)) return nodes ? [{ action, pool, nodes, parameters }] : [];
    return nodePool === undefined ? [] : [{ action, pool, nodePool, parameters }];
  });
}
