import type { World } from '../world/world.ts';
import { deleteNodePool } from './delete-node-pool.ts';
import { listJobs, showJob } from './jobs.ts';
import { batchMigrateNodes } from './migrate-nodes.ts';
import { listNodePools, showNodePool } from './node-pools.ts';
import { listNodePoolNodes, listNodes, showNode } from './nodes.ts';
import { listPools, showPool } from './pools.ts';
import { nodesNamedIn } from './request-body.ts';
import { batchResetNodes } from './reset-nodes.ts';
import type { ApiRequest, Route } from './route.ts';
import { acceptScheduledEvent, listScheduledEvents } from './scheduled-events.ts';
import { updateNodePool } from './update-node-pool.ts';
import { batchUpdateNodes } from './update-nodes.ts';
import { listWorkloads, showWorkloadStatistics } from './workloads.ts';

const routes: readonly Route[] = [
  batchResetNodes,
  batchUpdateNodes,
  batchMigrateNodes,
  updateNodePool,
  deleteNodePool,
  listJobs,
  showJob,
  listPools,
  showPool,
  listWorkloads,
  showWorkloadStatistics,
  listNodes,
  showNode,
  listNodePools,
  showNodePool,
  listNodePoolNodes,
  listScheduledEvents,
  acceptScheduledEvent,
];

/** The names for faults. */
export const endpointNames: readonly string[] = routes.map(({ endpoint }) => endpoint);

const table = routes.map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}));

const decoded = (groups: Readonly<Record<string, string>>): Record<string, string> | undefined => {
  try {
    return Object.fromEntries(
      Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]),
    );
  } catch {
    return undefined;
  }
};

export interface RouteMatch {
  readonly route: Route;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** The route of a method and path, or undefined if the API has none. The path's parameters are decoded. */
export const findRoute = (method: string, path: string): RouteMatch | undefined => {
  for (const { route, pattern } of table) {
    const match = route.method === method ? pattern.exec(path) : null;
    const pathParameters = match && decoded(match.groups ?? {});
    if (pathParameters) return { route, pathParameters };
  }
  return undefined;
};

/** The subject of this request for faults. The lists of jobs and of scheduled events name their pool in the query. */
export const faultSubject = (
  { route, pathParameters }: RouteMatch,
  query: URLSearchParams,
  body: Uint8Array,
  world: World,
): ApiRequest['subject'] => {
  const poolId = pathParameters['pool_name'] ?? query.get('name') ?? query.get('poolName') ?? undefined;
  const node = pathParameters['node_name'];
  return {
    endpoint: route.endpoint,
    poolId,
    poolDisplayName: poolId === undefined ? undefined : world.pools.get(poolId)?.displayName,
    nodePool: pathParameters['nodepool_name'],
    nodes: node === undefined ? nodesNamedIn(body) : [node],
  };
};
