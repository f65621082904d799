import { inWords } from '#lib/guards/guard';
import type { AlertReference, NodeOutcome } from '#lib/ledger/remediation';
import { isUnreadable, type PoolNode } from '#lib/modelarts/replies/pool-node';
import type { Subject, Verify } from './verification.ts';

type Health = { state: 'well' | 'busy' | 'broken'; why: string };

/** Judges one node after its job has succeeded. */
export const verifyNode: Verify = ({ nodes }, subject, now) =>
  verifyHealth(
    nodes.find(({ name }) => name === subject.target),
    subject,
    now,
  );

/**
 * Whether a node is well, and has been for as long as the rule wants it. Well: `Available`, its driver running where the API
 * shows one, and no alert of the remediation firing anew. A node that still is `Creating`, `Checking` or in an unknown phase is given time; a broken one too where the
 * rule gives it.
 */
export function verifyHealth(
  node: PoolNode | undefined,
  {
    before,
    verify,
    sinceMs,
    deadlineMs,
    firingAnew,
  }: Pick<Subject, 'before' | 'verify' | 'sinceMs' | 'deadlineMs' | 'firingAnew'>,
  now: number,
): NodeOutcome {
  const health = healthOf(node, firingAnew);
  const endMs = verify ? sinceMs + verify.withinMs : deadlineMs;
  if (health.state === 'well') {
    const healthySince = before.healthySince ?? new Date(now).toISOString();
    const healthyForMs = now - Date.parse(healthySince);
    const neededMs = verify?.healthyForMs ?? 0;
    if (healthyForMs >= neededMs) return { state: 'succeeded', why: health.why, healthySince };
    const soFar = `${health.why} for ${inWords(healthyForMs)} of ${inWords(neededMs)}`;
    // Where nobody has looked before the time for it was over, it has the time from the first look on.
    const isLookedAtLate = before.state === 'running' || Date.parse(before.healthySince ?? '') >= endMs;
    return now < endMs || isLookedAtLate
      ? { state: 'verifying', why: soFar, healthySince }
      : { state: 'failed', why: `${soFar} when the time for it was over`, healthySince };
  }
  const hasTime = now < endMs && (health.state === 'busy' || verify !== undefined);
  return hasTime
    ? { state: 'verifying', why: health.why }
    : { state: 'failed', why: `its job succeeded, but ${health.why}` };
}

function healthOf(node: PoolNode | undefined, [anew]: readonly AlertReference[] = []): Health {
  if (!node) return { state: 'broken', why: 'the pool does not have the node any more' };
  if (isUnreadable(node, 'phase') || isUnreadable(node, 'driverPhase'))
    return { state: 'busy', why: 'what the API says of the node cannot be read' };
  const { phase, driverPhase } = node;
  if (phase === 'Abnormal') return { state: 'broken', why: 'the node is Abnormal' };
  if (phase !== 'Available') return { state: 'busy', why: `the node is ${phase || 'in no phase'}` };
  if (driverPhase === undefined || driverPhase === 'Running') {
    // The API knows less than the alert: a node that has lost a card may be Available.
    return anew
      ? { state: 'broken', why: `alert ${anew.fingerprint} fires anew since ${anew.startsAt}` }
      : { state: 'well', why: 'the node is Available' };
  }
  return {
    state: driverPhase === 'Abnormal' ? 'broken' : 'busy',
    why: `the node is Available and its driver ${driverPhase}`,
  };
}
