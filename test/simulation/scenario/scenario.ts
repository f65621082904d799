import type { Door, DoorRequest } from '../cloud/doors.ts';
import type { WorldNode, WorldPool } from '../world/pool.ts';
import type { SenderHabits } from './actors/sender-habits.ts';
import type { ActionInput } from './inputs/action-inputs.ts';
import type { MaintenanceInput } from './inputs/maintenance-inputs.ts';
import type { RecoveryInput } from './inputs/recovery-inputs.ts';
import type { SenderInput } from './inputs/report-inputs.ts';
import type { SubscriptionInput } from './inputs/subscription-inputs.ts';

/** An alert from its beginning to its end, and how its sender reports it. */
export type AlertEpisode = {
  kind: 'alert';
  id: string;
  atMs: number;
  pool: string;
  node: string;
  alertname: string;
  /** Whether it names the node by its address. */
  byAddress: boolean;
  fingerprint: string;
  /** As the sender says it: shortly before the first delivery, or long before. */
  startsAtMs: number;
  /** Between two deliveries of the same firing alert. */
  repeatMs: number;
  deliveries: number;
  /** When the sender sees it resolved: once the node is well, at a time of its own, or never. */
  resolves: { with: 'node' } | { atMs: number } | 'never';
  /** Delivered twice at the same moment. */
  twice: boolean;
  /** The oddities of its sender; absent: none. */
  sender?: SenderHabits;
  /** In the place of those that every alert has. */
  labels?: Record<string, string | undefined>;
  annotations?: Record<string, string>;
  /** More alerts about the same node in the same notification; each fires until its own time, or with the first. */
  besides?: readonly { fingerprint: string; startsAtMs: number; resolvesAtMs?: number }[];
};

/** A command that a person or a program sends. */
export type CommandInput = {
  kind: 'command';
  id: string;
  atMs: number;
  via: 'queue' | 'console';
  action: string;
  body: Record<string, unknown>;
};

/** A message that no function can process. */
export type PoisonInput = { kind: 'poison'; id: string; atMs: number; queue: string; body: string };

/** A tag policy of the organization is sent. */
export type PolicyInput = { kind: 'policy'; id: string; atMs: number; body: Record<string, unknown> };

/** A person decides on a plan that waits then. */
export type DecisionInput = {
  kind: 'decision';
  id: string;
  atMs: number;
  decision: 'approve' | 'reject' | 'approve-wrong-hash';
  /** From looking at the plan to deciding on it. */
  thinksMs?: number;
  /** Another plan than the one that was looked at: one that waited before, or one of another remediation. */
  mistakes?: 'an earlier plan' | 'another remediation';
  /** Further decisions on the same plan at the same moment. */
  besides?: readonly ('approve' | 'reject')[];
  /** Only of plans for this. */
  action?: string;
  /** Who decides: the operator who also sends commands, or another person. @default operator */
  as?: 'chief';
};

/** A request at a door of the product that must be refused, or changes nothing. */
export type KnockInput = {
  kind: 'knock';
  id: string;
  atMs: number;
  door: Door;
  /** Where a text is `?waiting` or `?hash` it stands for a remediation that waits for an approval then, and for its plan. */
  request: DoorRequest;
  expects: number;
};

/** Something happens to a node without a command. */
export type NodeInput = {
  kind: 'node';
  id: string;
  atMs: number;
  pool: string;
  node: string;
  happens:
    | 'breaks'
    | 'recovers'
    | 'is-checked'
    | 'is-removed'
    | 'is-replaced'
    | 'gets-workload'
    | 'loses-workload';
};

/** A person spoils a document of the ledger by hand: one whose partition begins so. */
export type SpoilInput = { kind: 'spoil'; id: string; atMs: number; prefix: string };

/** The rules file is deployed anew. */
export type RulesInput = { kind: 'rules'; id: string; atMs: number; text: string };

/** The sweep runs besides: `times` at the same moment. */
export type SweepInput = { kind: 'sweep'; id: string; atMs: number; times: number };

/** A person releases the nodes of a remediation that is left to a person then. */
export type ReleaseInput = { kind: 'release'; id: string; atMs: number };

/**
 * A person takes a command back: one that waits then, or any at all. `thinksMs`: from looking at it to asking for it; its function may
 * come to it in that time.
 */
export type WithdrawalInput = {
  kind: 'withdrawal';
  id: string;
  atMs: number;
  of: 'waiting' | 'any';
  thinksMs?: number;
};

export type Input =
  | ActionInput
  | MaintenanceInput
  | SenderInput
  | SubscriptionInput
  | RecoveryInput
  | AlertEpisode
  | CommandInput
  | PoisonInput
  | PolicyInput
  | DecisionInput
  | KnockInput
  | NodeInput
  | RulesInput
  | SpoilInput
  | SweepInput
  | ReleaseInput
  | WithdrawalInput;

/** Everything that a run is made of, besides what goes wrong in it. */
export type Scenario = {
  seed: number;
  startMs: number;
  /** How long things happen; then nothing goes wrong any more, and everything comes to rest. */
  lastsMs: number;
  /** How much goes wrong: 0 nothing, 1 what is usual here. */
  weather: number;
  /** Whether only readings are odd, and nothing else goes wrong. The run is compared with one in which nothing is odd at all. */
  isPair?: boolean;
  /** For how long senders repeat firing alerts once nothing goes wrong any more. */
  settlesMs?: number;
  /** How long everything may take to come to rest then; absent: more than a day. */
  restMs?: number;
  /** How far the API's clock is off. */
  skewMs: number;
  pools: WorldPool[];
  rulesText: string;
  /** By mishap, how many times as often it happens as elsewhere. */
  often?: Record<string, number>;
  /** How long a job has a node in work. */
  jobSeconds?: readonly [least: number, most: number];
  /** How the queues of commands hand out what is on them, where not as serverless.yml has it. */
  queues?: { batchSize: number; batchingWindowMs: number };
  /** How often the sweep runs, where not every five minutes. */
  sweepEveryMs?: number;
  inputs: Input[];
};

export type { WorldNode, WorldPool };
