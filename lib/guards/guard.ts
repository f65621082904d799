import type { AlertRecord, NodeRecord } from '#lib/ledger/node-record';
import type { AlertReference } from '#lib/ledger/remediation';

/** What the API shows of a node, read right before the call. */
export type ObservedNode = {
  name: string;
  /** `status.phase`, as the API spells it. */
  phase: string;
};

/** The limits that a command is held to: its rule's, or the defaults. */
export type Limits = {
  cooldownMs: number;
  maxEvidenceAgeMs: number;
  /** Phases of which the node must be in one. */
  phase?: readonly string[];
  interruptWorkloads: boolean;
};

/** Everything a guard may look at, for one node of one command. Nothing in it is older than the invocation. */
export type Facts = {
  remediation: { id: string; evidenceAt?: string | undefined; alerts: readonly AlertReference[] };
  limits: Limits;
  /** The node as the command names it. */
  target: string;
  /** Undefined: the pool does not have it. */
  node: ObservedNode | undefined;
  /** Undefined: nothing was ever done to it. */
  record: NodeRecord | undefined;
  alerts: readonly AlertRecord[];
  /** Names of the workloads on the node; undefined where the API cannot tell. */
  workloads: readonly string[] | undefined;
};

/** What a guard says, with the numbers it rests on. `until`: it would say otherwise then. */
export type Verdict = { guard: string; allowed: boolean; why: string; until?: string };

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
