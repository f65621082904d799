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
import { modes } from '../mode.ts';
import { Deadline, Duration, PositiveDuration } from './duration.ts';
import { namesAnother, type Written } from './written.ts';

const Verify = z
  .strictObject({
    healthyFor: Duration.describe('How long the node must be well without a break.'),
    within: PositiveDuration.describe('How long that may take after the action has ended.'),
  })
  .refine(({ healthyFor, within }) => healthyFor <= within, {
    error: 'healthyFor is longer than within: no node could ever pass',
  })
  .transform(({ healthyFor, within }) => ({ healthyForMs: healthyFor, withinMs: within }));

const Notify = z
  .strictObject({
    severity: z
      .string()
      .min(1)
      .exactOptional()
      .describe('What the notification says it is, such as critical.'),
  })
  .transform((notice) => ({ action: 'notify' as const, ...notice }));

const nodePool = z
  .string()
  .min(1)
  .exactOptional()
  .describe('The name of the node pool. Absent: the one in which the node of the alert is, by its labels.');

/** The value under an action's key: the vendor's request body without the nodes, or a node pool and its change. */
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
      error: 'is not the node pool that the rung changes: leave it out',
    },
  );
}

/** What a rung does: an action, and what the vendor's request body says beside its target. */
function toWork(action: Action, { nodePool: named, ...fields }: Written) {
  const body = parametersInRules(action, fields);
  if (isNodeAction(action)) return { action, parameters: body };
  return { action, ...(named !== undefined && { nodePool: named }), parameters: body };
}

const kinds = [...actions, 'notify'] as const;

/** What a rung and a step of `onResolved` may be: one action or `notify`, each under its own key. */
const oneOfThese = {
  ...byAction((traits, action) =>
    writtenIn(traits)
      .transform((written) => toWork(action, written))
      .exactOptional()
      .describe(traits.describe.rung),
  ),
  notify: Notify.exactOptional().describe('Tell every target under notify.'),
  deadline: Deadline.exactOptional().describe(
    'How long the action may run before a person is told, in place of its entry under deadlines; of a rolling reset, each turn.',
  ),
};

type Present = { [Kind in (typeof kinds)[number] | 'deadline']?: unknown };

function needsOneKind(written: Present, context: z.RefinementCtx, what: string): void {
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

/** What is done, from the one key that `needsOneKind` has found. */
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
    const vanishing = actions.find((action) => rung[action] && traitsOf(action).needs === 'absence');
    if (vanishing && rung.verify)
      context.addIssue({
        code: 'custom',
        path: ['verify'],
        message: 'cannot be: the node goes with its node pool',
      });
  })
  .meta(oneKind)
  .transform(({ verify, wholeSupernode, ...kind }) => {
    const work = workOf(kind);
    if (work.action === 'notify') return work;
    return { ...work, ...(verify && { verify }), ...(wholeSupernode === 'any' && { wholeSupernode }) };
  });

const lastingInWords = lastingActions.map(({ participle }) => participle).join(' or ');

/** One step of what a rule does when its alerts have resolved. */
export const ResolutionStep = z
  .strictObject({
    ...oneOfThese,
    mode: z
      .enum(modes)
      .exactOptional()
      .describe(
        `As in a rule, for this step: the more cautious of the two counts. Required where a node is ${lastingInWords}.`,
      ),
  })
  .superRefine((step, context) => {
    needsOneKind(step, context, 'step');
    // What cannot be undone by hand afterwards: a step must say that it is meant.
    const lasting = lastingActions.find(({ name }) => new Map(Object.entries(step)).has(name));
    if (lasting && step.mode === undefined)
      context.addIssue(
        `${lasting.name} is done to a node whose alert has resolved: say mode: approve, or mode: act, if that is meant`,
      );
  })
  .meta(oneKind)
  .transform(({ mode, ...kind }) => ({ ...workOf(kind), ...(mode && { mode }) }));
