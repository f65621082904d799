/** A schedule fires, perhaps late and perhaps more than once. */
export type FiringInput = {
  kind: 'firing';
  id: string;
  atMs: number;
  schedule: string;
  scheduledAtMs: number;
};

/** The tag policies are enforced, by so many functions at once. */
export type EnforceInput = { kind: 'enforce'; id: string; atMs: number; times: number };

/** Another person changes a node pool, or deletes it. */
export type NodePoolInput = {
  kind: 'node-pool';
  id: string;
  atMs: number;
  pool: string;
  nodePool: string;
  changes: Record<string, unknown> | 'deleted';
};

export type ActionInput = FiringInput | EnforceInput | NodePoolInput;
