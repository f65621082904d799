import { isUnreadable, type NodeField, type PoolNode } from '#lib/modelarts/replies/pool-node';
import { anyMatches } from '#lib/rules/match';
import type { Healthy, Matcher } from '#lib/rules/rules';

/** `broken`: the node shows a wrong version. `unknown`: the node shows no version. */
export type Unmet = { state: 'broken' | 'unknown'; why: string };

/** A demand of the rules, and the versions that the node shows. */
type Demand = { what: string; field: NodeField; demanded: Matcher; shown: readonly (string | undefined)[] };

/**
 * The first unmet demand of the rules on a node, beside its phase. A wrong version comes before a missing one. Undefined: all
 * demands are met.
 */
export function unmetDemand(node: PoolNode, healthy: Healthy): Unmet | undefined {
  const unmet = demandsOf(node, healthy).flatMap((demand) => unmetOf(demand, node, healthy.absent) ?? []);
  return unmet.find(({ state }) => state === 'broken') ?? unmet[0];
}

function demandsOf(node: PoolNode, { driver, os, plugins = {} }: Healthy): Demand[] {
  return [
    ...(driver
      ? [
          {
            what: 'its driver',
            field: 'driverVersion' as const,
            demanded: driver,
            shown: [node.driverVersion],
          },
        ]
      : []),
    ...(os ? [{ what: 'its operating system', field: 'os' as const, demanded: os, shown: [node.os] }] : []),
    ...Object.entries(plugins).map(([name, demanded]) => ({
      what: `its plugin ${name}`,
      field: 'plugins' as const,
      demanded,
      shown: (node.plugins ?? []).filter((plugin) => plugin.name === name).map(({ version }) => version),
    })),
  ];
}

function unmetOf(
  { what, field, demanded, shown }: Demand,
  node: PoolNode,
  absent: Healthy['absent'],
): Unmet | undefined {
  const wanted = `the rules demand ${demanded.join(' or ')}`;
  if (isUnreadable(node, field)) return { state: 'unknown', why: `${what} cannot be read; ${wanted}` };
  const wrong = shown.find((version) => version !== undefined && !anyMatches(demanded, version));
  if (wrong !== undefined) return { state: 'broken', why: `${what} is ${wrong}; ${wanted}` };
  const isShown = shown.length > 0 && !shown.includes(undefined);
  return isShown || absent === 'well'
    ? undefined
    : { state: 'unknown', why: `${what} is not shown; ${wanted}` };
}
