import type { NodeOutcome } from '#lib/ledger/remediation-fields';
import { type Sighting, sightingOf } from '#lib/modelarts/reading/absence';
import { withExpectedDrivers } from '#lib/modelarts/reading/expected-drivers';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import { roundedSpanText, spanText } from '#lib/sentences/time';
import { type Health, healthOf } from './health.ts';
import type { Subject, Verify, View } from './verification.ts';

/** Judges one node after its job has succeeded. */
export const verifyNode: Verify = (view, subject, now) =>
  verifyHealth(seenAs(view, subject.target), subject, now);

/** A node by its name, in the list of its pool. */
export function seenAs({ nodes, unreadable }: View, target: string): Sighting<PoolNode> {
  return sightingOf(
    { items: nodes, unreadable: unreadable?.nodes ?? [] },
    ({ name }) => name === target,
    (name) => name === target,
  );
}

type Verified = Pick<
  Subject,
  'before' | 'verify' | 'healthy' | 'sinceMs' | 'deadlineMs' | 'goneAfterMs' | 'firingAnew'
>;

/**
 * Whether a node is well, and has been for as long as the rule demands. A node that is not at rest, or in an unknown state,
 * gets time; a broken one too if the rule gives it. A node is broken only if two readings show it, unless its alert fires anew. A node
 * whose state is unknown when its time is over has not failed: a person gets a notice. A driver that one poll has seen is unknown to a
 * later poll that sees none.
 *
 * @param done a text about the finished call
 */
export function verifyHealth(
  sighting: Sighting<PoolNode>,
  subject: Verified,
  now: number,
  done = 'its job succeeded',
): NodeOutcome {
  const item = sighting.kind === 'seen' ? sighting.item : undefined;
  const driverShown = subject.before.driverShown ?? (item?.driverPhase !== undefined || undefined);
  // From then on it must show one.
  const [marked] = item && driverShown ? withExpectedDrivers([item], [], 'unknown') : [];
  const outcome = judgeHealth(marked ? { kind: 'seen', item: marked } : sighting, subject, now, done);
  return outcome.state === 'verifying' && driverShown ? { ...outcome, driverShown } : outcome;
}

function judgeHealth(
  sighting: Sighting<PoolNode>,
  subject: Verified,
  now: number,
  done: string,
): NodeOutcome {
  const { before, verify, sinceMs, deadlineMs, goneAfterMs, firingAnew = [], healthy } = subject;
  const health = healthOf(sighting, before.notSeenSince, firingAnew, now, goneAfterMs, healthy);
  const endMs = verify ? sinceMs + verify.withinMs : deadlineMs;
  if (health.state === 'well') return wellFor(health, subject, endMs, now);
  const { why, notSeenSince } = health;
  // One reading alone proves no fault: it may be older than the end of the job.
  const isByReading = health.state === 'broken' && sighting.kind === 'seen' && firingAnew.length === 0;
  const brokenSince = isByReading ? (before.brokenSince ?? new Date(now).toISOString()) : undefined;
  const seen = { why, ...(notSeenSince && { notSeenSince }), ...(brokenSince && { brokenSince }) };
  if (brokenSince !== undefined && now - Date.parse(brokenSince) < goneAfterMs)
    return { state: 'verifying', ...seen };
  const hasTime = now < endMs && (health.state !== 'broken' || verify !== undefined);
  if (hasTime) return { state: 'verifying', ...seen };
  if (health.state === 'unknown')
    return { state: 'failed', notKnown: true, why: `the state of the node was not known in time: ${why}` };
  return { state: 'failed', why: `${done}, but ${why}` };
}

function wellFor(
  { why }: Health,
  { before, verify }: Pick<Subject, 'before' | 'verify'>,
  endMs: number,
  now: number,
): NodeOutcome {
  const healthySince = before.healthySince ?? new Date(now).toISOString();
  const healthyForMs = now - Date.parse(healthySince);
  const neededMs = verify?.healthyForMs ?? 0;
  if (healthyForMs >= neededMs) return { state: 'succeeded', why, healthySince };
  const soFar = `${why} for ${roundedSpanText(healthyForMs)} of ${spanText(neededMs)}`;
  // A node that the last poll of its time, or the first poll of all, shows well may stay so for as long as the rule demands.
  const wasWell = before.state === 'running' || before.healthySince !== undefined;
  return now < endMs || wasWell
    ? { state: 'verifying', why: soFar, healthySince }
    : { state: 'failed', why: `${soFar} at the end of its time`, healthySince };
}
