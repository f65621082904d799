import type { Rules } from '#lib/rules/rules';
import type { StartingNode, StartingPool } from '#local/rehearsal/pools';
import type { RuleTest } from './test-file.ts';

const DEFAULT_SIZE = 8;

/** The pools at the start of a test: every pool of the rules file, with its named nodes first, and well nodes up to its size. */
export function startingPools({ pools }: Rules, test: RuleTest): StartingPool[] {
  return pools.map(({ name, id }) => {
    const { size = DEFAULT_SIZE, nodes = {} } = test.pools[name] ?? {};
    const named = Object.entries(nodes).map(([node, fields]): StartingNode => {
      const { address, driver, redundant, workload, ...more } = fields;
      return {
        name: node,
        ...more,
        ...(address !== undefined && { privateIp: address }),
        ...(driver !== undefined && { driverPhase: driver }),
        ...(redundant !== undefined && { haRedundant: redundant }),
        ...(typeof workload === 'string' && { workload }),
      };
    });
    return { name, id, nodes: [...named, ...othersOf(name, size - named.length, nodes)] };
  });
}

/** Well nodes that are named after their pool: `train-a-1` and on. */
function othersOf(pool: string, count: number, named: Readonly<Record<string, unknown>>): StartingNode[] {
  const others: StartingNode[] = [];
  const stem = pool.toLowerCase().replaceAll('_', '-');
  for (let number = 1; others.length < count; number += 1) {
    const name = `${stem}-${number}`;
    if (!Object.hasOwn(named, name)) others.push({ name });
  }
  return others;
}
