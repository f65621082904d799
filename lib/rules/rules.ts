import type { Action, NodeAction, NodePoolAction } from '#lib/actions/traits';
import type { RemediationState } from './state.ts';
import type { Waits } from './waits.ts';

/** What a rule does: call the API, only record what it would have called, or record it and wait for an approval. */
export const modes = ['act', 'observe', 'approve'] as const;
export type Mode = (typeof modes)[number];

/** Where an alert came in. Cloud Eye and AOM alarms come through SMN. */
export const alertSources = ['alertmanager', 'smn', 'cloudevents'] as const;
export type AlertSource = (typeof alertSources)[number];

/**
 * The rules file in the form in which the functions carry it: plain JSON, durations in milliseconds, defaults filled
 * in, pools referred to by their name in the file. Only `parseRules` makes one.
 */
export type Rules = {
  pools: PoolRules[];
  /** In the order of the file: the first that matches an alert is the one that counts. */
  rules: AlertRule[];
  tagPolicies: TagPolicy[];
  schedules: Schedule[];
  polling: { firstMs: number; everyMs: number };
  /** How long an action may run before a person is told; of a rolling reset, each turn. */
  deadlinesMs: Record<Action, number>;
  notify: NotifyTarget[];
  waits: Waits;
};

export type PoolRules = {
  name: string;
  /** The pool's `metadata.name`, which the API's paths call `pool_name`. */
  id: string;
  budget?: { maxUnavailable?: Budget; perDay?: Budget };
  /** When the pool may be worked on. Empty: any time. */
  windows: Window[];
  /** How many nodes reported by alerts within `withinMs` are one incident. `nodes` absent: more than may be worked on in a day. */
  storm?: { nodes?: Budget; withinMs: number };
  /** After how many failures in a row nothing is tried for `pauseMs`. */
  breaker?: { failures: number; pauseMs: number };
  /** Whether taints, tags and network of its node pools may be changed. Absent: nobody says, and the API decides. */
  privileged?: boolean;
  project?: string;
  region?: string;
  endpoint?: string;
};

/** A number of nodes, or that share of the pool's nodes, 0 to 100. */
export type Budget = { count: number } | { percent: number };

/** Opens whenever `start`, an EventBridge cron expression, fires in `timezone`, and stays open for `lengthMs`. */
export type Window = { start: string; lengthMs: number; timezone: string };

export type AlertRule = {
  name: string;
  when: When;
  node: FieldPath;
  /** `of`: the names of the pools that the field may name. Absent: every pool. */
  pool: { name: string } | { from: FieldPath; of?: string[] };
  /** The node is touched only while the API shows it in one of these phases. */
  phase?: string[];
  mode: Mode;
  cooldownMs: number;
  maxEvidenceAgeMs: number;
  /** Whether a node may be touched while it runs a workload. */
  interruptWorkloads: boolean;
  /** A ladder is begun for one node at most `max` times within `withinMs`. */
  rounds: { max: number; withinMs: number };
  ladder: Rung[];
  /** What is done when the alerts of the rule for a node have resolved and its ladder had done something to it. */
  onResolved?: ResolutionStep[];
};

/** Every condition given must hold; a rule without any matches every alert. */
export type When = {
  source?: AlertSource;
  labels: Record<string, Matcher>;
  annotations: Record<string, Matcher>;
  severity?: Matcher;
  event?: Matcher;
};

/** Globs (`*` any characters, `?` one), of which one must match the whole value. */
export type Matcher = string[];

/** A label or annotation of the alert, in the file `labels.instance`. */
export type FieldPath = { kind: 'labels' | 'annotations'; key: string };

export type Rung = ActionRung | NotifyRung;

export type ActionRung = RungAction & RungSettings;

/** `parameters`: the vendor's request body, less its target. */
export type RungAction =
  | { action: NodeAction; parameters: Record<string, unknown> }
  /** Without `nodePool` it is the one in which the alert's node is. */
  | { action: NodePoolAction; nodePool?: string; parameters: Record<string, unknown> };

export type RungSettings = {
  /** After the action: the node must be well for `healthyForMs` on end, and that within `withinMs`. */
  verify?: { healthyForMs: number; withinMs: number };
  /** How long the action may run, in place of the entry in `deadlinesMs`. */
  deadlineMs?: number;
  /** Of a migration: `any`, one member's alert stands for its supernode. Absent: each member has to be reported. */
  wholeSupernode?: 'any';
};

/** `mode`: where it is not the rule's. */
export type ResolutionStep = Rung & { mode?: Mode };

export type NotifyRung = { action: 'notify'; severity?: string };

export type TagPolicy = {
  name: string;
  pool: string;
  mode: Mode;
  nodes: NodeSelector;
  /** Tags that every selected node has to have. */
  require: Record<string, string>;
  /** Tags, by key and value, that no selected node may have. */
  forbid: Record<string, Matcher>;
  /** What was applied this long ago is applied again: the API does not show whether it is still there. */
  reassertMs: number;
};

/** Every condition given must hold; a selector without any selects every node of the pool. */
export type NodeSelector = {
  flavor?: Matcher;
  nodePool?: Matcher;
  name?: Matcher;
  labels: Record<string, Matcher>;
};

/** Does its work whenever `cron`, an EventBridge cron expression, fires in `timezone`. */
export type Schedule = {
  name: string;
  cron: string;
  timezone: string;
  mode: Mode;
  /** What has not been begun so long after its firing is left to a person. */
  withinMs: number;
  /** Whether what runs workloads may be touched. */
  interruptWorkloads: boolean;
  /** How long the action may run, as a command says it. */
  deadline?: string;
  pool: string;
} & ScheduledWork;

/** `parameters`: the vendor's request body, less its target. */
export type ScheduledWork =
  | { action: NodePoolAction; nodePool: string; parameters: Record<string, unknown> }
  /** `nodes`: their names, or what selects them when the schedule fires. */
  | { action: NodeAction; nodes: string[] | NodeSelector; parameters: Record<string, unknown> };

/** Told, by a POST to `url`, of each remediation that comes into one of the states in `when`. */
export type NotifyTarget = { kind: 'webhook' | 'smn'; url: string; when: RemediationState[] };
