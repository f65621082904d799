import * as z from 'zod';
import type { ActionTraits, NodeActionTraits, NodePoolActionTraits } from '#lib/actions/declaration';
import { type Action, byAction, isNodeAction, parametersInRules } from '#lib/actions/traits';
import { PoolReference } from './name.ts';
import { NodeSelector } from './tag-policy.ts';
import { show } from './wording.ts';
import { namesAnother } from './written.ts';

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
  const message = 'selects every node of the pool: write { name: "*" } if you want that';
  // `continue` makes zod report this form of the union, not the other one.
  context.addIssue({ code: 'custom', message, continue: true });
});

const onNodes = {
  pool: PoolReference.describe('A pool of this file.'),
  nodes: z
    .union([NodeList, Selected], {
      error: ({ input }) =>
        input === undefined
          ? 'is missing'
          : `${show(input)} is neither a list of node names nor a selector such as { nodePool: np-1 }`,
    })
    .describe(
      'The nodes: a list of names, or a selector as in a tag policy. The selector is applied at the firing time.',
    ),
};

const onNodePool = {
  pool: PoolReference.describe('A pool of this file.'),
  nodePool: z.string().min(1).describe('The name of the node pool.'),
};

/** The value under the key of an action: its target, and the fields of the vendor's request body. */
export type Work = {
  pool: string;
  nodes?: string[] | z.output<typeof NodeSelector>;
  nodePool?: string;
  [field: string]: unknown;
};

function workOnNodes(traits: NodeActionTraits): z.ZodType<Work>;
function workOnNodes({ parameters }: NodeActionTraits): z.ZodType {
  return parameters.safeExtend(onNodes);
}

function workOnNodePool({ inRules, namesTargetAt }: NodePoolActionTraits): z.ZodType<Work> {
  const work = z.strictObject({ ...onNodePool, ...inRules.fields });
  if (!namesTargetAt) return work;
  const { fields: path } = namesTargetAt;
  return work.refine((fields) => !namesAnother(fields, path, fields.nodePool), {
    path: [...path],
    error: 'is not the node pool that the schedule changes: remove it',
  });
}

function workOf(traits: ActionTraits): z.ZodType<Work> {
  return traits.target === 'nodes' ? workOnNodes(traits) : workOnNodePool(traits);
}

/** The action of a schedule with its target. The action's schema guarantees `nodes` or `nodePool`. */
function toWork(action: Action, { pool, nodes, nodePool, ...fields }: Work) {
  const work = { pool, parameters: parametersInRules(action, fields) };
  return isNodeAction(action)
    ? { ...work, action, nodes: nodes ?? z.NEVER }
    : { ...work, action, nodePool: nodePool ?? z.NEVER };
}

/** The keys for the work of a schedule, one for each action. */
export const scheduledWork = byAction((traits, action) =>
  workOf(traits)
    .describe(traits.describe.schedule)
    .transform((work) => toWork(action, work))
    .exactOptional(),
);
