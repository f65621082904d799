import { inWords } from '#lib/guards/guard';
import type { NodeOutcome } from '#lib/ledger/remediation';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import type { ActionRung } from '#lib/rules/rules';

/** What a node is held to after its job has succeeded. */
export type Verification = {
  /** As the rule's rung says; undefined: one look at a node that is no longer being worked on. */
  verify: ActionRung['verify'];
  /** When the job ended, or was first seen ended. Epoch milliseconds. */
  jobEndedAtMs: number;
  /** The call's own deadline, for a node on which work goes on although its job is over. */
  deadlineMs: number;
};

type Health = { state: 'well' | 'busy' | 'broken'; why: string };

/**
 * Judges one node after its job has succeeded. Well: `Available`, its driver running where the API shows one. A node that
 * still is `Creating`, `Checking` or in an unknown phase is given time; a broken one too where the rule gives it.
 */
export function verifyNode(
  node: PoolNode | undefined,
  before: NodeOutcome,
  { verify, jobEndedAtMs, deadlineMs }: Verification,
  now: number,
): NodeOutcome {
  const health = healthOf(node);
  const endMs = verify ? jobEndedAtMs + verify.withinMs : deadlineMs;
  if (health.state === 'well') {
    const healthySince = before.healthySince ?? new Date(now).toISOString();
    const healthyForMs = now - Date.parse(healthySince);
    const neededMs = verify?.healthyForMs ?? 0;
    if (healthyForMs >= neededMs) return { state: 'succeeded', why: health.why, healthySince };
    if (now < endMs) {
      return {
        state: 'verifying',
        why: `${health.why} for ${inWords(healthyForMs)} of ${inWords(neededMs)}`,
        healthySince,
      };
    }
    return {
      state: 'failed',
      why: `${health.why}, but for ${inWords(healthyForMs)} only when the time for it was over`,
      healthySince,
    };
  }
  const giveTime = now < endMs && (health.state === 'busy' || verify !== undefined);
  return giveTime
    ? { state: 'verifying', why: health.why }
    : { state: 'failed', why: `its job succeeded, but ${health.why}` };
}

function healthOf(node: PoolNode | undefined): Health {
  if (!node) return { state: 'broken', why: 'the pool does not have the node any more' };
  const { phase, driverPhase } = node;
  if (phase === 'Abnormal') return { state: 'broken', why: 'the node is Abnormal' };
  if (phase !== 'Available') return { state: 'busy', why: `the node is ${phase || 'in no phase'}` };
  if (driverPhase === undefined || driverPhase === 'Running')
    return { state: 'well', why: 'the node is Available' };
  return {
    state: driverPhase === 'Abnormal' ? 'broken' : 'busy',
    why: `the node is Available and its driver ${driverPhase}`,
  };
}
