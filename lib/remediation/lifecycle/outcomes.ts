import type { Remediation } from '#lib/ledger/remediation';
import type { NodeOutcome } from '#lib/ledger/remediation-fields';

/** Outcomes of a target for which a call was made. */
const BEGUN: readonly NodeOutcome['state'][] = ['verifying', 'succeeded', 'failed'];

/** Whether a call was made for any target of a remediation. */
export function isBegun({ outcomes }: Pick<Remediation, 'outcomes'>): boolean {
  return Object.values(outcomes).some(({ state }) => BEGUN.includes(state));
}

/** A refused target. `forPerson`: a person must see to it. */
export type RefusedTarget = { target: string; why: string; forPerson?: boolean };

/** The outcomes with some targets refused. They are skipped, or stay failed if a call has failed for them before. */
export function withRefused(
  { outcomes }: Pick<Remediation, 'outcomes'>,
  refused: readonly RefusedTarget[],
): Remediation['outcomes'] {
  const changed = refused.map(({ target, why, forPerson }): [string, NodeOutcome] => {
    const before = outcomes[target];
    return before?.state === 'failed'
      ? [target, { state: 'failed', why: `${before.why}; not tried again: ${why}` }]
      : [target, { state: 'skipped', why, ...(forPerson && { forPerson }) }];
  });
  return { ...outcomes, ...Object.fromEntries(changed) };
}

/** The outcomes without waiting targets: they are skipped, because no later call will come. */
export function withoutWaiting(outcomes: Remediation['outcomes'], why: string): Remediation['outcomes'] {
  const given = Object.entries(outcomes).map(([target, outcome]): [string, NodeOutcome] =>
    outcome.state === 'waiting'
      ? [target, { state: 'skipped', why: `not tried: ${why}` }]
      : [target, outcome],
  );
  return Object.fromEntries(given);
}

/** The outcomes without targets of a call that is still to come, or was never made: they are skipped. */
export function withoutUncalled(outcomes: Remediation['outcomes'], why: string): Remediation['outcomes'] {
  const given = Object.entries(outcomes).map(([target, outcome]): [string, NodeOutcome] =>
    outcome.state === 'waiting' || outcome.state === 'running'
      ? [target, { state: 'skipped', why }]
      : [target, outcome],
  );
  return Object.fromEntries(given);
}

/** The outcomes with some targets that wait for a later call of the same remediation. */
export function withWaiting(
  { outcomes }: Pick<Remediation, 'outcomes'>,
  waiting: readonly { target: string; why: string }[],
): Remediation['outcomes'] {
  const changed = waiting.map(({ target, why }): [string, NodeOutcome] => [
    target,
    { state: 'waiting', why },
  ]);
  return { ...outcomes, ...Object.fromEntries(changed) };
}

/** The outcomes with some targets in the same state. */
export function withState(
  { outcomes }: Pick<Remediation, 'outcomes'>,
  targets: readonly string[],
  outcome: NodeOutcome,
): Remediation['outcomes'] {
  return { ...outcomes, ...Object.fromEntries(targets.map((target) => [target, outcome])) };
}
