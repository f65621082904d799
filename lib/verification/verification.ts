import type { Call } from '#lib/ledger/call';
import type { Remediation } from '#lib/ledger/remediation';
import type { AlertReference, NodeOutcome } from '#lib/ledger/remediation-fields';
import type { NodePoolsByName } from '#lib/modelarts/reading/node-pool-sighting';
import type { Unreadable } from '#lib/modelarts/replies/listing';
import type { NodePool } from '#lib/modelarts/replies/node-pool';
import type { PlannedEvent } from '#lib/modelarts/replies/planned-event';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import type { ActionRung, Healthy } from '#lib/rules/rules';

/** The API's state after a call, as far as its action needs it. */
export type View = {
  nodes: readonly PoolNode[];
  nodePools: readonly NodePool[];
  /** The answers about single node pools. Absent: none were needed. */
  nodePoolsByName?: NodePoolsByName;
  /** Nodes of the destination pool of a migration. */
  destination: readonly PoolNode[];
  /** The planned maintenance of the pool. Absent: it was not needed. */
  plannedEvents?: readonly PlannedEvent[];
  /** Unreadable entries of the lists: any of them may be the wanted one. Absent: none. */
  unreadable?: Partial<Readonly<Record<'nodes' | 'nodePools' | 'destination', readonly Unreadable[]>>>;
};

/** One target of a remediation whose call has ended, or has no job. */
export type Subject = {
  target: string;
  before: NodeOutcome;
  remediation: Remediation;
  call: Pick<Call, 'request' | 'identities'>;
  /** From the rule's rung. Undefined: as soon as the node is seen well. */
  verify: ActionRung['verify'];
  /** Demands of the rules on a node that is well. Absent: its phase alone counts. */
  healthy?: Healthy | undefined;
  /**
   * The end of the job, or the first poll that saw it ended; without a job, the acceptance of the request. Epoch milliseconds.
   */
  sinceMs: number;
  /** The call's own deadline, epoch milliseconds. */
  deadlineMs: number;
  /** From the rules' `waits`: the shortest time between two lists that prove an absence. */
  goneAfterMs: number;
  /** The remediation's alerts that began again after the call was sent, and fire. */
  firingAnew?: readonly AlertReference[];
};

/** Judges one target by the API's present state. Pure. */
export type Verify = (view: View, subject: Subject, now: number) => NodeOutcome;
