import type { AlertRecord } from '#lib/ledger/alert-document';
import { spanText } from '#lib/sentences/time';
import { type AlertsOfRule, faultBegan } from './fault.ts';
import type { Facts, Guard, Verdict } from './guard.ts';
import { ASKED_AGAIN_MS } from './passing.ts';

/**
 * The last ladder that the same rule began for a node, besides the command's own, and the alerts of that rule about the node. The
 * alerts are only read if the ladder has ended.
 */
export type NodeLadder = AlertsOfRule & {
  /** Its last remediation, whose state is the ladder's state. */
  remediation: string;
  state: string;
  /** Whether only a person, or a later firing, can change that state. */
  hasEnded: boolean;
  /** The time of entry into that state. */
  since: string;
  /** The time in which an alert should resolve after a success. Milliseconds. */
  withinMs: number;
};

/** The time in which an alert should resolve after the success of an action without `verify`. */
export const RESOLVES_WITHIN_MS = 15 * 60_000;

/**
 * An alert about a node for which its rule has already begun a ladder belongs to that ladder's case, under any fingerprint, also
 * if it began while an earlier alert of the case still fired (`faultBegan`). It waits until the ladder has ended, and a person who got a notice has both. If the ladder has succeeded and the alert is
 * received firing after it had time to resolve, the ladder did not repair the node, and continues (`noRepeatAfterSuccess`).
 */
export const nodeLadder: Guard = (facts, now) => {
  const guard = 'node-ladder';
  const { nodeLadder: other, remediation } = facts;
  if (!other || remediation.alerts.length === 0)
    return { guard, allowed: true, why: 'the rule has begun no other ladder for the node' };
  const { state, hasEnded, since, remediation: id, withinMs } = other;
  const stands = `remediation ${id} of the same rule entered the state ${state} at ${since}`;
  const allowed = { guard, allowed: true, why: stands };
  if (!hasEnded) return until(now + ASKED_AGAIN_MS, `${stands}: it covers this alert, too`);
  const beganAtMs = faultBegan(facts, other);
  const sinceMs = Date.parse(since);
  if (state === 'needs-human') {
    if (beganAtMs > sinceMs) return allowed;
    return { guard, allowed: false, why: `${stands}: people have a notice about the node already` };
  }
  if (state !== 'succeeded' || !isOfItsCase(facts, other, now)) return allowed;
  if (noRepeatAfterSuccess(facts, now))
    return until(now + ASKED_AGAIN_MS, `${stands}, and the alert still fires: that ladder continues`);
  const resolvesMs = sinceMs + withinMs;
  if (now <= resolvesMs)
    return until(resolvesMs + 1_000, `${stands}, and the alert has ${spanText(withinMs)} to resolve`);
  if (beganAtMs > sinceMs) return allowed;
  return {
    guard,
    allowed: false,
    why: `${stands}, but no delivery has contained the alert since ${new Date(resolvesMs).toISOString()}`,
  };

  function until(atMs: number, why: string): Verdict {
    return { guard, allowed: false, defers: true, until: new Date(atMs).toISOString(), why };
  }
};

/**
 * The ladder that has succeeded without repairing the node, since an alert of this command still fires. Undefined if there
 * is none.
 */
export function noRepeatAfterSuccess(facts: Facts, now: number): NodeLadder | undefined {
  const { nodeLadder: other, alerts } = facts;
  if (other?.state !== 'succeeded' || !isOfItsCase(facts, other, now)) return undefined;
  return lastFiring(alerts) > Date.parse(other.since) + other.withinMs ? other : undefined;
}

/** The last receipt of a firing alert, epoch milliseconds; minus infinity if none fires. */
export function lastFiring(alerts: readonly AlertRecord[]): number {
  return Math.max(
    ...alerts.filter(({ status }) => status === 'firing').map(({ seenAt }) => Date.parse(seenAt)),
  );
}

/** Whether a fault began before a ladder succeeded, or so soon after it that the node is still left alone. */
function isOfItsCase(facts: Facts, ladder: NodeLadder, now: number): boolean {
  const sinceMs = Date.parse(ladder.since);
  return faultBegan(facts, ladder) <= sinceMs || now - sinceMs < facts.limits.cooldownMs;
}
