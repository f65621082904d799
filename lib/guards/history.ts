import type { NodeRecord } from '#lib/ledger/node-record';
import type { Hold } from '#lib/ledger/pool-record';
import type { AlertReference } from '#lib/ledger/remediation-fields';
import { roundedSpanText, spanText } from '#lib/sentences/time';
import { lastBegan } from './fault.ts';
import type { Facts, Guard } from './guard.ts';
import { nameOf } from './name-of.ts';
import { lastFiring, RESOLVES_WITHIN_MS } from './node-ladder.ts';

/**
 * One remediation at a time for each node, and for each node pool. The write that takes the hold decides the race; this guard
 * explains it.
 */
export const oneAtATime: Guard = ({ remediation, holder }) => {
  const guard = 'one-at-a-time';
  const what = remediation.nodePool === undefined ? 'the node' : 'the node pool';
  if (!holder || holder.remediation === remediation.id)
    return { guard, allowed: true, why: `no other remediation works on ${what}` };
  return { guard, allowed: false, why: describeHold(holder, what) };
};

/** The work that a hold stands for. */
export function describeHold(
  { remediation, since }: Pick<Hold, 'remediation' | 'since'>,
  what: 'the node' | 'the node pool',
): string {
  return `remediation ${remediation} has worked on ${what} since ${since}`;
}

/**
 * After a destructive call the node is left alone for the rule's `cooldown`, with any outcome of that call. A restored ledger does not know
 * its last calls: then each node counts as called at the restore.
 */
export const cooldown: Guard = (
  { record, remediation, poolRecord: { restored }, limits: { cooldownMs } },
  now,
) => {
  const guard = 'cooldown';
  const restoredMs = Date.parse(restored?.at ?? '');
  if (restored && now - restoredMs < cooldownMs) {
    const until = new Date(restoredMs + cooldownMs).toISOString();
    const why = `the ledger was restored at ${restored.at}, and the node may have been called since ${restored.from}; the cooldown is ${spanText(cooldownMs)}`;
    return { guard, allowed: false, why, until };
  }
  const last = lastOfOthers(record, remediation);
  if (!last) return { guard, allowed: true, why: 'nothing was done to the node before' };
  const sinceMs = now - Date.parse(last.calledAt);
  const { why, until } = cooldownAfter(last, cooldownMs, now);
  return sinceMs >= cooldownMs ? { guard, allowed: true, why } : { guard, allowed: false, why, until };
};

/** The cooldown after a call: its end, ISO 8601, and its numbers. `now`: epoch milliseconds. */
export function cooldownAfter(
  { action, remediation, calledAt }: NonNullable<NodeRecord['last']>,
  cooldownMs: number,
  now: number,
): { until: string; why: string } {
  const ago = roundedSpanText(now - Date.parse(calledAt));
  return {
    until: new Date(Date.parse(calledAt) + cooldownMs).toISOString(),
    why: `${action} of remediation ${remediation} was ${ago} ago; the cooldown is ${spanText(cooldownMs)}`,
  };
}

/**
 * An alert that began before the last remediation of the node speaks of a state that no longer exists, unless it is received
 * firing after it had time to resolve.
 */
export const newerThanLastRemediation: Guard = (facts, now) => {
  const guard = 'newer-than-last-remediation';
  const { record, remediation } = facts;
  const last = lastOfOthers(record, remediation);
  if (!last) return { guard, allowed: true, why: 'nothing was done to the node before' };
  const own = ownEvidence(facts);
  const isAlert = remediation.alerts.length > 0;
  const { evidenceAt } = remediation;
  if (!isAlert && evidenceAt === undefined)
    return { guard, allowed: true, why: 'the command names no time of evidence' };
  const beganAtMs = isAlert ? lastBegan(own) : Date.parse(evidenceAt ?? '');
  const remediatedAt = last.endedAt ?? last.calledAt;
  const allowed = beganAtMs > Date.parse(remediatedAt);
  const why = `the evidence began at ${new Date(beganAtMs).toISOString()}, ${allowed ? 'after' : 'before'} ${last.action} of remediation ${last.remediation} at ${remediatedAt}`;
  const resolvesMs = Date.parse(remediatedAt) + RESOLVES_WITHIN_MS;
  if (allowed || !isAlert) return { guard, allowed, why };
  if (lastFiring(own.alerts) > resolvesMs)
    return {
      guard,
      allowed: true,
      why: `${why}; the alert still fires, ${spanText(RESOLVES_WITHIN_MS)} later`,
    };
  if (now > resolvesMs) return { guard, allowed, why };
  return { guard, allowed, defers: true, until: new Date(resolvesMs + 1_000).toISOString(), why };
};

/** The alerts about the node itself. Alerts about other nodes of its supernode do not speak of it. */
function ownEvidence({
  remediation,
  alerts,
  node,
  target,
}: Pick<Facts, 'remediation' | 'alerts' | 'node' | 'target'>): Pick<Facts, 'remediation' | 'alerts'> {
  const part = remediation.whole?.parts?.find(({ nodes }) => nodes.includes(nameOf({ node, target })));
  if (!part) return { remediation, alerts };
  const isOwn = ({ fingerprint, startsAt }: AlertReference): boolean =>
    part.alerts.some(
      (one) => one.fingerprint === fingerprint && Date.parse(one.startsAt) === Date.parse(startsAt),
    );
  return { remediation: { ...remediation, alerts: part.alerts }, alerts: alerts.filter(isOwn) };
}

/** The last destructive call for the node, except this command's own, one of its ladder, or one that it must undo. */
function lastOfOthers(
  record: NodeRecord | undefined,
  { id, ladder, resolution }: Facts['remediation'],
): NodeRecord['last'] {
  const last = record?.last;
  const root = ladder?.root ?? resolution?.root;
  const isOwn =
    last?.remediation === id ||
    (last?.root !== undefined && last.root === root) ||
    resolution?.undoes.includes(last?.remediation ?? '') === true;
  return isOwn ? undefined : last;
}
