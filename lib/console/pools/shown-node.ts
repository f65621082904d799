import { isAvailable, isOutOfService } from '#lib/capacity/capacity';
import { holdOf } from '#lib/capacity/holds';
import { describeHold } from '#lib/guards/history';
import { describePhase } from '#lib/guards/node';
import type { Hold } from '#lib/ledger/pool-record';
import type { Remediation } from '#lib/ledger/remediation';
import { nodePoolOf, type SnapshotNode } from '#lib/ledger/snapshot/snapshot-node';
import { BATCH } from '#lib/modelarts/reading/supernodes';
import { isUnreadable, type PoolNode } from '#lib/modelarts/replies/pool-node';
import { stateSince } from '#lib/remediation/record/end-of-ladder';
import { roundedSpanText } from '#lib/sentences/time';
import type { PoolFacts } from './pool-facts.ts';
import type { NodeState } from './query.ts';

export type ShownHold = Pick<Hold, 'remediation' | 'action' | 'since' | 'disruptive'>;

/** A node as people see it. Absent fields are unknown. */
export type ShownNode = {
  node: string;
  /** The pool's id. */
  pool: string;
  state: NodeState;
  /** Why it is in this state, in one sentence. */
  why: string;
  /** The API's word. */
  phase?: string;
  nodePool?: string;
  flavor?: string;
  address?: string;
  driver?: { phase?: string; version?: string };
  supernode?: string;
  /** Whether HA redundancy is on. */
  redundant?: boolean;
  hold?: ShownHold;
  cooldownUntil?: string;
  /** The remediation that explains the state. */
  remediation?: string;
};

/** The state of a node, its reason, and the remediation behind it. */
type Standing = Pick<ShownNode, 'state' | 'why' | 'remediation'>;

/** A node of the last reading, for people. Pure. */
export function showNode(node: SnapshotNode, facts: PoolFacts): ShownNode {
  const { record, cooldowns, now, pool } = facts;
  const { name, phase, privateIp, flavor, driverPhase, driverVersion, labels, redundant } = node;
  const hold = holdOf(record, name, now);
  const nodePool = nodePoolOf(node);
  const cooldown = cooldowns.get(name);
  const supernode = labels[BATCH];
  return {
    node: name,
    pool: pool.id,
    ...standingOf(node, facts),
    ...(phase !== '' && { phase }),
    ...(nodePool !== undefined && { nodePool }),
    ...(flavor !== undefined && { flavor }),
    ...(privateIp !== undefined && { address: privateIp }),
    ...((driverPhase ?? driverVersion) !== undefined && {
      driver: {
        ...(driverPhase !== undefined && { phase: driverPhase }),
        ...(driverVersion !== undefined && { version: driverVersion }),
      },
    }),
    ...(supernode !== undefined && { supernode }),
    ...(redundant !== undefined && { redundant }),
    ...(hold && { hold: showHold(hold) }),
    ...(cooldown && { cooldownUntil: cooldown.until }),
  };
}

export function showHold({ remediation, action, since, disruptive }: Hold): ShownHold {
  return { remediation, action, since, disruptive };
}

/** The state of a node. A reading that is too old, or does not show the node, never counts as well. */
export function standingOf(node: SnapshotNode, facts: PoolFacts): Standing {
  const { record, now, waitingFor, unrepaired, cooldowns, shown, isStale } = facts;
  const { name } = node;
  const hold = holdOf(record, name, now);
  if (hold) return { state: 'held', why: describeHold(hold, 'the node'), remediation: hold.remediation };
  const command = waitingFor.get(name);
  if (command)
    return { state: 'waiting', why: whyWaiting(command.remediation), remediation: command.remediation.id };
  const seen = shown.get(name);
  const last = unrepaired.get(name);
  if (last && seen) return { state: 'broken', why: whyBroken(last, seen), remediation: last.id };
  const unknown = isStale ? whyStale(facts) : whyUnknown(node, seen);
  if (unknown !== undefined) return { state: 'unknown', why: unknown };
  if (!seen || isOutOfService(seen)) return { state: 'out', why: seen ? describePhase(seen) : '' };
  const cooldown = cooldowns.get(name);
  if (cooldown) return { state: 'cooldown', why: cooldown.why, remediation: cooldown.remediation };
  return { state: 'well', why: describePhase(seen) };
}

function whyWaiting({ id, action, why }: Remediation): string {
  return `${action} of remediation ${id}: ${why ?? 'it waits'}`;
}

function whyBroken(last: Remediation, node: PoolNode): string {
  const { id, action, state, why } = last;
  const reason = why === undefined ? '' : `: ${why}`;
  return `${describePhase(node)}; ${action} of remediation ${id} ended as ${state} at ${stateSince(last)}${reason}`;
}

function whyStale({ reading, now }: PoolFacts): string {
  const at = reading?.at ?? '';
  return `the pool was last read ${roundedSpanText(now - Date.parse(at))} ago, at ${at}`;
}

/** Undefined: the last reading shows the state of the node. */
function whyUnknown({ missing }: SnapshotNode, seen: PoolNode | undefined): string | undefined {
  if (missing || !seen) {
    const since = missing?.since === undefined ? '' : `, since ${missing.since}`;
    return `the last reading does not show the node${since}`;
  }
  if (isUnreadable(seen, 'phase')) return 'the phase of the node cannot be read';
  if (seen.phase === '') return describePhase(seen);
  return isAvailable(seen) || isOutOfService(seen) ? undefined : describePhase(seen);
}
