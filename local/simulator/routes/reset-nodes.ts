import * as z from 'zod';
import { NODE_STATES } from '../world/node-state.ts';
import { startRollingJob } from '../world/rolling-job.ts';
import { NodeNames, nodesNamed, requireIdle } from './named-nodes.ts';
import { parseRequestBody } from './request-body.ts';
import { poolInPath, type Route } from './route.ts';

/** batch-reset-nodes, Tables 2 and 3. The fields of `nodeConfig` are the SDK's (docs/design/modelarts-api.md 10 #1), its limits #2's. */
const BatchReset = z.strictObject({
  nodeNames: NodeNames,
  rollingConfig: z.discriminatedUnion('strategy', [
    z.strictObject({ strategy: z.literal('RollingByNumber'), maxUnavailable: z.int().min(1) }),
    z.strictObject({ strategy: z.literal('RollingByPercent'), maxUnavailable: z.int().min(1).max(100) }),
  ]),
  nodeConfig: z.strictObject({
    os: z.string().optional(),
    name: z.string().optional(),
    imageId: z.string().optional(),
    imageType: z.string().optional(),
    runtime: z.enum(['docker', 'containerd']).optional(),
  }),
});
type BatchReset = z.output<typeof BatchReset>;

/** How many nodes of a reset are out at once. A percentage is a share of its nodes, rounded down, but at least one. */
export const maxAtOnce = ({
  rollingConfig: { strategy, maxUnavailable },
  nodeNames,
}: Pick<BatchReset, 'rollingConfig' | 'nodeNames'>): number =>
  strategy === 'RollingByNumber'
    ? maxUnavailable
    : Math.max(1, Math.floor((nodeNames.length * maxUnavailable) / 100));

/** batch-reset: wipes the nodes, as many at a time as `rollingConfig` allows. Refuses all if it must refuse one. */
export const batchResetNodes: Route = {
  endpoint: 'batch-reset-nodes',
  method: 'POST',
  path: '/v2/{project_id}/pools/{pool_name}/nodes/batch-reset',
  handle(request, world) {
    const pool = poolInPath(request, world);
    const body = parseRequestBody(request, BatchReset, 'application/json');
    const nodes = nodesNamed(pool, body.nodeNames);
    requireIdle(nodes);
    const job = startRollingJob(
      world,
      {
        type: 'reset-nodes',
        pool,
        nodes,
        maxAtOnce: maxAtOnce(body),
        inputs: body,
        begin: (node) => Object.assign(node, NODE_STATES.settingUp),
        nearEnd: (node) => Object.assign(node, NODE_STATES.checking),
      },
      request.subject,
    );
    return { job_id: job.id };
  },
};
