import { poolOf } from '#lib/rules/pool';
import type { Rules, Schedule } from '#lib/rules/rules';
import type { StartingPool } from '#local/rehearsal/pools';

/** The schedules of a rules file, by whether a replay knows the target of each. */
export type ReplayableSchedules = { replayed: readonly Schedule[]; leftOut: readonly Schedule[] };

/** A schedule for a node pool can be replayed only if the input, or a list of nodes, has nodes in that node pool. */
export function replayableSchedules(
  rules: Pick<Rules, 'schedules' | 'pools'>,
  pools: readonly StartingPool[],
): ReplayableSchedules {
  const isKnown = (schedule: Schedule): boolean => {
    if ('nodes' in schedule) return true;
    const name = poolOf(rules, schedule.pool)?.name;
    return pools.some(
      (pool) => pool.name === name && pool.nodes.some(({ nodePool }) => nodePool === schedule.nodePool),
    );
  };
  return {
    replayed: rules.schedules.filter(isKnown),
    leftOut: rules.schedules.filter((schedule) => !isKnown(schedule)),
  };
}
