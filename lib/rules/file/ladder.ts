import * as z from 'zod';
import type { ActionTraits, NodePoolActionTraits } from '#lib/actions/declaration';
import {
  type Action,
  actions,
  byAction,
  isNodeAction,
  lastingActions,
  parametersInRules,
  traitsOf,
} from '#lib/actions/traits';
import { type Mode, modes } from '../mode.ts';
import { Deadline, Duration, PositiveDuration } from './duration.ts';
import { namesAnother, type Written } from './written.ts';

const Verify = z
  .strictObject({
    healthyFor: Duration.describe('How long the node must stay well.'),
    within: PositiveDuration.describe('How long this may take after the end of the action.'),
  })
  .refine(({ healthyFor, within }) => healthyFor <= within, {
    error: 'healthyFor is longer than within, so no node could ever pass: use a longer within',
  })
  .transform(({ healthyFor, within }) => ({ healthyForMs: healthyFor, withinMs: within }));

const Notify = z
  .strictObject({
    severity: z.string().min(1).exactOptional().describe('The severity in the notice, such as critical.'),
    note: z
      .string()
      .min(1)
      .max(400)
      .exactOptional()
      .describe('A text for the people who get the notice, such as what to look at. At most 400 characters.'),
  })
  .transform((notice) => ({ action: 'notify' as const, ...notice }));

const nodePool = z
  .string()
  .min(1)
  .exactOptional()
  .describe('The name of the node pool. Absent: the node pool in the labels of the node of the alert.');

/** The schema under an action's key: the vendor's request body without the nodes, or a node pool and its change. */
function writtenIn(traits: ActionTraits): z.ZodType<Written> {
  return traits.target === 'nodes' ? traits.parameters : writtenForNodePool(traits);
}

function writtenForNodePool({ inRules, namesTargetAt }: NodePoolActionTraits): z.ZodType<Written> {
  const written = z.strictObject({ nodePool, ...inRules.fields });
  if (!namesTargetAt) return written;
  const { fields: path } = namesTargetAt;
  return written.refine(
    (fields) => fields.nodePool === undefined || !namesAnother(fields, path, fields.nodePool),
    {
      path: [...path],
      error: 'is not the node pool that the rung changes: remove it',
    },
  );
}

/** The action of a rung, with the vendor's request body without its target. */
function toWork(action: Action, { nodePool: named, ...fields }: Written) {
  const body = parametersInRules(action, fields);
  if (isNodeAction(action)) return { action, parameters: body };
  return { action, ...(named !== undefined && { nodePool: named }), parameters: body };
}

const kinds = [...actions, 'notify'] as const;

/** The keys that rungs and steps of `onResolved` share. Each action, and `notify`, has its own key. */
const oneOfThese = {
  ...byAction((traits, action) =>
    writtenIn(traits)
      .transform((written) => toWork(action, written))
      .exactOptional()
      .describe(traits.describe.rung),
  ),
  notify: Notify.exactOptional().describe('Send a notice to every target under notify.'),
  deadline: Deadline.exactOptional().describe(
    'How long the action may run before people get a notice. It replaces the entry under deadlines. For a rolling reset, it limits each turn.',
  ),
};

type Present = { [Kind in (typeof kinds)[number] | 'deadline']?: unknown };

function needsOneKind(written: Present, context: z.RefinementCtx, what: string): void {
  const present = kinds.filter((kind) => written[kind] !== undefined);
  // An unknown key is probably the action, misspelled.
  if (present.length === 0 && context.issues.length === 0)
    context.addIssue(`names no action: add one of ${kinds.join(', ')}`);
  if (present.length > 1) {
    context.addIssue(`has ${present.join(' and ')} in one ${what}: begin a new list item (-) for each`);
  }
  if (written.notify !== undefined && written.deadline !== undefined)
    context.addIssue({
      code: 'custom',
      path: ['deadline'],
      message: 'is only for actions, because notify runs nothing: remove it',
    });
}

/** The work under the one key that `needsOneKind` has found. */
function workOf({ notify, deadline, ...works }: z.output<z.ZodObject<typeof oneOfThese>>) {
  const [work] = actions.flatMap((action) => works[action] ?? []);
  if (!work) return notify ?? z.NEVER;
  return { ...work, ...(deadline !== undefined && { deadlineMs: deadline }) };
}

const oneKind = { oneOf: kinds.map((kind) => ({ required: [kind] })) };

/** One rung: exactly one action or `notify`. */
export const Rung = z
  .strictObject({
    ...oneOfThese,
    verify: Verify.exactOptional().describe(
      'The check of the node after the action. Absent: the job alone decides.',
    ),
    wholeSupernode: z
      .enum(['members', 'any'])
      .exactOptional()
      .describe(
        'When a supernode moves, which it does as a group. members (the default): after alerts about each of its nodes. any: after an alert about one of them.',
      ),
    mode: z
      .enum(['act', 'approve'])
      .transform((mode): Mode => mode)
      .exactOptional()
      .describe(
        'approve: this rung, and each rung behind it, waits for a person, even if the rule acts. The more cautious of the two modes counts.',
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
        message: 'is only for migrate-nodes: no other action moves a supernode',
      });
    if (rung.notify && rung.verify)
      context.addIssue({
        code: 'custom',
        path: ['verify'],
        message: 'is only for actions, because notify changes nothing: remove it',
      });
    if (rung.notify && rung.mode)
      context.addIssue({
        code: 'custom',
        path: ['mode'],
        message: 'is only for actions, because a notice needs no approval: remove it',
      });
    const vanishing = actions.find((action) => rung[action] && traitsOf(action).needs === 'absence');
    if (vanishing && rung.verify)
      context.addIssue({
        code: 'custom',
        path: ['verify'],
        message: 'is impossible here, because the node disappears with its node pool: remove it',
      });
  })
  .meta(oneKind)
  .transform(({ verify, wholeSupernode, mode, ...kind }) => {
    const work = workOf(kind);
    if (work.action === 'notify') return work;
    return {
      ...work,
      ...(verify && { verify }),
      ...(wholeSupernode === 'any' && { wholeSupernode }),
      ...(mode && { mode }),
    };
  });

const lastingParticiples = lastingActions.map(({ participle }) => participle).join(' or ');

/** One step of `onResolved`. */
export const ResolutionStep = z
  .strictObject({
    ...oneOfThese,
    mode: z
      .enum(modes)
      .exactOptional()
      .describe(
        `As in a rule, for this step. The more cautious of the two modes counts. Required if a node is ${lastingParticiples}.`,
      ),
  })
  .superRefine((step, context) => {
    needsOneKind(step, context, 'step');
    // No person can undo these actions, so the step must confirm them with a mode.
    const lasting = lastingActions.find(({ name }) => new Map(Object.entries(step)).has(name));
    if (lasting && step.mode === undefined)
      context.addIssue(
        `${lasting.name} would run on a node whose alert has resolved: confirm it with mode: approve or mode: act`,
      );
  })
  .meta(oneKind)
  .transform(({ mode, ...kind }) => ({ ...workOf(kind), ...(mode && { mode }) }));
