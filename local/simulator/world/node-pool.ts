import * as z from 'zod';
import type { Node } from './node.ts';
import type { NodePhase } from './node-state.ts';

export const NodeNetwork = z.strictObject({
  vpc: z.string().optional(),
  subnet: z.string().optional(),
  securityGroups: z.array(z.string()).optional(),
});

export const Taint = z.strictObject({
  key: z.string().min(1),
  value: z.string().optional(),
  effect: z.string().min(1),
});

/** UserTag (update-node-pool, Table 8): the key "cannot start with CCE- or __type_baremetal". */
export const UserTag = z.strictObject({
  key: z
    .string()
    .min(1)
    .regex(/^(?!CCE-|__type_baremetal)/, { error: 'cannot start with CCE- or __type_baremetal' }),
  value: z.string(),
});

/** The pages disagree on `type`: `hyperinstance` (three of them) or `rack` (update-node-pool), docs/design/modelarts-api.md 10 #12. */
export const CreatingStep = z.strictObject({
  step: z.int().optional(),
  type: z.enum(['hyperinstance', 'rack']).optional(),
});

/** The page's PoolResource (update-node-pool, Table 5 and those below it). */
export const PoolResource = z.strictObject({
  flavor: z.string().min(1),
  count: z.int().nonnegative(),
  maxCount: z.int().nonnegative(),
  azs: z.array(z.strictObject({ az: z.string().min(1), count: z.int().nonnegative() })).optional(),
  nodePool: z.string().optional(),
  taints: z.array(Taint).optional(),
  labels: z.record(z.string(), z.string()).optional(),
  tags: z.array(UserTag).optional(),
  network: NodeNetwork.optional(),
  extendParams: z.record(z.string(), z.string()).optional(),
  creatingStep: CreatingStep.optional(),
  os: z
    .strictObject({
      name: z.string().optional(),
      imageId: z.string().optional(),
      imageType: z.literal('private').optional(),
    })
    .optional(),
});
export type PoolResource = z.output<typeof PoolResource>;

export interface NodePool {
  readonly name: string;
  resources: PoolResource;
  /** It was deleted, and goes with its last node. */
  deleting: boolean;
}

// A node that checks itself accepts no work yet: it is still being created.
const countedAs = {
  Creating: 'creating',
  Checking: 'creating',
  Available: 'available',
  Abnormal: 'abnormal',
  Deleting: 'deleting',
} as const satisfies Record<NodePhase, string>;

/** `status.resources`: one count per state, without empty states (delete-node-pool, Tables 12 and 13). */
export const renderResourceCounts = ({ name, resources }: NodePool, nodes: readonly Node[]) =>
  Object.fromEntries(
    Map.groupBy(nodes, (node) => countedAs[node.phase])
      .entries()
      .map(([state, counted]) => [
        state,
        {
          nodePool: name,
          flavor: resources.flavor,
          count: counted.length,
          maxCount: counted.length,
          azs: [...Map.groupBy(counted, (node) => node.az)].map(([az, inZone]) => ({
            az,
            count: inZone.length,
          })),
        },
      ]),
  );

/** The node pool as `GET …/nodepools` shows it; `nodes` are its own (delete-node-pool, Tables 2 to 14). */
export const renderNodePool = (nodePool: NodePool, nodes: readonly Node[]) => ({
  kind: 'NodePool',
  apiVersion: 'v2',
  metadata: { name: nodePool.name },
  spec: { resources: nodePool.resources },
  status: { resources: renderResourceCounts(nodePool, nodes) },
});
