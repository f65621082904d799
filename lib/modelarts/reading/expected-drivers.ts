import type { PoolNode } from '#lib/modelarts/replies/pool-node';

/** Limit of the remembered flavors of a pool. */
const MAX_FLAVORS = 50;

/**
 * The flavors whose nodes show an accelerator's driver. Nodes without an accelerator show none, and an API may show
 * none at all. A flavor counts once all of its nodes have shown a driver, until several of them show none.
 *
 * @param known the result of earlier readings
 */
export function flavorsWithDriver(nodes: readonly PoolNode[], known: readonly string[]): string[] {
  const flavors = new Set(known);
  for (const [flavor, alike] of Map.groupBy(nodes, flavorOf)) {
    const showing = alike.filter(({ driverPhase }) => driverPhase !== undefined).length;
    if (showing === alike.length) flavors.add(flavor);
    if (showing === 0 && alike.length > 1) flavors.delete(flavor);
  }
  return [...flavors].slice(-MAX_FLAVORS).toSorted();
}

/** Marks the driver as unknown on nodes that show none although their flavor does. */
export function withExpectedDrivers(nodes: readonly PoolNode[], flavors: readonly string[]): PoolNode[] {
  return nodes.map((node) => {
    const { driverPhase, unreadable = [] } = node;
    const isMissing = driverPhase === undefined && flavors.includes(flavorOf(node));
    return isMissing && !unreadable.includes('driverPhase')
      ? { ...node, unreadable: [...unreadable, 'driverPhase'] }
      : node;
  });
}

function flavorOf({ flavor = '' }: PoolNode): string {
  return flavor;
}
