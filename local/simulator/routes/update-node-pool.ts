import * as z from 'zod';
import { badRequest } from '../api-error.ts';
import { mergePatch } from '../world/merge-patch.ts';
import { NodeNetwork, PoolResource } from '../world/node-pool.ts';
import { nodesOf } from '../world/pool.ts';
import { isRemovable, scale } from '../world/scaling.ts';
import { nodePoolOf } from './node-pools.ts';
import { parseRequestBody } from './request-body.ts';
import { poolInPath, type Route } from './route.ts';

const { flavor, count, maxCount, ...optional } = PoolResource.shape;

/**
 * update-node-pool, Tables 3 to 11. `flavor`, `count` and `maxCount` are mandatory in every patch; any other field may be
 * null, which removes it, as a merge patch does.
 */
const NodePoolPatch = z.strictObject({
  spec: z.strictObject({
    resources: z.strictObject({
      flavor,
      count,
      maxCount,
      azs: optional.azs.nullable(),
      nodePool: optional.nodePool,
      taints: optional.taints.nullable(),
      labels: z.record(z.string(), z.string().nullable()).nullable().optional(),
      tags: optional.tags.nullable(),
      network: z
        .strictObject({
          vpc: NodeNetwork.shape.vpc.nullable(),
          subnet: NodeNetwork.shape.subnet.nullable(),
          securityGroups: NodeNetwork.shape.securityGroups.nullable(),
        })
        .nullable()
        .optional(),
      extendParams: z.record(z.string(), z.string().nullable()).nullable().optional(),
      creatingStep: optional.creatingStep.nullable(),
      os: optional.os.nullable(),
    }),
  }),
});

/** Limit of one simulator before it gets slow. */
const maximumCount = 2000;

/** PATCH node pool: answers with the new `spec` at once and gets there slowly. It has no job: clients read the node pool. */
export const updateNodePool: Route = {
  endpoint: 'update-node-pool',
  method: 'PATCH',
  path: '/v2/{project_id}/pools/{pool_name}/nodepools/{nodepool_name}',
  handle(request, world) {
    const pool = poolInPath(request, world);
    const nodePool = nodePoolOf(request, pool);
    // The page demands merge-patch. Huawei's own SDK says JSON (docs/design/modelarts-api.md 10, row 15), which counts as the same.
    const body = parseRequestBody(request, NodePoolPatch, 'application/merge-patch+json', 'application/json');
    const { resources } = body.spec;
    if (nodePool.deleting) throw badRequest(`node pool ${nodePool.name} is being deleted`);
    if (resources.nodePool !== undefined && resources.nodePool !== nodePool.name) {
      throw badRequest('spec.resources.nodePool: is not the node pool in the path');
    }
    if (resources.flavor !== nodePool.resources.flavor) {
      throw badRequest(`spec.resources.flavor: the node pool has ${nodePool.resources.flavor}`);
    }
    if (resources.maxCount !== resources.count) {
      throw badRequest('spec.resources.maxCount: must equal count in a physical pool');
    }
    if (resources.count > maximumCount)
      throw badRequest(`spec.resources.count: the quota is ${maximumCount} nodes`);
    const nodes = nodesOf(pool, nodePool);
    const fixed = nodes.filter((node) => node.phase !== 'Deleting' && !isRemovable(node)).length;
    if (resources.count < Math.min(fixed, nodePool.resources.count)) {
      throw badRequest(`spec.resources.count: ${fixed} nodes are in use`);
    }
    nodePool.resources = PoolResource.parse(mergePatch(nodePool.resources, resources));
    scale(world, pool, nodePool, nodePool.resources.count);
    return { spec: { resources: nodePool.resources } };
  },
};
