import * as z from 'zod';
import { namesAnotherNodePool } from '#lib/modelarts/requests/node-pool-patch';
import { PoolResourceChange } from '#lib/modelarts/requests/patch-node-pool';
import { actions } from '../action.ts';
import { parameters } from '../parameters.ts';
import { modes } from '../rules.ts';
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

/** What a rung and a step of `onResolved` may be: one action or `notify`, each under its own key. */
const oneOfThese = {
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
  deadline: Deadline.exactOptional().describe(
    'How long the action may run before a person is told, in place of its entry under deadlines; of a rolling reset, each turn.',
  ),
};

type Written = { [Kind in (typeof kinds)[number] | 'deadline']?: unknown };

function needsOneKind(written: Written, context: z.RefinementCtx, what: string): void {
  const present = kinds.filter((kind) => written[kind] !== undefined);
  // An unknown key is probably the action, misspelled.
  if (present.length === 0 && context.issues.length === 0)
    context.addIssue(`names no action: one of ${kinds.join(', ')} is needed`);
  if (present.length > 1) {
    context.addIssue(`has ${present.join(' and ')} in one ${what}: begin a new list item (-) for each`);
  }
  if (written.notify !== undefined && written.deadline !== undefined)
    context.addIssue({
      code: 'custom',
      path: ['deadline'],
      message: 'belongs to an action: notify has nothing to wait for',
    });
}

const oneKind = { oneOf: kinds.map((kind) => ({ required: [kind] })) };

/** One rung: exactly one action or `notify`. */
export const Rung = z
  .strictObject({
    ...oneOfThese,
    verify: Verify.exactOptional().describe(
      'How the node must be after the action; without it the job alone decides.',
    ),
    wholeSupernode: z
      .enum(['members', 'any'])
      .exactOptional()
      .describe(
        'For nodes of a supernode, which moves as a whole. members (the default): once each of them was reported. any: when one of them was.',
      ),
  })
  .superRefine((rung, context) => {
    needsOneKind(rung, context, 'rung');
    if (
      rung.wholeSupernode !== undefined &&
      kinds.some((kind) => kind !== 'migrate-nodes' && rung[kind] !== undefined)
    )
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
    if (rung['delete-node-pool'] && rung.verify)
      context.addIssue({
        code: 'custom',
        path: ['verify'],
        message: 'cannot be: the node goes with its node pool',
      });
  })
  .meta(oneKind);

/** What cannot be undone by hand afterwards: a step must say that it is meant. */
const WIPING = ['reset-nodes', 'migrate-nodes'] as const;

/** One step of what a rule does when its alerts have resolved. */
export const ResolutionStep = z
  .strictObject({
    ...oneOfThese,
    mode: z
      .enum(modes)
      .exactOptional()
      .describe(
        'As in a rule, for this step: the more cautious of the two counts. Required where a node is reset or moved.',
      ),
  })
  .superRefine((step, context) => {
    needsOneKind(step, context, 'step');
    const wiping = WIPING.find((action) => step[action] !== undefined);
    if (wiping && step.mode === undefined)
      context.addIssue(
        `${wiping} is done to a node whose alert has resolved: say mode: approve, or mode: act, if that is meant`,
      );
  })
  .meta(oneKind);
