import type { Rules } from '#lib/rules/rules';
import type { StartingPool } from '#local/rehearsal/pools';
import type { History } from './history.ts';
import { replayableSchedules } from './schedules.ts';

/** The facts that the replay of a history does not know, each in a sentence with its consequence. */
export function unknowns(
  history: History,
  rules: Rules,
  pools: readonly StartingPool[],
  known: ReadonlyMap<string, number>,
): string[] {
  const small = pools.filter(({ name, nodes }) => nodes.length === known.get(name)).map(({ name }) => name);
  const byPhase = rules.rules.filter(({ phase }) => phase !== undefined).map(({ name }) => name);
  return [
    'No history has the answers of ModelArts: phases, drivers, workloads and jobs follow from the assumptions.',
    'After a repair that helps, the alert ends a minute later, although the history may have it for longer.',
    ...(small.length > 0
      ? [
          `Pools have only the nodes that the alerts name: ${small.join(', ')}. Shares in budgets are of these nodes. Give --size or --nodes.`,
        ]
      : []),
    ...(byPhase.length > 0
      ? [`Rules ask for the phase of the node, which is assumed: ${byPhase.join(', ')}.`]
      : []),
    ...(history.isExcerpt
      ? ['An export has excerpts of labels, and no annotations: conditions on annotations never hold.']
      : []),
    ...(history.isInterpolated
      ? [
          'The input has only the beginning and the end of alerts. The deliveries between them are assumed (--repeat-interval).',
        ]
      : []),
    ...[...history.leftOut].map(([why, count]) => `${count} entries are left out: ${why}.`),
    ...replayableSchedules(rules, pools).leftOut.map(
      (schedule) =>
        `The schedule ${schedule.name} does not run: no node of the input is in its node pool${'nodePool' in schedule ? ` ${schedule.nodePool}` : ''}. Give --nodes with an answer of the API.`,
    ),
    ...(rules.tagPolicies.length > 0
      ? [
          'Tag policies do not run: neither a history nor the API shows the tags of the nodes, on which their commands depend.',
        ]
      : []),
  ];
}
