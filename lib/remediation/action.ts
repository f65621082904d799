import type { Facts, Guard } from '#lib/guards/guard';
import type { ModelArtsClient, SendOptions } from '#lib/modelarts/client';
import type { Part } from '#lib/modelarts/pool-reading';
import type { Action } from '#lib/rules/action';

/** What an accepted request leads to. */
export type Sent =
  /** A job that is followed. */
  | { kind: 'job'; jobId: string }
  /** Everything is said at once, for each node by itself. */
  | {
      kind: 'answered';
      succeeded: readonly string[];
      failed: readonly { name: string; status?: string | undefined }[];
    }
  /** Nothing but the state that is to come about, and that is followed by reading it. */
  | { kind: 'watched' };

/**
 * One action, as a declaration. Its targets are the nodes that a command names, or the one node pool.
 *
 * `Body` is the request as the endpoint takes it.
 */
export type ActionDefinition<Body extends Record<string, unknown>> = {
  action: Action;
  /** Whether sending the same twice leaves what sending it once does. Any other request is never sent again once it may have been done. */
  resendable: boolean;
  /** What is read right before the call, besides the pool's nodes. */
  reads: readonly Part[];
  /** What may stop it, each for one target; all are evaluated and recorded. */
  guards: readonly Guard[];
  /** Whether it is only done after a person has approved the plan, whatever the command's mode. @default false */
  needsApproval?: boolean;
  /** Why there is nothing left to be done for a target; undefined where there is. */
  alreadyDone?: (facts: Facts) => string | undefined;
  /** What the request would change, for the person who reads the plan. */
  changes?: (facts: Facts) => unknown;
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
