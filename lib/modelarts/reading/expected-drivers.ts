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

/**
 * Marks the driver as unknown on nodes that show none although they should.
 *
 * @param flavors flavors whose nodes show a driver
 * @param absent the meaning of a missing driver, from the rules file. Undefined: nodes of those flavors should show one.
 */
export function withExpectedDrivers(
  nodes: readonly PoolNode[],
  flavors: readonly string[],
  absent?: 'unknown' | 'well',
): PoolNode[] {
  return nodes.map((node) => {
    const { driverPhase, unreadable = [] } = node;
    const isExpected = absent === undefined ? flavors.includes(flavorOf(node)) : absent === 'unknown';
    return isExpected && driverPhase === undefined && !unreadable.includes('driverPhase')
      ? { ...node, driverMissing: true, unreadable: [...unreadable, 'driverPhase'] }
      : node;
  });
}

/** Describes the driver of a node, for the end of a text about the node. */
export function describeDriver({
  driverPhase,
  driverVersion,
  driverMissing,
  unreadable = [],
}: PoolNode): string {
  if (driverMissing) return ' (its driver is not shown)';
  if (unreadable.includes('driverPhase')) return ' (its driver cannot be read)';
  const version = driverVersion === undefined ? '' : ` (${driverVersion})`;
  return driverPhase === undefined ? ' (no driver is shown)' : `, and its driver ${driverPhase}${version}`;
}

function flavorOf({ flavor = '' }: PoolNode): string {
  return flavor;
}
