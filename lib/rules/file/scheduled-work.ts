import * as z from 'zod';
import { namesAnotherNodePool } from '#lib/modelarts/requests/node-pool-patch';
import { PoolResourceChange } from '#lib/modelarts/requests/patch-node-pool';
import { parameters } from '../parameters.ts';
import { PoolReference } from './name.ts';
import { NodeSelector } from './tag-policy.ts';
import { show } from './wording.ts';

/** A node's name (metadata.name). */
const NodeName = z.string().min(1).max(253);

const NodeList = z
  .array(NodeName)
  .min(1)
  .max(500)
  .refine((names) => new Set(names).size === names.length, { error: 'names a node twice' });

const Selected = NodeSelector.superRefine(({ labels, ...fields }, context) => {
  // An unknown key is probably the condition, misspelled.
  if (Object.keys({ ...fields, ...labels }).length > 0 || context.issues.length > 0) return;
  const message = 'selects every node of the pool: write { name: "*" } where that is meant';
  // Goes on, so that it is this form that is meant, and told, of the two.
  context.addIssue({ code: 'custom', message, continue: true });
});

const onNodes = {
  pool: PoolReference.describe('A pool of this file.'),
  nodes: z
    .union([NodeList, Selected], {
      error: ({ input }) =>
        input === undefined
          ? 'is missing'
          : `${show(input)} is not a list of node names, nor a selector such as { nodePool: np-1 }`,
    })
    .describe(
      'Which nodes: a list of names, or a selector as in a tag policy, which is resolved at the time.',
    ),
};

const onNodePool = {
  pool: PoolReference.describe('A pool of this file.'),
  nodePool: z.string().min(1).describe('The name of the node pool.'),
};

/** What a schedule does, one key for each action. Beside the target stand the fields of the vendor's request body. */
export const scheduledWork = {
  'reset-nodes': parameters['reset-nodes']
    .safeExtend(onNodes)
    .describe('Reset nodes to their initial state, such as with another image; their data is lost.'),
  'update-nodes': parameters['update-nodes']
    .safeExtend(onNodes)
    .describe('Change tags or HA redundancy of nodes.'),
  'migrate-nodes': parameters['migrate-nodes'].safeExtend(onNodes).describe('Move nodes to another pool.'),
  'update-node-pool': z
    .strictObject({
      ...onNodePool,
      resources: PoolResourceChange.describe(
        'What to change, with the field names of the API; what is not named stays as it is, and null takes away.',
      ),
    })
    .refine(({ nodePool, resources }) => !namesAnotherNodePool(resources, nodePool), {
      path: ['resources', 'nodePool'],
      error: 'is not the node pool that the schedule changes: leave it out',
    })
    .describe('Change a node pool.'),
  'delete-node-pool': z
    .strictObject(onNodePool)
    .describe('Delete a node pool with all of its nodes, once a person has approved the plan.'),
};
