import { remediationKind } from '#lib/ledger/remediation';
import { recordIf } from '#lib/remediation/record/outcome';
import { expired, isExpired } from '#lib/remediation/record/plan-expiry';
import { sweepOf } from './sweep-of.ts';

/** Plans without a decision in time. They end as they would if a person approved them now. */
export const expiredPlans = sweepOf({
  name: 'expired-plans',
  kind: remediationKind,
  // Any age: new evidence moves a remediation to the end of the index.
  places: [{ partition: 'awaiting-approval', restedMs: 0 }],
  async finish({ id }, { store, clock }, { log }) {
    const now = clock.now();
    const { stored, written } = await recordIf(
      store,
      id,
      now,
      (current) => current.state === 'awaiting-approval' && isExpired(current, now),
      (current) => {
        const { changes, receipt } = expired(current);
        return { changes, receipts: [receipt] };
      },
    );
    if (!stored || !written) return undefined;
    log.info(stored.state, { correlationId: id, why: stored.why });
    return 'expired';
  },
});
