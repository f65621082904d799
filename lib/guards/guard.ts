import type { AlertRecord } from '#lib/ledger/alert-document';
import type { NodeRecord } from '#lib/ledger/node-record';
import type { PoolRecord } from '#lib/ledger/pool-record';
import type { Unreadable } from '#lib/ledger/read-many';
import type { Remediation } from '#lib/ledger/remediation';
import type { PoolReading } from '#lib/modelarts/reading/pool-reading';
import type { NodePool } from '#lib/modelarts/replies/node-pool';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import type { PoolRules } from '#lib/rules/rules';
import type { Waits } from '#lib/rules/waits';
import type { WindowState } from '#lib/rules/window';
import type { NodeLadder } from './node-ladder.ts';

/** The limits that a command is held to: its rule's, or the defaults. */
export type Limits = {
  cooldownMs: number;
  maxEvidenceAgeMs: number;
  /** Phases of which the node must be in one. */
  phase?: readonly string[];
  interruptWorkloads: boolean;
  /** How often a ladder may be begun for one node. Absent: as often as it is commanded. */
  rounds?: { max: number; withinMs: number };
};

/** Everything a guard may look at, for one target of one command. Nothing in it is older than the invocation. */
export type Facts = {
  remediation: Remediation;
  limits: Limits;
  waits: Pick<Waits, 'goneAfterMs' | 'retryMs'>;
  /** The node or node pool as the command names it. */
  target: string;
  /** Undefined: the pool does not have it, or the command is about a node pool. */
  node?: PoolNode | undefined;
  /** Every node of the reading that bears the address by which the command names the target; several are no answer. */
  bearers?: readonly PoolNode[];
  /** Where the command gives an address: how many nodes show none, or are not shown at all, and may bear it as well. */
  unaddressed?: number;
  /** All nodes of the reading that the command names, this one among them, by their own names. */
  named?: readonly string[];
  /** Undefined: the pool does not have it, or the command is about nodes. */
  nodePool?: NodePool | undefined;
  /** Of a node pool: the node on whose behalf, as the command names it and as the reading shows it. */
  about?: Pick<Facts, 'target' | 'node' | 'bearers' | 'unaddressed'> | undefined;
  /** What the rules file says of the pool. */
  pool: PoolRules;
  /** Whether the pool is privileged, as far as the rules file says it. */
  privileged: boolean | undefined;
  /** What the rules file says of the pool that nodes go to. Undefined: nothing, or they stay where they are. */
  destinationPool?: PoolRules | undefined;
  /** Whether the pool may be worked on now, by its windows. */
  window: WindowState;
  /** What the ledger knows of the target. Undefined: nothing was ever done to it. */
  record: NodeRecord | undefined;
  /** What the ledger knows of the pool, with those targets held that come before this one. */
  poolRecord: PoolRecord;
  /** When reading the pool began, epoch milliseconds. */
  readAtMs: number;
  /** What the ledger's count of nodes given back was before the pool was read. */
  releasesBefore: number;
  alerts: readonly AlertRecord[];
  /** The ladder that the command's rule began for the node last, besides its own. Undefined: none is known. */
  nodeLadder?: NodeLadder | undefined;
  /** What the ledger has about the target and cannot read: as long as there is any, nothing may be judged. */
  unreadable?: readonly Unreadable[];
  /** Of a node pool: how many of its nodes run workloads; undefined where nobody can tell. */
  nodesInUse?: number | undefined;
  /** Of a node pool: its nodes on which remediations are at work, each with the remediation's id. */
  nodesAtWork?: ReadonlyMap<string, string>;
  /** Names of the workloads on the target; undefined where nobody can tell. */
  workloads: readonly string[] | undefined;
  /** Why nobody can tell which workloads run on the target. */
  workloadsUnknown?: string | undefined;
  /** The whole pool. */
  reading: PoolReading;
  /** Nodes, or node pools, that are being taken out of the pool, each with the remediation that takes it. Only for an action that takes such away. */
  leaving?: ReadonlyMap<string, string>;
};

/**
 * What a guard says, with the numbers it rests on. `until`: it would say otherwise then. `defers`: it is to be asked again,
 * at `until`, or, where it cannot tell when, as soon as something changes. `handsOver`: a person has to see to it. `unknown`: it
 * defers because too little is known of the target to judge it, or to plan anything for it.
 */
export type Verdict = {
  guard: string;
  allowed: boolean;
  why: string;
  until?: string;
  defers?: true;
  handsOver?: true;
  unknown?: true;
};

/** Pure: the same facts at the same time (epoch milliseconds) give the same verdict. */
export type Guard = (facts: Facts, now: number) => Verdict;

/** A duration in the words of the rules file, rounded: `90s`, `14m`, `6h`, `2d`. */
export function inWords(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 2 * 3600) return `${Math.round(seconds / 60)}m`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)}h`;
  return `${Math.round(seconds / 86_400)}d`;
}
