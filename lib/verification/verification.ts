import type { Call } from '#lib/ledger/call';
import type { AlertReference, NodeOutcome, Remediation } from '#lib/ledger/remediation';
import type { Unreadable } from '#lib/modelarts/replies/listing';
import type { NodePool } from '#lib/modelarts/replies/node-pool';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import type { ActionRung } from '#lib/rules/rules';

/** What the API shows after a call, as far as its action needs it. */
export type View = {
  nodes: readonly PoolNode[];
  nodePools: readonly NodePool[];
  /** Names of which the API says that it has no such node pool. */
  unknownNodePools?: readonly string[];
  /** Nodes of the pool that a migration goes to. */
  destination: readonly PoolNode[];
  /** Entries of the lists that cannot be read: any of them may be what is looked for. Absent: none. */
  unreadable?: Partial<Readonly<Record<'nodes' | 'nodePools' | 'destination', readonly Unreadable[]>>>;
};

/** One target of a remediation whose call is over, or has no job that could be. */
export type Subject = {
  target: string;
  before: NodeOutcome;
  remediation: Remediation;
  call: Pick<Call, 'request' | 'identities'>;
  /** As the rule's rung says; undefined: as soon as it is seen. */
  verify: ActionRung['verify'];
  /** When the job ended or was first seen ended; without a job, when the request was accepted. Epoch milliseconds. */
  sinceMs: number;
  /** The call's own deadline, epoch milliseconds. */
  deadlineMs: number;
  /** Of the rules' `waits`: how far apart two lists must be that do not show something that is gone. */
  goneAfterMs: number;
  /** The remediation's alerts that began once more after the call was sent, and fire. */
  firingAnew?: readonly AlertReference[];
};

/** Judges one target by what the API shows now. Pure. */
export type Verify = (view: View, subject: Subject, now: number) => NodeOutcome;
