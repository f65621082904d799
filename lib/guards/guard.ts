import type { AlertRecord } from '#lib/ledger/alert-document';
import type { NodeRecord } from '#lib/ledger/node-record';
import type { Hold, PoolRecord, Waiting } from '#lib/ledger/pool-record';
import type { Unreadable } from '#lib/ledger/read-many';
import type { Remediation } from '#lib/ledger/remediation';
import type { PoolReading } from '#lib/modelarts/reading/pool-reading';
import type { NodePool } from '#lib/modelarts/replies/node-pool';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import type { PoolRules } from '#lib/rules/rules';
import type { Waits } from '#lib/rules/waits';
import type { WindowState } from '#lib/rules/window';
import type { NodeLadder } from './node-ladder.ts';

/** The limits of a command: its rule's, or the defaults. */
export type Limits = {
  cooldownMs: number;
  maxEvidenceAgeMs: number;
  /** The node must be in one of these phases. */
  phase?: readonly string[];
  interruptWorkloads: boolean;
  /** Limit of the rounds of a ladder for one node. Absent: no limit. */
  rounds?: { max: number; withinMs: number };
};

/** The input of all guards, for one target of one command. Nothing in it is older than the invocation. */
export type Facts = {
  remediation: Remediation;
  limits: Limits;
  waits: Pick<Waits, 'goneAfterMs' | 'retryMs'>;
  /** The node or node pool, as the command names it. */
  target: string;
  /** Undefined: the pool does not have it, or the command is about a node pool. */
  node?: PoolNode | undefined;
  /** Every node of the reading with the address that the command uses for the target. Several give no answer. */
  bearers?: readonly PoolNode[];
  /**
   * If the command gives an address: the number of nodes without an address in the reading, or missing from it. Any of them
   * may have it.
   */
  unaddressed?: number;
  /** All nodes of the reading that the command names, including this one, by their own names. */
  named?: readonly string[];
  /** Undefined: the pool does not have it, or the command is about nodes. */
  nodePool?: NodePool | undefined;
  /** For a node pool: the node on whose behalf the command acts, as the command names it and as the reading shows it. */
  about?: Pick<Facts, 'target' | 'node' | 'bearers' | 'unaddressed'> | undefined;
  /** The pool's entry in the rules file. */
  pool: PoolRules;
  /** Whether the pool is privileged, as far as the rules file says. */
  privileged: boolean | undefined;
  /** The rules file's entry of the destination pool. Undefined: it has none, or the nodes stay in their pool. */
  destinationPool?: PoolRules | undefined;
  /** Whether the pool's windows allow work now. */
  window: WindowState;
  /** The target's history. Undefined: Poolkeeper has never done anything to it. */
  record: NodeRecord | undefined;
  /** The hold of the target, of this or another remediation. Undefined: nothing works on it. */
  holder?: Hold | undefined;
  /** The ledger's record of the pool, in which the targets before this one are already held. */
  poolRecord: PoolRecord;
  /** The commands in the pool's wait list, oldest first. Absent: none is known. */
  waiting?: readonly Waiting[];
  /** Beginning of the pool's reading, epoch milliseconds. */
  readAtMs: number;
  /** The ledger's count of releases before the reading of the pool. */
  releasesBefore: number;
  alerts: readonly AlertRecord[];
  /** The last other ladder that the command's rule began for the node. Undefined: none is known. */
  nodeLadder?: NodeLadder | undefined;
  /** Unreadable documents of the ledger about the target. While there is one, no guard may judge. */
  unreadable?: readonly Unreadable[];
  /** For a node pool: how many of its nodes run workloads; undefined if unknown. */
  nodesInUse?: number | undefined;
  /** For a node pool: its nodes with a remediation at work, each with the remediation's id. */
  nodesAtWork?: ReadonlyMap<string, string>;
  /** Names of the workloads on the target; undefined if unknown. */
  workloads: readonly string[] | undefined;
  /** The reason why the target's workloads are unknown. */
  workloadsUnknown?: string | undefined;
  /** All of the pool. */
  reading: PoolReading;
  /**
   * Nodes, or node pools, that are leaving the pool, each with the remediation that removes it. Only for an action that
   * removes such.
   */
  leaving?: ReadonlyMap<string, string>;
};

/**
 * The answer of a guard, with the numbers behind it. `until`: the time at which the answer would change. `defers`: the
 * guard will be evaluated again, at `until` or, without one, as soon as something changes. `behind`: the id of an older
 * remediation that goes first. `handsOver`: a person must act. `unknown`: it defers because too little is known of the target to
 * judge it, or to plan for it.
 */
export type Verdict = {
  guard: string;
  allowed: boolean;
  why: string;
  until?: string;
  defers?: true;
  behind?: string;
  handsOver?: true;
  unknown?: true;
};

/** Pure: the same facts at the same time (epoch milliseconds) give the same verdict. */
export type Guard = (facts: Facts, now: number) => Verdict;
