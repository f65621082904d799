import * as z from 'zod';
import { modes } from '../mode.ts';
import { Duration, PositiveDuration } from './duration.ts';
import { FieldPath } from './field-path.ts';
import { Healthy } from './healthy.ts';
import { ResolutionStep, Rung } from './ladder.ts';
import { Name, PoolReference } from './name.ts';
import { When } from './when.ts';
import { isNot } from './wording.ts';

const From = z.strictObject({ from: FieldPath.describe('The field of the alert, such as labels.instance.') });

const PoolFrom = From.extend({
  of: z
    .array(PoolReference)
    .min(1)
    .exactOptional()
    .describe('The pools of this file that it may name. Absent: every pool of this file.'),
});

/** The ledger keeps a bounded number of them for each node. */
const MAX_ROUNDS = 20;

/** docs/modelarts-api.md 2.2, `status.phase` of a node. */
const nodePhases = ['Available', 'Creating', 'Deleting', 'Abnormal', 'Checking'] as const;

const Rounds = z
  .strictObject({
    max: z.int().min(1).max(MAX_ROUNDS).prefault(3).describe('How often; a whole number from 1 on.'),
    within: PositiveDuration.prefault('7d').describe('Within which time.'),
  })
  .transform(({ max, within }) => ({ max, withinMs: within }));

export const AlertRule = z
  .strictObject({
    name: Name.describe('A name of your own, unique among the rules.'),
    when: When.prefault({}).describe(
      'Which alerts the rule is for: every condition given must hold. The first rule that matches an alert is the one that counts.',
    ),
    node: From.describe(
      'Where the alert names the node: by its name, or by its private IP, with or without a port.',
    ),
    pool: z
      .union([PoolReference.transform((name) => ({ name })), PoolFrom], {
        error: isNot(
          'the name of a pool of this file, nor a map such as { from: labels.pool, of: [train-a] }',
        ),
      })
      .describe('A pool of this file, or the field of the alert that holds its name or id.'),
    phase: z
      .array(z.enum(nodePhases))
      .min(1)
      .exactOptional()
      .describe('Act only while the API shows the node in one of these phases.'),
    mode: z
      .enum(modes)
      .prefault('observe')
      .describe(
        'act; observe, which only records what would have been done; approve, which waits for a person.',
      ),
    cooldown: Duration.prefault('1h').describe(
      'How long a node is left alone after a call about it, however that call ended.',
    ),
    maxEvidenceAge: PositiveDuration.prefault('1h').describe(
      'An alert older than this is no longer acted on.',
    ),
    interruptWorkloads: z
      .boolean()
      .prefault(false)
      .describe('Whether the node may be touched while it runs a workload.'),
    healthy: Healthy.exactOptional().describe(
      'The demands on a healthy node after the calls of this rule; each key in place of the same key of the pool.',
    ),
    rounds: Rounds.prefault({}).describe(
      'How often the ladder is begun for one node; after that a person is told at once.',
    ),
    ladder: z
      .array(Rung)
      .min(1)
      .describe('What to do, from the mildest; each rung is tried when the one before did not help.'),
    onResolved: z
      .array(ResolutionStep)
      .min(1)
      .exactOptional()
      .describe(
        'What is done when the alerts of the rule for a node have resolved, after its ladder has done something to it.',
      ),
  })
  .refine(({ ladder, onResolved }) => !onResolved || ladder.some(({ action }) => action !== 'notify'), {
    path: ['onResolved'],
    error: 'has nothing to undo: the ladder only tells somebody',
  })
  .transform(({ node, cooldown, maxEvidenceAge, ...rule }) => ({
    ...rule,
    node: node.from,
    cooldownMs: cooldown,
    maxEvidenceAgeMs: maxEvidenceAge,
  }));
