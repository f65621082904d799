import { traitsOf } from '#lib/actions/traits';
import type { Call } from '#lib/ledger/call';
import { nodePoolByName } from '#lib/modelarts/reading/follow';
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
  switch (traitsOf(action).needs) {
    case 'nodes': {
      const { items: nodes, unreadable } = await nodesOf(reader);
      return { ...view, nodes, unreadable: { nodes: unreadable } };
    }
    case 'node-pools': {
      const { items: nodePools, unreadable } = await nodePoolsOf(reader);
      if (!isVerified) return { ...view, nodePools, unreadable: { nodePools: unreadable } };
      const { items: nodes, unreadable: odd } = await nodesOf(reader);
      return { ...view, nodePools, nodes, unreadable: { nodePools: unreadable, nodes: odd } };
    }
    case 'absence': {
      const listed = await ifReadable(reader, () => nodePoolsOf(reader));
      // In a single poll only the answer about the node pool itself proves its absence. It also shows one that the list hides.
      const targets = members.flatMap((member) => member.targets);
      const answers = await Promise.all(targets.map((target) => nodePoolByName(reader, target)));
      const unknownNodePools = targets.filter((_, index) => answers[index] === 'none');
      const shown = answers.filter((answer) => answer !== 'none' && answer !== undefined);
      if (!listed && unknownNodePools.length + shown.length === 0) return undefined;
      const { items, unreadable } = listed ?? { items: [], unreadable: [] };
      const hidden = shown.filter(({ name }) => !items.some((item) => item.name === name));
      const nodePools = [...items, ...hidden];
      return { ...view, nodePools, unreadable: { nodePools: unreadable }, unknownNodePools };
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
