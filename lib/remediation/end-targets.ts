import { hasEnded, type Remediation } from '#lib/ledger/remediation';
import { isDestructive } from './outcome.ts';
import { releaseTargets } from './release.ts';
import type { RemediationServices } from './services.ts';

/**
 * Gives back every target of a remediation that its call was for and that is over, with what was done to it. Once all of it is
 * over, also what an attempt that has died may have taken for the rest.
 */
export async function endTargets(
  remediation: Remediation,
  services: RemediationServices,
  targets: readonly string[] = Object.keys(remediation.outcomes),
): Promise<void> {
  const { id, action, state: itsState, outcomes, receipts } = remediation;
  const calledAt = receipts.findLast(({ step }) => step === 'intent')?.at ?? remediation.createdAt;
  const endedAt = new Date(services.clock.now()).toISOString();
  const over = Object.entries(outcomes).filter(
    ([target, { state }]) => targets.includes(target) && (state === 'succeeded' || state === 'failed'),
  );
  const isAllOver = hasEnded(itsState) && itsState !== 'needs-human';
  const untouched = isAllOver
    ? Object.keys(outcomes).filter((target) => outcomes[target]?.state === 'skipped')
    : [];
  await releaseTargets(
    remediation,
    [
      ...over.map(([target, { state }]) => ({
        target,
        ...(isDestructive(action) && {
          last: { remediation: id, action, calledAt, endedAt, outcome: state },
        }),
      })),
      ...untouched.map((target) => ({ target })),
    ],
    services,
  );
}
