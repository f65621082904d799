import { isSaneTime } from '#lib/bounds';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import type { Facts, Guard } from './guard.ts';

/** Tolerance for the clocks of senders and of the API. */
const CLOCK_SKEW_MS = 2 * 60_000;

/** An alert that is still delivered as firing this long after its node was replaced had time to resolve. */
const RESOLVES_WITHIN_MS = 15 * 60_000;

/**
 * A node that was created after the alert began is not the node that an address meant then. A name is never used again.
 *
 * Poolkeeper does not act on an address while it cannot know that its node is older than the evidence: with an unreadable
 * time of creation the guard defers. An alert that goes on firing for the address of a replaced node goes to a person, who
 * can say whether it speaks of the new node.
 */
export const nodeNotReplaced: Guard = (facts, now) => {
  const guard = 'node-not-replaced';
  const { node, target, alerts, waits } = facts;
  if (!node || node.name === target)
    return { guard, allowed: true, why: 'the command names the node by its name' };
  const beganAtMs = evidenceBeganAtMs(facts);
  if (beganAtMs === undefined)
    return { guard, allowed: true, why: 'the command has no alert and names no time of evidence' };
  const began = `the evidence began at ${new Date(beganAtMs).toISOString()}`;
  const createdAtMs = Date.parse(node.createdAt ?? '');
  if (Number.isNaN(createdAtMs)) {
    const why = `${began}, and the API does not show when ${node.name}, which has the address ${target} now, was created: it may have replaced another node`;
    return { guard, allowed: false, defers: true, until: new Date(now + waits.retryMs).toISOString(), why };
  }
  const why = `${node.name}, which has the address ${target}, was created at ${node.createdAt}; ${began}`;
  if (createdAtMs + CLOCK_SKEW_MS <= beganAtMs) return { guard, allowed: true, why };
  return { guard, allowed: false, why, ...(maySpeakOf(node, alerts) && { handsOver: true as const }) };
};

/**
 * Whether an alert that fires for an address may speak of its present node: it was received firing after an alert of an earlier
 * node had time to resolve, or the API does not say when the node was created.
 */
export function maySpeakOf(
  { createdAt = '' }: Pick<PoolNode, 'createdAt'>,
  alerts: Facts['alerts'],
): boolean {
  const firing = alerts.filter(({ status }) => status === 'firing').map(({ seenAt }) => Date.parse(seenAt));
  return firing.some((seenMs) => !(seenMs - Date.parse(createdAt) <= RESOLVES_WITHIN_MS));
}

/**
 * The beginning of the command's youngest unresolved alert, or else the command's own evidence; never later than the command
 * itself, for any clock of the sender. An alert that does not say when it began did so when it was first received. Epoch
 * milliseconds.
 */
function evidenceBeganAtMs({
  remediation: { alerts, evidenceAt, createdAt },
  alerts: records,
}: Facts): number | undefined {
  const recordOf = (reference: (typeof alerts)[number]) =>
    records.find(
      ({ fingerprint, startsAt }) =>
        fingerprint === reference.fingerprint && Date.parse(startsAt) === Date.parse(reference.startsAt),
    );
  const firing = alerts.filter((reference) => recordOf(reference)?.status !== 'resolved');
  const counted = firing.length > 0 ? firing : alerts;
  const began = counted.map((reference) =>
    isSaneTime(Date.parse(reference.startsAt))
      ? reference.startsAt
      : (recordOf(reference)?.beganAt ?? reference.startsAt),
  );
  const times = began.length > 0 ? began : evidenceAt ? [evidenceAt] : [];
  if (times.length === 0) return undefined;
  return Math.min(Math.max(...times.map((time) => Date.parse(time))), Date.parse(createdAt));
}
