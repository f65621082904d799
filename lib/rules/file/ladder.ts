import * as z from 'zod';
import { namesAnotherNodePool } from '#lib/modelarts/node-pool-patch';
import { PoolResourceChange } from '#lib/modelarts/requests/patch-node-pool';
import { actions } from '../action.ts';
import { parameters } from '../parameters.ts';
import { Deadline, Duration, PositiveDuration } from './duration.ts';

const Verify = z
  .strictObject({
    healthyFor: Duration.describe('How long the node must be well without a break.'),
    within: PositiveDuration.describe('How long that may take after the action has ended.'),
  })
  .refine(({ healthyFor, within }) => healthyFor <= within, {
    error: 'healthyFor is longer than within: no node could ever pass',
  });

const Notify = z.strictObject({
  severity: z.string().min(1).exactOptional().describe('What the notification says it is, such as critical.'),
});

const nodePool = z
  .string()
  .min(1)
  .exactOptional()
  .describe('The name of the node pool. Absent: the one in which the node of the alert is, by its labels.');

const UpdateNodePool = z
  .strictObject({
    nodePool,
    resources: PoolResourceChange.describe(
      'What to change, with the field names of the API; what is not named stays as it is, and null takes away.',
    ),
  })
  .refine(({ nodePool: name, resources }) => name === undefined || !namesAnotherNodePool(resources, name), {
    path: ['resources', 'nodePool'],
    error: 'is not the node pool that the rung changes: leave it out',
  });

const kinds = [...actions, 'notify'] as const;

/** One rung: exactly one action or `notify`, under its own key. */
export const Rung = z
  .strictObject({
    'reset-nodes': parameters['reset-nodes']
      .exactOptional()
      .describe(
        'Reset the node to its initial state; its data is lost. Parameters: the request body of batch-reset.',
      ),
    'update-nodes': parameters['update-nodes']
      .exactOptional()
      .describe('Change tags or HA redundancy of the node. Parameters: the request body of batch-update.'),
    'migrate-nodes': parameters['migrate-nodes']
      .exactOptional()
      .describe('Move the node to another pool. Parameters: the request body of batch-migrate.'),
    'update-node-pool': UpdateNodePool.exactOptional().describe(
      'Change a node pool. One that would become smaller waits for an approval.',
    ),
    'delete-node-pool': z
      .strictObject({ nodePool })
      .exactOptional()
      .describe('Delete a node pool with all of its nodes, once a person has approved the plan.'),
    notify: Notify.exactOptional().describe('Tell every target under notify.'),
    verify: Verify.exactOptional().describe(
      'How the node must be after the action; without it the job alone decides.',
    ),
    deadline: Deadline.exactOptional().describe(
      'How long the action may run before a person is told, in place of its entry under deadlines; of a rolling reset, each turn.',
    ),
    wholeSupernode: z
      .enum(['members', 'any'])
      .exactOptional()
      .describe(
        'For nodes of a supernode, which moves as a whole. members (the default): once each of them was reported. any: when one of them was.',
      ),
  })
  .superRefine((rung, context) => {
    const present = kinds.filter((kind) => rung[kind] !== undefined);
    // An unknown key is probably the action, misspelled.
    if (present.length === 0 && context.issues.length === 0)
      context.addIssue(`names no action: one of ${kinds.join(', ')} is needed`);
    if (present.length > 1) {
      context.addIssue(`has ${present.join(' and ')} in one rung: begin a new list item (-) for each`);
    }
    if (rung.wholeSupernode !== undefined && present.length > 0 && !rung['migrate-nodes'])
      context.addIssue({
        code: 'custom',
        path: ['wholeSupernode'],
        message: 'belongs to migrate-nodes: nothing else moves a supernode',
      });
    if (rung.notify && rung.verify)
      context.addIssue({
        code: 'custom',
        path: ['verify'],
        message: 'belongs to an action: there is nothing to verify after notify',
      });
    if (rung.notify && rung.deadline !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['deadline'],
        message: 'belongs to an action: notify has nothing to wait for',
      });
    if (rung['delete-node-pool'] && rung.verify)
      context.addIssue({
        code: 'custom',
        path: ['verify'],
        message: 'cannot be: the node goes with its node pool',
      });
  })
  .meta({ oneOf: kinds.map((kind) => ({ required: [kind] })) });
