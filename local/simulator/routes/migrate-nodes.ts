import { badRequest, poolNotFound } from '../api-error.ts';
import { createNodePool } from '../world/build-pool.ts';
import type { Node } from '../world/node.ts';
import type { NodePool } from '../world/node-pool.ts';
import { NODE_STATES } from '../world/node-state.ts';
import type { Pool } from '../world/pool.ts';
import { startRollingJob } from '../world/rolling-job.ts';
import type { SeededRandom } from '../world/seeded-random.ts';
import { BatchMigrate, type MigrateResourceSpec } from './migrate-body.ts';
import { nodesNamed, requireIdle } from './named-nodes.ts';
import { parseRequestBody } from './request-body.ts';
import { poolInPath, type Route } from './route.ts';

/** A Lite pool uses a cluster's name, a Standard pool the pool's id. Both are accepted (docs/design/modelarts-api.md 10 #22). */
const requireCluster = (field: string, name: string, pool: Pool, why: string): void => {
  if (name !== pool.clusterName && name !== pool.id)
    throw badRequest(
      `${field}: ${name} is not the cluster of pool ${pool.id} (${pool.displayName}), ${why}. Its cluster is ${pool.clusterName}; the id of the pool is taken in its place`,
    );
};

/** All nodes of a supernode move together, and their step must be given (batch-migrate-nodes, Table 3). */
const requireWholeSupernodes = (
  nodes: readonly Node[],
  pool: Pool,
  spec: MigrateResourceSpec | undefined,
): void => {
  const uids = new Set(nodes.flatMap((node) => node.supernode?.uid ?? []));
  if (uids.size === 0) return;
  const staying = pool.nodes
    .values()
    .find((node) => node.supernode !== undefined && uids.has(node.supernode.uid) && !nodes.includes(node));
  if (staying)
    throw badRequest(`node ${staying.name} is of the same supernode and must be migrated with the others`);
  if (spec?.creatingStep === undefined)
    throw badRequest('resourceSpec.creatingStep: needed to migrate a supernode');
};

const changeCount = (nodePool: NodePool | undefined, by: number): void => {
  if (nodePool === undefined) return;
  const { count, maxCount } = nodePool.resources;
  nodePool.resources = {
    ...nodePool.resources,
    count: Math.max(0, count + by),
    maxCount: Math.max(0, maxCount + by),
  };
};

/** The node pool that the nodes come into: an existing one of that name, or a new one as the request describes it. */
const targetNodePool = (pool: Pool, spec: MigrateResourceSpec, random: SeededRandom): NodePool => {
  const name = spec.nodePool ?? spec.extendParams?.nodePoolName ?? `${spec.flavor}-default`;
  const existing = pool.nodePools.get(name);
  if (existing) return existing;
  const created = createNodePool(name, spec.flavor, 0, random);
  const { labels, taints, tags, network, extendParams, creatingStep } = spec;
  const textParams = Object.entries(extendParams ?? {}).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  created.resources = {
    ...created.resources,
    ...(labels && { labels }),
    ...(taints && { taints }),
    ...(tags && { tags }),
    ...(network && { network }),
    ...(textParams.length > 0 && { extendParams: Object.fromEntries(textParams) }),
    ...(creatingStep && { creatingStep }),
  };
  pool.nodePools.set(name, created);
  return created;
};

/**
 * batch-migrate: the nodes leave their pool (`Deleting`), come up in the other (`Creating`) and are `Available` there, under
 * their old names. The job's type is the simulator's own word, because no page documents it (docs/design/modelarts-api.md 1.3).
 */
export const batchMigrateNodes: Route = {
  endpoint: 'batch-migrate-nodes',
  method: 'POST',
  path: '/v2/{project_id}/pools/{pool_name}/nodes/batch-migrate',
  handle(request, world) {
    const from = poolInPath(request, world);
    const body = parseRequestBody(request, BatchMigrate, 'application/json');
    const { toPoolName = from.id, resourceSpec } = body;
    const to = world.pools.get(toPoolName);
    if (to === undefined) throw poolNotFound();
    requireCluster('fromClusterName', body.fromClusterName, from, 'which the nodes are in');
    const why =
      body.toPoolName === undefined
        ? 'where the nodes stay, as there is no toPoolName: name the pool that they are to go to'
        : 'which toPoolName names';
    requireCluster('toClusterName', body.toClusterName, to, why);
    if (to !== from && resourceSpec === undefined)
      throw badRequest('resourceSpec: needed to migrate to another pool');
    const nodes = nodesNamed(from, body.migrateNodeNames);
    if (from.nodes.size < 2) throw badRequest('the pool has only one node');
    requireWholeSupernodes(nodes, from, resourceSpec);
    requireIdle(nodes);

    const move = (node: Node): void => {
      changeCount(from.nodePools.get(node.nodePool), -1);
      from.nodes.delete(node.name);
      const nodePool = targetNodePool(to, resourceSpec ?? { flavor: node.flavor }, world.random);
      changeCount(nodePool, 1);
      to.nodes.set(node.name, node);
      node.nodePool = nodePool.name;
      node.flavor = nodePool.resources.flavor;
      Object.assign(node, NODE_STATES.settingUp);
    };
    const job = startRollingJob(
      world,
      {
        type: 'migrate-nodes',
        pool: from,
        nodes,
        maxAtOnce: nodes.length,
        inputs: body,
        begin(node) {
          node.phase = 'Deleting';
        },
        nearEnd: move,
      },
      request.subject,
    );
    return { job_id: job.id };
  },
};
