import type { Call } from '#lib/ledger/call';
import type { NodePool } from '#lib/modelarts/replies/node-pool';
import type { View } from '#lib/verification/verification';
import { followings } from '#lib/verification/verifications';
import type { PoolReader } from './pool-reader.ts';

/** Reads what the verification of a call needs. Undefined: it could not be read. */
export async function readView(
  { action, pool, request, members }: Call,
  reader: PoolReader,
): Promise<View | undefined> {
  const view: View = { nodes: [], nodePools: [], destination: [] };
  switch (followings[action].needs) {
    case 'nodes': {
      const nodes = await reader.nodes();
      return nodes && { ...view, nodes };
    }
    case 'node-pools': {
      const nodePools = await reader.nodePools();
      return nodePools && { ...view, nodePools };
    }
    case 'absence': {
      const nodePools = await reader.nodePools();
      const targets = members.flatMap((member) => member.targets);
      const unknownNodePools = await unknownOf(targets, nodePools ?? [], reader);
      const isRead = nodePools !== undefined || unknownNodePools.length > 0;
      return isRead ? { ...view, nodePools: nodePools ?? [], unknownNodePools } : undefined;
    }
    case 'destination': {
      const to = typeof request['toPoolName'] === 'string' ? request['toPoolName'] : pool;
      const [nodes, destination] = await Promise.all([reader.nodes(), reader.nodes(to)]);
      return nodes && destination && { ...view, nodes, destination };
    }
  }
}

/** Asks for each node pool by itself, unless the list already shows that it is gone. */
async function unknownOf(
  targets: readonly string[],
  listed: readonly NodePool[],
  reader: PoolReader,
): Promise<string[]> {
  const open = targets.filter((target) => listed.length === 0 || listed.some(({ name }) => name === target));
  const unknown = await Promise.all(open.map((target) => reader.isUnknownNodePool(target)));
  return open.filter((_, index) => unknown[index]);
}
