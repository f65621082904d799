/** What Poolkeeper can ask of ModelArts. The names are those of the functions, the queues and the rules file. */
export const actions = [
  'reset-nodes',
  'update-nodes',
  'migrate-nodes',
  'update-node-pool',
  'delete-node-pool',
] as const;

export type Action = (typeof actions)[number];

/** The actions that are done to nodes. */
export const nodeActions = ['reset-nodes', 'update-nodes', 'migrate-nodes'] as const satisfies Action[];

export type NodeAction = (typeof nodeActions)[number];

/** The actions that are done to a node pool. */
export type NodePoolAction = Exclude<Action, NodeAction>;

/** What a remediation may be: an action, or a rung of a ladder that calls nothing and tells somebody. */
export const remediationActions = [...actions, 'notify'] as const;

export type RemediationAction = (typeof remediationActions)[number];
