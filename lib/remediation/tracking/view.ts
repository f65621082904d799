import { traitsOf } from '#lib/actions/traits';
import type { Call } from '#lib/ledger/call';
import { readByName, readMissing } from '#lib/modelarts/reading/node-pool-sighting';
import { plannedEventsOf } from '#lib/modelarts/reading/planned-events';
import { ifReadable, nodePoolsOf, nodesOf, type PoolReader } from '#lib/modelarts/reading/pool-reader';
import type { View } from '#lib/verification/verification';

/**
 * Reads the facts for the verification of a call. Undefined: they could not be read.
 *
 * @param of `isVerified`: a rule also verifies the node that caused a change of its node pool.
 */
export function readView(
  call: Call,
  reader: PoolReader,
  of: { isVerified?: boolean } = {},
): Promise<View | undefined> {
  return ifReadable(reader, () => viewOf(call, reader, of));
}

async function viewOf(
  { action, pool, request, members }: Call,
  reader: PoolReader,
  { isVerified = false }: { isVerified?: boolean },
): Promise<View | undefined> {
  const view: View = { nodes: [], nodePools: [], destination: [] };
  const targets = members.flatMap((member) => member.targets);
  switch (traitsOf(action).needs) {
    case 'nodes': {
      const { items: nodes, unreadable } = await nodesOf(reader);
      return { ...view, nodes, unreadable: { nodes: unreadable } };
    }
    case 'node-pools': {
      const listed = await nodePoolsOf(reader);
      const { items: nodePools, unreadable } = listed;
      const nodePoolsByName = await readMissing(reader, listed, targets);
      const ofNodePools = { ...view, nodePools, nodePoolsByName };
      if (!isVerified) return { ...ofNodePools, unreadable: { nodePools: unreadable } };
      const { items: nodes, unreadable: odd } = await nodesOf(reader);
      return { ...ofNodePools, nodes, unreadable: { nodePools: unreadable, nodes: odd } };
    }
    case 'absence': {
      const listed = await ifReadable(reader, () => nodePoolsOf(reader));
      // Only the answer about the node pool itself proves its absence. It also shows one that the list hides.
      const nodePoolsByName = await readByName(reader, targets);
      if (!listed && nodePoolsByName.size === 0) return undefined;
      const { items: nodePools, unreadable } = listed ?? { items: [], unreadable: [] };
      return { ...view, nodePools, unreadable: { nodePools: unreadable }, nodePoolsByName };
    }
    case 'scheduled-events': {
      const { items: plannedEvents } = await plannedEventsOf(reader);
      if (!isVerified) return { ...view, plannedEvents };
      const { items: nodes, unreadable } = await nodesOf(reader);
      return { ...view, plannedEvents, nodes, unreadable: { nodes: unreadable } };
    }
    case 'destination': {
      const to = typeof request['toPoolName'] === 'string' ? request['toPoolName'] : pool;
      const [nodes, destination] = await Promise.all([nodesOf(reader), nodesOf(reader, to)]);
      const unreadable = { nodes: nodes.unreadable, destination: destination.unreadable };
      return { ...view, nodes: nodes.items, destination: destination.items, unreadable };
    }
  }
}
