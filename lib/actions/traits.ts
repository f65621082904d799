import { catalogue } from './catalogue.ts';
import type { ActionTraits, NodeActionTraits } from './declaration.ts';

type Traits = (typeof catalogue)[number];

/** The actions that Poolkeeper can request from ModelArts. Functions, queues and the rules file use the same names. */
export type Action = Traits['name'];

/** The actions on nodes. */
export type NodeAction = Extract<Traits, { target: 'nodes' }>['name'];

/** The actions on a node pool. */
export type NodePoolAction = Exclude<Action, NodeAction>;

/** The action of a remediation. `notify` is a rung of a ladder that sends a notice and makes no call. */
export type RemediationAction = Action | 'notify';

export const actions: readonly Action[] = catalogue.map(({ name }) => name);

export const remediationActions: readonly RemediationAction[] = [...actions, 'notify'];

/** The traits of an action. */
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

/** Whether an action is for nodes; otherwise it is for a node pool. */
export function isNodeAction(action: RemediationAction): action is NodeAction {
  return action !== 'notify' && traitsOf(action).target === 'nodes';
}

/** Whether an action is for a node pool. */
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

/** The actions on nodes with an effect that no other request can undo. */
export const lastingActions: readonly NodeActionTraits[] = catalogue
  .filter((traits) => traits.target === 'nodes')
  .filter(({ endpoint }) => !endpoint.idempotent);
