import { hasEnded, type Remediation } from '#lib/ledger/remediation';
import { lastOf } from '#lib/remediation/record/outcome';
import type { ReleasingServices } from '#lib/remediation/record/services';
import { releaseTargets } from './release.ts';

/**
 * Releases every finished target of a remediation that its call was for, and records its calls. Once all of them are
 * finished, it also releases leases and slots that a dead attempt may have taken for the rest.
 */
export async function endTargets(
  remediation: Remediation,
  services: ReleasingServices,
  targets: readonly string[] = Object.keys(remediation.outcomes),
): Promise<void> {
  const { state: itsState, outcomes } = remediation;
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
      ...over.map(([target, { state }]) => {
        const last = lastOf(remediation, state, endedAt);
        return { target, ...(last && { last }) };
      }),
      ...untouched.map((target) => ({ target })),
    ],
    services,
  );
}
