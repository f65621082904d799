import type { NodeOutcome, Remediation } from '#lib/ledger/remediation';

/** Outcomes of a target for which a call was made. */
const BEGUN: readonly NodeOutcome['state'][] = ['verifying', 'succeeded', 'failed'];

/** Whether a call was made for any target of a remediation. */
export function isBegun({ outcomes }: Pick<Remediation, 'outcomes'>): boolean {
  return Object.values(outcomes).some(({ state }) => BEGUN.includes(state));
}

/** The outcomes with some targets refused: skipped, or, where a call has failed for them before, not tried again. */
export function withRefused(
  { outcomes }: Pick<Remediation, 'outcomes'>,
  refused: readonly { target: string; why: string }[],
): Remediation['outcomes'] {
  const changed = refused.map(({ target, why }): [string, NodeOutcome] => {
    const before = outcomes[target];
    return before?.state === 'failed'
      ? [target, { state: 'failed', why: `${before.why}; not tried again: ${why}` }]
      : [target, { state: 'skipped', why }];
  });
  return { ...outcomes, ...Object.fromEntries(changed) };
}

/** The state in which a remediation ends, all of whose targets that were left have been refused. */
export function stateWhenRefused(remediation: Pick<Remediation, 'outcomes'>): 'failed' | 'skipped' {
  return isBegun(remediation) ? 'failed' : 'skipped';
}
