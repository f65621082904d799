import { nodeActions } from '#lib/rules/action';
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
  const found = workOf(written, pools);
  if (!found) return [];
  const { pool, ...work } = found;
  const takesLong = work.action === 'reset-nodes' || work.action === 'migrate-nodes';
  return [
    {
      name,
      cron: daysOfWeek ? onDaysOfWeek(cron, daysOfWeek) : cron,
      timezone,
      mode,
      withinMs: within ?? (takesLong ? WITHIN_MS.ofNodes : WITHIN_MS.otherwise),
      interruptWorkloads,
      ...(deadline !== undefined && { deadline }),
      pool: poolName(pool, pools),
      ...work,
    },
  ];
}

function workOf(
  written: Written,
  pools: readonly PoolRules[],
): (ScheduledWork & { pool: string }) | undefined {
  for (const action of nodeActions) {
    const { [action]: work } = written;
    if (!work) continue;
    const { pool, nodes, ...parameters } = work;
    return { action, pool, nodes, parameters: toPoolId(parameters, pools) };
  }
  const { 'update-node-pool': update, 'delete-node-pool': deletion } = written;
  if (update) {
    const { resources, ...target } = update;
    return { action: 'update-node-pool', ...target, parameters: { spec: { resources } } };
  }
  return deletion && { action: 'delete-node-pool', ...deletion, parameters: {} };
}
