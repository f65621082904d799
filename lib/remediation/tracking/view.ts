import { traitsOf } from '#lib/actions/traits';
import type { Call } from '#lib/ledger/call';
import type { View } from '#lib/verification/verification';
import type { PoolReader } from './pool-reader.ts';

/** Reads what the verification of a call needs. Undefined: it could not be read. */
export async function readView(
  { action, pool, request, members }: Call,
  reader: PoolReader,
): Promise<View | undefined> {
  const view: View = { nodes: [], nodePools: [], destination: [] };
  switch (traitsOf(action).needs) {
    case 'nodes': {
      const nodes = await reader.nodes();
      return nodes && { ...view, nodes: nodes.items, unreadable: { nodes: nodes.unreadable } };
    }
    case 'node-pools': {
      const nodePools = await reader.nodePools();
      if (!nodePools) return undefined;
      return { ...view, nodePools: nodePools.items, unreadable: { nodePools: nodePools.unreadable } };
    }
    case 'absence': {
      const nodePools = await reader.nodePools();
      const targets = members.flatMap((member) => member.targets);
      const listed = nodePools?.items ?? [];
      const unknownNodePools = await unknownOf(targets, reader);
      if (nodePools === undefined && unknownNodePools.length === 0) return undefined;
      const unreadable = { nodePools: nodePools?.unreadable ?? [] };
      return { ...view, nodePools: listed, unreadable, unknownNodePools };
    }
    case 'destination': {
      const to = typeof request['toPoolName'] === 'string' ? request['toPoolName'] : pool;
      const [nodes, destination] = await Promise.all([reader.nodes(), reader.nodes(to)]);
      if (!nodes || !destination) return undefined;
      const unreadable = { nodes: nodes.unreadable, destination: destination.unreadable };
      return { ...view, nodes: nodes.items, destination: destination.items, unreadable };
    }
  }
}

/** Asks for each node pool by itself: that the API does not know it is the only proof that one look gives. */
async function unknownOf(targets: readonly string[], reader: PoolReader): Promise<string[]> {
  const unknown = await Promise.all(targets.map((target) => reader.isUnknownNodePool(target)));
  return targets.filter((_, index) => unknown[index]);
}
