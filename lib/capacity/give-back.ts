import { hasEnded, type Remediation } from '#lib/ledger/remediation';
import { everyTarget } from '#lib/remediation/record/open';
import { isDestructive, lastOf } from '#lib/remediation/record/outcome';
import type { ReleasingServices } from '#lib/remediation/record/services';
import { type Released, releaseTargets } from './release.ts';

/**
 * Why targets are given back. `unused`: no call was made for them. `refused`: the API refused the call. `over`: their call has ended.
 * `no-trace`: the outcome of a lost call is unknown, and no job works on them. The cooldown protects them for a while.
 */
export type Reason = 'unused' | 'refused' | 'over' | 'no-trace';

/** Gives targets of a remediation back, by default every target that the reason covers. A target that is still verified stays leased. */
export async function giveBack(
  remediation: Remediation,
  reason: Reason,
  services: ReleasingServices,
  targets?: readonly string[],
): Promise<void> {
  await releaseTargets(remediation, givenBack(remediation, reason, services.clock.now(), targets), services);
}

/** The targets to give back, each with the record for its cooldown and for the breaker. Pure. */
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
 * Every target whose call has ended, with a record of that call. After the end of the whole remediation also the skipped targets: an
 * attempt that died may have leased them.
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
