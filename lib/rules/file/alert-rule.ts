import * as z from 'zod';
import { modes } from '../mode.ts';
import { Duration, PositiveDuration } from './duration.ts';
import { FieldPaths } from './field-path.ts';
import { Healthy } from './healthy.ts';
import { ResolutionStep, Rung } from './ladder.ts';
import { Name, PoolReference } from './name.ts';
import { When } from './when.ts';
import { isNot } from './wording.ts';

const From = z.strictObject({
  from: FieldPaths.describe(
    'The field of the alert, such as labels.instance, or a list: the first field that the alert has counts.',
  ),
});

const PoolFrom = From.extend({
  of: z
    .array(PoolReference)
    .min(1)
    .exactOptional()
    .describe('The pools of this file that the field may name. Absent: every pool of this file.'),
});

/** The pool that a rule is about. */
export const PoolOfRule = z.union([PoolReference.transform((name) => ({ name })), PoolFrom], {
  error: isNot('the name of a pool of this file, or a map such as { from: labels.pool, of: [train-a] }'),
});

/** The ledger keeps a bounded number of rounds for each node. */
const MAX_ROUNDS = 20;

/** docs/design/modelarts-api.md 2.2, `status.phase` of a node. */
const nodePhases = ['Available', 'Creating', 'Deleting', 'Abnormal', 'Checking'] as const;

const Rounds = z
  .strictObject({
    max: z.int().min(1).max(MAX_ROUNDS).prefault(3).describe('How many rounds: 1 to 20.'),
    within: PositiveDuration.prefault('7d').describe('The period in which they count.'),
  })
  .transform(({ max, within }) => ({ max, withinMs: within }));

export const AlertRule = z
  .strictObject({
    name: Name.describe('A name of your own, unique among the rules.'),
    when: z
      .union([When, z.array(When).min(1)])
      .prefault({})
      .describe(
        'The alerts that the rule takes: every condition must hold. With a list of such maps, one of them must match. Only the first matching rule of an alert counts.',
      ),
    node: From.describe(
      'The field of the alert with the name of the node, or with its private IP, with or without a port.',
    ),
    pool: PoolOfRule.describe('A pool of this file, or the field of the alert that holds its name or id.'),
    phase: z
      .array(z.enum(nodePhases))
      .min(1)
      .exactOptional()
      .describe('Act only while the API shows the node in one of these phases.'),
    mode: z
      .enum(modes)
      .prefault('observe')
      .describe('act calls the API; observe only records the call; approve waits for a person.'),
    cooldown: Duration.prefault('1h').describe(
      'How long Poolkeeper leaves a node alone after a call for it, however that call ended.',
    ),
    maxEvidenceAge: PositiveDuration.prefault('1h').describe(
      'Poolkeeper does not act on an alert that is older than this.',
    ),
    interruptWorkloads: z
      .boolean()
      .prefault(false)
      .describe('Whether Poolkeeper may work on a node that runs a workload.'),
    healthy: Healthy.exactOptional().describe(
      'The demands on a healthy node after the calls of this rule. Each key replaces the same key of the pool.',
    ),
    rounds: Rounds.prefault({}).describe(
      'How often the ladder may begin for one node. After that, people get a notice at once.',
    ),
    ladder: z
      .array(Rung)
      .min(1)
      .describe('The steps, from the mildest one. Each is tried when the one before did not help.'),
    onResolved: z
      .array(ResolutionStep)
      .min(1)
      .exactOptional()
      .describe(
        'The steps when the alerts of the rule for a node have resolved, after the ladder has called the API for it.',
      ),
  })
  .refine(({ ladder, onResolved }) => !onResolved || ladder.some(({ action }) => action !== 'notify'), {
    path: ['onResolved'],
    error:
      'has nothing to undo, because the ladder only sends notices: remove it, or add an action to the ladder',
  })
  .transform(({ node, cooldown, maxEvidenceAge, ...rule }) => ({
    ...rule,
    node: node.from,
    cooldownMs: cooldown,
    maxEvidenceAgeMs: maxEvidenceAge,
  }));
