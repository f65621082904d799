import { catalogue } from './catalogue.ts';
import type { ActionTraits, NodeActionTraits } from './declaration.ts';

type Traits = (typeof catalogue)[number];

/** What Poolkeeper can ask of ModelArts. The names are those of the functions, the queues and the rules file. */
export type Action = Traits['name'];

/** The actions that are done to nodes. */
export type NodeAction = Extract<Traits, { target: 'nodes' }>['name'];

/** The actions that are done to a node pool. */
export type NodePoolAction = Exclude<Action, NodeAction>;

/** What a remediation may be: an action, or a rung of a ladder that calls nothing and tells somebody. */
export type RemediationAction = Action | 'notify';

export const actions: readonly Action[] = catalogue.map(({ name }) => name);

export const remediationActions: readonly RemediationAction[] = [...actions, 'notify'];

/** What an action is. */
export function traitsOf(action: Action): ActionTraits {
  const traits = catalogue.find(({ name }) => name === action);
  if (!traits) throw new Error(`there is no action ${action}: lib/actions/catalogue.ts lists them`);
  return traits;
}

/** The parameters of an action, from the fields that a rules file has beside the target. */
export function parametersInRules(
  action: Action,
  fields: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const traits = traitsOf(action);
  return traits.target === 'nodes' ? { ...fields } : traits.inRules.toParameters(fields);
}

/** A value for each action, by its name. */
export function byAction<Value>(
  valueOf: (traits: ActionTraits, action: Action) => Value,
): Record<Action, Value>;
export function byAction<Value>(
  valueOf: (traits: ActionTraits, action: Action) => Value,
): Partial<Record<Action, Value>> {
  return Object.fromEntries(catalogue.map((traits) => [traits.name, valueOf(traits, traits.name)]));
}

/** Whether an action is done to nodes; otherwise it is done to a node pool. */
export function isNodeAction(action: RemediationAction): action is NodeAction {
  return action !== 'notify' && traitsOf(action).target === 'nodes';
}

/** Whether an action is done to a node pool. */
export function isNodePoolAction(action: RemediationAction): action is NodePoolAction {
  return action !== 'notify' && traitsOf(action).target === 'node-pool';
}

/**
 * Whether the request of an action may be sent again after its answer was lost. The action's endpoint alone says so. Decisions
 * about lost calls, holds and cooldowns rest on this function.
 */
export function mayBeSentTwice(action: RemediationAction): boolean {
  return action === 'notify' || traitsOf(action).endpoint.idempotent;
}

/** Whether a command takes its nodes out of service. */
export function takesOutOfService({
  action,
  parameters,
}: {
  action: RemediationAction;
  parameters: Readonly<Record<string, unknown>>;
}): boolean {
  return action !== 'notify' && traitsOf(action).disruptive?.(parameters) === true;
}

/** The actions on nodes that cannot be undone by sending something else: what is done to the node, it has been through. */
export const lastingActions: readonly NodeActionTraits[] = catalogue
  .filter((traits) => traits.target === 'nodes')
  .filter(({ endpoint }) => !endpoint.idempotent);
