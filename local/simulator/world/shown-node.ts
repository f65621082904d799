import { type Node, renderNode } from './node.ts';
import type { PoolResource } from './node-pool.ts';
import type { Pool } from './pool.ts';
import type { World } from './world.ts';

/** An entry of a list, and all that it was made of. */
type Shown = {
  entry: ReturnType<typeof renderNode>;
  node: Readonly<Node>;
  resources: PoolResource | undefined;
  without: World['settings']['nodeStatusWithout'];
};

/** The fields of a node that an entry shows, as far as they can change. */
const FIELDS = [
  'phase',
  'driverPhase',
  'workload',
  'workloadStatus',
  'haRedundant',
  'driverVersion',
  'os',
  'plugins',
  'flavor',
  'nodePool',
  'privateIp',
] as const satisfies readonly (keyof Node)[];

const shown = new WeakMap<Node, Shown>();

/** The node as the API shows it. It is the same object as before, if nothing of it has changed: no reader may change it. */
export function shownNode(node: Node, pool: Pool, world: World): Shown['entry'] {
  const nodePool = pool.nodePools.get(node.nodePool);
  const { nodeStatusWithout: without } = world.settings;
  const known = shown.get(node);
  if (
    known &&
    known.resources === nodePool?.resources &&
    known.without === without &&
    FIELDS.every((field) => known.node[field] === node[field])
  )
    return known.entry;
  const entry = renderNode(node, nodePool, pool.clusterName, world);
  shown.set(node, { entry, node: { ...node }, resources: nodePool?.resources, without });
  return entry;
}
