import * as z from 'zod';
import { nodeActions } from '../action.ts';
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

const kinds = [...nodeActions, 'notify'] as const;

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
    notify: Notify.exactOptional().describe('Tell every target under notify.'),
    verify: Verify.exactOptional().describe(
      'How the node must be after the action; without it the job alone decides.',
    ),
    deadline: Deadline.exactOptional().describe(
      'How long the action may run before a person is told, in place of its entry under deadlines; of a rolling reset, each turn.',
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
  })
  .meta({ oneOf: kinds.map((kind) => ({ required: [kind] })) });
