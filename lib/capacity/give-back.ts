import { hasEnded, type Remediation } from '#lib/ledger/remediation';
import { everyTarget } from '#lib/remediation/record/open';
import { isDestructive, lastOf } from '#lib/remediation/record/outcome';
import type { ReleasingServices } from '#lib/remediation/record/services';
import { type Released, releaseTargets } from './release.ts';

/**
 * Why targets are given back. `unused`: nothing was called for them. `refused`: the API would not do it. `over`: what was called for
 * them is over. `no-trace`: what became of a lost call is not known, and nobody works on them: the cooldown keeps others off for a while.
 */
export type Reason = 'unused' | 'refused' | 'over' | 'no-trace';

/** Gives targets of a remediation back; by default all that the reason is about. What is still to be seen stays leased. */
export async function giveBack(
  remediation: Remediation,
  reason: Reason,
  services: ReleasingServices,
  targets?: readonly string[],
): Promise<void> {
  await releaseTargets(remediation, givenBack(remediation, reason, services.clock.now(), targets), services);
}

/** What is given back, and what is kept of each for its cooldown and for the breaker. Pure. */
export function givenBack(
  remediation: Remediation,
  reason: Reason,
  now: number,
  targets?: readonly string[],
): Released[] {
  const { outcomes, updatedAt } = remediation;
  const unseen = () => everyTarget(remediation).filter((target) => outcomes[target]?.state !== 'verifying');
  switch (reason) {
    case 'unused':
      return (targets ?? unseen()).map((target) => ({ target }));
    case 'refused': {
      const left = isDestructive(remediation.action) ? { left: 'refused' as const } : {};
      return (targets ?? unseen()).map((target) => ({ target, ...left }));
    }
    case 'no-trace': {
      const last = lastOf(remediation, 'unknown', updatedAt);
      return (targets ?? []).map((target) => ({ target, left: 'released', ...(last && { last }) }));
    }
    case 'over':
      return overOf(remediation, now, targets ?? Object.keys(outcomes));
  }
}

/**
 * Every target that is over, with what was done to it. Once all of the remediation is over, also what an attempt that has died may
 * have taken for the rest.
 */
function overOf(remediation: Remediation, now: number, targets: readonly string[]): Released[] {
  const { state: itsState, outcomes } = remediation;
  const endedAt = new Date(now).toISOString();
  const isAllOver = hasEnded(itsState) && itsState !== 'needs-human';
  return Object.entries(outcomes).flatMap(([target, { state }]): Released[] => {
    if (state === 'skipped') return isAllOver ? [{ target }] : [];
    if (!targets.includes(target) || (state !== 'succeeded' && state !== 'failed')) return [];
    const last = lastOf(remediation, state, endedAt);
    return [{ target, ...(last && { last }) }];
  });
}
