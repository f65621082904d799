import type { Call } from '#lib/ledger/call';
import type { View } from '#lib/verification/verification';
import { followings } from '#lib/verification/verifications';
import type { PoolReader } from './pool-reader.ts';

/** Reads what the verification of a call needs. Undefined: it could not be read. */
export async function readView(
  { action, pool, request }: Call,
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
    case 'destination': {
      const to = typeof request['toPoolName'] === 'string' ? request['toPoolName'] : pool;
      const [nodes, destination] = await Promise.all([reader.nodes(), reader.nodes(to)]);
      return nodes && destination && { ...view, nodes, destination };
    }
  }
}
