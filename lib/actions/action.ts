import type { Action } from '#lib/actions/traits';
import type { Facts, Guard, Verdict } from '#lib/guards/guard';
import type { Unreadable } from '#lib/ledger/read-many';
import type { Remediation } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import type { ModelArtsClient, SendOptions } from '#lib/modelarts/client/client';
import type { Part } from '#lib/modelarts/reading/pool-reading';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import type { Rules } from '#lib/rules/rules';

/** The result of an accepted request. */
export type Sent =
  /** A job, which Poolkeeper follows. */
  | { kind: 'job'; jobId: string }
  /** The answer has the result of each node. */
  | {
      kind: 'answered';
      succeeded: readonly string[];
      failed: readonly { name: string; status?: string | undefined }[];
      /** The failed nodes for which a later call may succeed. */
      later?: readonly string[];
    }
  /** No job: Poolkeeper reads the target until it has the desired state. `note`: the API's answer, if it was no plain acceptance. */
  | { kind: 'watched'; note?: string };

/**
 * Judges a command once more right before the intent, on what the ledger says at that moment. Without a verdict there is nothing
 * against the call.
 *
 * @param facts of the targets that the call is about to name
 * @returns the verdict, and the documents without which there is none
 */
export type LastCheck = (
  facts: readonly Facts[],
  services: { store: Store; rules: Rules },
  now: number,
) => Promise<{ verdict?: Verdict; unreadable: readonly Unreadable[] }>;

/**
 * One action, as a declaration. Its targets are the nodes or the node pool of a command.
 *
 * `Body` is the request body of the endpoint.
 */
export type ActionDefinition<Body extends Record<string, unknown>> = {
  action: Action;
  /** The most nodes in one call. @default MAX_NODES_PER_CALL */
  maxNodesPerCall?: number;
  /** Whether a command waits while another remediation works on its target; otherwise it is skipped. @default false */
  waitsForOthers?: boolean;
  /** The parts of the pool to read right before the call, besides its nodes. */
  reads: readonly Part[];
  /** The guards for each target. Poolkeeper evaluates and records all of them. */
  guards: readonly Guard[];
  /** Further guards for commands that take nodes out of service (`disruptive` of the traits). */
  disruptiveGuards?: readonly Guard[];
  /** Whether a command disturbs the workloads of its targets. If not, Poolkeeper does not read the workloads. @default always */
  disturbs?: (remediation: Remediation) => boolean;
  /** Whether nodes or node pools leave their pool: then it is looked which others are leaving it, before the call and once its targets are held. @default false */
  takesNodesAway?: boolean;
  /** The group of a target, as text, if the action applies to a complete group or not at all. */
  wholeOf?: (facts: Facts) => string | undefined;
  /** Nodes that a node could be mistaken for after the call, if its name may change. The call keeps the marks that none of them has. */
  lookalikes?: (facts: Facts) => readonly PoolNode[];
  /** Whether a person must approve the plan in every mode; a function gives the reason if the command decides. @default false */
  needsApproval?: boolean | ((facts: Facts) => string | undefined);
  /** A check right before the intent, besides that of the alerts. @default none */
  lastCheck?: LastCheck;
  /** The reason why a target needs no call; undefined if it needs one. */
  alreadyDone?: (facts: Facts) => string | undefined;
  /** The changes that the request would make, for the person who reads the plan. */
  changes?: (facts: Facts) => unknown;
  /** Further facts for the person who reads the plan, one sentence each. */
  remarks?: (facts: Facts) => readonly string[];
  /** The request without its targets, from a command and the reading. Commands with the same terms share a call. */
  terms: (facts: Facts) => Record<string, unknown>;
  request: (targets: readonly string[], terms: Readonly<Record<string, unknown>>) => Body;
  /** Sends a body that `request` has made. A method, so that definitions of several bodies fit in one table. */
  send(
    client: ModelArtsClient,
    where: { pool: string; target: string },
    body: Body,
    options: SendOptions,
  ): Promise<Sent>;
};
