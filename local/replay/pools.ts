import { decide } from '#lib/alerts/decide';
import type { Target } from '#lib/alerts/target';
import { poolOf } from '#lib/rules/pool';
import type { Rules } from '#lib/rules/rules';
import type { StartingNode, StartingPool } from '#local/rehearsal/pools';
import type { HistoricNode, History } from './history.ts';

/** The pools of a replay, and where their nodes come from. */
export type ReplayPools = {
  pools: StartingPool[];
  /** By the name of the pool: nodes from the input or a list, and nodes that only fill it up. */
  known: ReadonlyMap<string, number>;
};

/**
 * Pools with every node that the alerts of a history are about, by the rules of each of these files, and with the listed nodes.
 *
 * @param sizes the number of nodes by the name of a pool; well nodes fill the rest. `*`: of each pool.
 */
export function poolsOf(
  history: History,
  listed: readonly HistoricNode[],
  files: readonly Rules[],
  sizes: ReadonlyMap<string, number>,
): ReplayPools {
  const byPool = new Map<string, Map<string, StartingNode>>();
  const place = (pool: string, node: StartingNode) => {
    const nodes = byPool.get(pool) ?? new Map<string, StartingNode>();
    byPool.set(pool, nodes);
    if (!nodes.has(node.name)) nodes.set(node.name, node);
  };
  const [first] = files;
  const nameOf = (pool: string) => first && poolOf(first, pool)?.name;
  for (const node of [...listed, ...history.nodes]) {
    const pool = node.pool === undefined ? first?.pools[0]?.name : nameOf(node.pool);
    if (pool !== undefined) place(pool, startingNode(node));
  }
  const addresses = new Set(
    [...byPool.values()].flatMap((nodes) => [...nodes.values()].map(({ privateIp }) => privateIp)),
  );
  const seen = new Set<string>();
  for (const { alerts } of history.deliveries)
    for (const alert of alerts) {
      const key = `${alert.source} ${alert.fingerprint}`;
      if (seen.has(key)) continue;
      seen.add(key);
      for (const rules of files)
        for (const { pool, target } of decide([alert], rules).findings)
          if (target.kind === 'name' || !addresses.has(target.address)) place(pool.name, nodeOf(target));
    }
  const known = new Map([...byPool].map(([pool, nodes]) => [pool, nodes.size]));
  const pools = (first?.pools ?? []).map(({ name, id }) => {
    const nodes = [...(byPool.get(name)?.values() ?? [])];
    const size =
      sizes.get(name) ?? (nodes.length > 0 ? sizes.get('*') : undefined) ?? Math.max(nodes.length, 1);
    return { name, id, nodes: [...nodes, ...fillers(name, size - nodes.length)] };
  });
  return { pools, known };
}

function startingNode({ name, address, nodePool, flavor, supernode }: HistoricNode): StartingNode {
  return {
    name,
    nodePool,
    supernode,
    ...(address !== undefined && { privateIp: address }),
    ...(flavor !== undefined && { flavor }),
  };
}

/** The node that an alert is about. A node with only an address gets a name from it. */
function nodeOf(target: Target): StartingNode {
  return target.kind === 'name'
    ? { name: target.name }
    : { name: `node-${target.address.replaceAll('.', '-')}`, privateIp: target.address };
}

function fillers(pool: string, count: number): StartingNode[] {
  const stem = pool.toLowerCase().replaceAll('_', '-');
  return Array.from({ length: Math.max(0, count) }, (_, index) => ({ name: `${stem}-quiet-${index + 1}` }));
}
