import type { Remediation } from '#lib/ledger/remediation';
import { lastOf } from './outcome.ts';
import { releaseTargets } from './release.ts';
import type { ReleasingServices } from './services.ts';

/** Gives back every target of a remediation that its call was for and that is over, with what was done to it. */
export async function endTargets(
  remediation: Remediation,
  services: ReleasingServices,
  targets: readonly string[] = Object.keys(remediation.outcomes),
): Promise<void> {
  const { outcomes } = remediation;
  const endedAt = new Date(services.clock.now()).toISOString();
  const over = Object.entries(outcomes).filter(
    ([target, { state }]) => targets.includes(target) && (state === 'succeeded' || state === 'failed'),
  );
  await releaseTargets(
    remediation,
    over.map(([target, { state }]) => {
      const last = lastOf(remediation, state, endedAt);
      return { target, ...(last && { last }) };
    }),
    services,
  );
}
