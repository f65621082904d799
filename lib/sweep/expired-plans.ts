import { remediationKind } from '#lib/ledger/remediation';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { expirePlan, isExpired } from '#lib/remediation/lifecycle/plan';
import { sweepOf } from './sweep-of.ts';

/** Plans without a decision in time. They end as they would if a person approved them now. */
export const expiredPlans = sweepOf({
  name: 'expired-plans',
  kind: remediationKind,
  // However long it has been there: a plan is made anew while the remediation waits for an approval.
  places: [{ partition: 'awaiting-approval', restedMs: 0 }],
  async finish({ id }, services, { log }) {
    const now = services.clock.now();
    const { stored, written } = await recordRemediation(services, id, now, (current) =>
      current.phase === 'planned' && isExpired(current, now) ? expirePlan(current) : undefined,
    );
    if (!stored || !written) return undefined;
    log.info(stored.state, { correlationId: id, why: stored.why });
    return 'expired';
  },
});
