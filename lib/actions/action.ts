import type { Action } from '#lib/actions/traits';
import type { Facts, Guard } from '#lib/guards/guard';
import type { Remediation } from '#lib/ledger/remediation';
import type { ModelArtsClient, SendOptions } from '#lib/modelarts/client/client';
import type { Part } from '#lib/modelarts/reading/pool-reading';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';

/** What an accepted request leads to. */
export type Sent =
  /** A job that is followed. */
  | { kind: 'job'; jobId: string }
  /** Everything is said at once, for each node by itself. */
  | {
      kind: 'answered';
      succeeded: readonly string[];
      failed: readonly { name: string; status?: string | undefined }[];
      /** Those of the failed that the API may take later. */
      later?: readonly string[];
    }
  /** Nothing but the state that is to come about, and that is followed by reading it. `note`: how it was said, if otherwise than with a yes. */
  | { kind: 'watched'; note?: string };

/**
 * One action, as a declaration. Its targets are the nodes that a command names, or the one node pool.
 *
 * `Body` is the request as the endpoint takes it.
 */
export type ActionDefinition<Body extends Record<string, unknown>> = {
  action: Action;
  /** The most nodes in one call. @default MAX_NODES_PER_CALL */
  maxNodesPerCall?: number;
  /** Whether a command waits while another remediation works on its target; otherwise it is skipped. @default false */
  waitsForOthers?: boolean;
  /** What is read right before the call, besides the pool's nodes. */
  reads: readonly Part[];
  /** What may stop it, each for one target; all are evaluated and recorded. */
  guards: readonly Guard[];
  /** What may stop those of its commands that take nodes out of service (`disruptive` of its traits), besides `guards`. */
  disruptiveGuards?: readonly Guard[];
  /** Whether this command disturbs what runs on its targets; where not, workloads are not looked for. @default always */
  disturbs?: (remediation: Remediation) => boolean;
  /** Whether nodes or node pools leave their pool: then it is looked which others are leaving it, before the call and once its targets are held. @default false */
  takesNodesAway?: boolean;
  /** What a target is part of, in words, where the whole of it goes or nothing. */
  wholeOf?: (facts: Facts) => string | undefined;
  /** Nodes that a node could be taken for after the call, where its name may change: what none of them bears is kept with the call. */
  lookalikes?: (facts: Facts) => readonly PoolNode[];
  /** Whether it is only done after a person has approved the plan, whatever the command's mode; or why, where that depends. @default false */
  needsApproval?: boolean | ((facts: Facts) => string | undefined);
  /** Why there is nothing left to be done for a target; undefined where there is. */
  alreadyDone?: (facts: Facts) => string | undefined;
  /** What the request would change, for the person who reads the plan. */
  changes?: (facts: Facts) => unknown;
  /** What the person who reads the plan should know of the request besides, one sentence each. */
  remarks?: (facts: Facts) => readonly string[];
  /** The request less its targets, from a command and what was read. Commands with the same terms share a call. */
  terms: (facts: Facts) => Record<string, unknown>;
  request: (targets: readonly string[], terms: Readonly<Record<string, unknown>>) => Body;
  send: (
    client: ModelArtsClient,
    where: { pool: string; target: string },
    body: Body,
    options: SendOptions,
  ) => Promise<Sent>;
};
