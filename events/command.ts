import * as z from 'zod';
import { catalogue } from '#lib/actions/catalogue';
import type { ActionTraits, NodeActionTraits, NodePoolActionTraits } from '#lib/actions/declaration';
import {
  isNameOfEveryObject,
  MAX_NAMES_BYTES,
  NOTE_BOUNDS,
  PARAMETER_BOUNDS,
  SaneTime,
  within,
} from '#lib/bounds';
import { DeadlineText } from '#lib/rules/file/duration';
import { namesAnother } from '#lib/rules/file/written';
import { modes } from '#lib/rules/mode';

const Name = z
  .string()
  .min(1)
  .max(253)
  .refine((name) => !isNameOfEveryObject(name), 'must be another name: Poolkeeper cannot keep this one');

const NodeNames = z
  .array(Name)
  .min(1)
  .max(500)
  .refine((names) => new Set(names).size === names.length, 'must not name a node twice')
  .refine(
    (names) => names.reduce((sum, name) => sum + Buffer.byteLength(name), 0) <= MAX_NAMES_BYTES,
    `must have at most ${MAX_NAMES_BYTES} bytes in all names together: send several commands`,
  )
  .meta({ description: 'Node names (metadata.name), or private IPs that are looked up in the pool' });

const NodePoolName = Name.meta({ description: "The node pool's name (metadata.name)" });

/** At least one of them, to identify the node pool. */
const nodePoolTarget = {
  nodePool: NodePoolName.optional(),
  node: Name.optional().meta({
    description:
      'A node, by name or private IP, that the command is about. Without nodePool, the node pool is meant in which it is right before the call',
  }),
};

type Target = { nodePool?: string | undefined; node?: string | undefined };

function saysWhich({ nodePool, node }: Target): boolean {
  return nodePool !== undefined || node !== undefined;
}

const whichNodePool = {
  path: ['nodePool'],
  error: 'is missing: say nodePool, or node for the node pool of a node',
};

const shared = {
  id: z
    .string()
    .regex(/^[A-Za-z0-9._:-]{1,128}$/, 'must be 1 to 128 letters, digits and . _ : -')
    .optional()
    .meta({
      description: 'The same id is always the same command. Absent: each message is a command of its own',
    }),
  pool: z
    .string()
    .min(1)
    .max(200)
    .meta({ description: "A pool of the rules file: its name there, or the pool's id" }),
  evidenceAt: SaneTime.optional().meta({
    description: 'When what the command rests on was last seen to be true',
  }),
  reason: within(
    z.looseObject({
      source: z.string().optional(),
      rule: z.string().optional(),
      event: z.string().optional(),
    }),
    NOTE_BOUNDS,
  )
    .optional()
    .meta({ description: 'Where the command comes from; kept in the ledger' }),
  options: z
    .strictObject({
      interruptWorkloads: z
        .boolean()
        .optional()
        .meta({ description: 'Whether what runs workloads may be touched' }),
      deadline: DeadlineText.optional().meta({
        description:
          'How long the action may run before a person gets a notice, such as 2h, in place of the rules file; for a rolling reset, each turn',
      }),
    })
    .optional()
    .meta({ description: "The permissions of Poolkeeper itself, beyond the vendor's request" }),
  mode: z.enum(modes).default('observe').meta({
    description:
      'act: do it. observe: record what would be done. approve: wait until a person approves the plan',
  }),
};

function commandForNodes<Name extends string, Parameters extends z.ZodType>(traits: {
  name: Name;
  parameters: Parameters;
}) {
  return z.strictObject({
    ...shared,
    action: z.literal(traits.name),
    nodes: NodeNames,
    parameters: within(traits.parameters, PARAMETER_BOUNDS),
  });
}

function commandForNodePool<Name extends string, Parameters extends z.ZodType>(traits: {
  name: Name;
  parameters: Parameters;
  namesTargetAt?: NodePoolActionTraits['namesTargetAt'];
}) {
  const path = ['parameters', ...(traits.namesTargetAt?.parameters ?? [])];
  return z
    .strictObject({
      ...shared,
      action: z.literal(traits.name),
      ...nodePoolTarget,
      parameters: within(traits.parameters, PARAMETER_BOUNDS),
    })
    .refine((command: Target) => !command.nodePool || !namesAnother(command, path, command.nodePool), {
      path,
      error: 'must be the node pool that the command is for; leave it out',
    })
    .refine(saysWhich, whichNodePool)
    .meta({ anyOf: [{ required: ['nodePool'] }, { required: ['node'] }] });
}

type SchemaOf<Traits> =
  Traits extends Pick<NodeActionTraits, 'target' | 'name' | 'parameters'>
    ? ReturnType<typeof commandForNodes<Traits['name'], Traits['parameters']>>
    : Traits extends Pick<NodePoolActionTraits, 'name' | 'parameters'>
      ? ReturnType<typeof commandForNodePool<Traits['name'], Traits['parameters']>>
      : never;

type SchemasOf<List extends readonly unknown[]> = { -readonly [Index in keyof List]: SchemaOf<List[Index]> };

/** One schema for each action, in the order of the catalogue. */
function schemas(): SchemasOf<typeof catalogue>;
function schemas(): readonly unknown[] {
  return catalogue.map((traits: ActionTraits) =>
    traits.target === 'nodes' ? commandForNodes(traits) : commandForNodePool(traits),
  );
}

/**
 * One order: the message on every action queue. Its parameters are the vendor's request body without the node names, and
 * must meet the vendor's constraints.
 */
export const Command = z.discriminatedUnion('action', schemas());
export type Command = z.output<typeof Command>;
