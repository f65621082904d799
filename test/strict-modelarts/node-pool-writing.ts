import type { Answer } from './answer.ts';
import { badRequest, nodePoolNotFound } from './page.ts';
import type { StrictPool } from './pool.ts';
import { showNodePool } from './shown.ts';

/** "Updating a Node Pool": answers the spec, and changes the nodes in its own time. */
export function updateNodePool(pool: StrictPool, name: string, body: unknown, now: number): Answer {
  const nodePool = pool.nodePools.get(name);
  if (!nodePool || nodePool.isDeleting()) return nodePoolNotFound;
  const { resources } = (body as { spec: { resources: Record<string, unknown> } }).spec;
  const { count, maxCount, flavor } = resources;
  if (flavor !== nodePool.flavor) return badRequest(' The flavor is not that of the node pool.');
  if ((resources['nodePool'] ?? name) !== name) return badRequest(' nodePool is another one.');
  const physical = (pool.plan.type ?? 'Dedicate') === 'Dedicate';
  if (physical ? maxCount !== count : Number(maxCount) < Number(count)) {
    return badRequest(' maxCount does not go with count.');
  }
  nodePool.patch(resources, now);
  return { status: 200, body: { spec: { resources: nodePool.resources } } };
}

/** "Deleting a Node Pool": answers it as it was, and deletes it in its own time. */
export function deleteNodePool(pool: StrictPool, name: string, now: number): Answer {
  const nodePool = pool.nodePools.get(name);
  if (!nodePool) return nodePoolNotFound;
  if (pool.plan.billing === 'yearly-monthly') return badRequest(' The pool is yearly/monthly.');
  if (pool.nodePools.size === 1) return badRequest(' It is the last node pool.');
  const nodes = pool.nodesIn(name);
  if (nodes.some(({ privateIp }) => pool.busyAddresses.has(privateIp))) {
    return badRequest(' The node pool is in use.');
  }
  const body = showNodePool(pool, nodePool);
  nodePool.deletedAt = now;
  for (const node of nodes) node.phase = 'Deleting';
  return { status: 200, body };
}
