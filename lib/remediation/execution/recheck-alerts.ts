import { readableAlertsOf } from '#lib/alerts/readable-alerts';
import { alertsAbout } from '#lib/alerts/rule-on-node';
import { release } from '#lib/capacity/release';
import { alertFiring } from '#lib/guards/evidence';
import type { Invocation } from '#lib/handler/invocation';
import type { AlertRecord } from '#lib/ledger/alert-document';
import type { ReadMany } from '#lib/ledger/read-many';
import type { Remediation } from '#lib/ledger/remediation';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { refuseResolved } from '#lib/remediation/lifecycle/refuse';
import { reportUnreadable } from '#lib/remediation/messages/report-unreadable';
import type { RemediationServices } from '#lib/remediation/record/services';
import { deferOrFail } from './defer.ts';
import type { Member } from './join.ts';

/**
 * Checks the alerts of each remediation once more, right before the intent, because an alert may resolve while the pool is read and
 * the nodes are held. It drops the members whose alerts have resolved, and records the reason. It defers a member with an unreadable
 * alert, and reports the document to people.
 *
 * @returns the members that are left.
 */
export async function lastAlertCheck(
  members: readonly Member[],
  callId: string,
  services: RemediationServices,
  invocation: Invocation,
): Promise<Member[]> {
  const { log } = invocation;
  const { clock } = services;
  const left: Member[] = [];
  for (const member of members) {
    const { remediation, targets } = member;
    const { values: alerts, unreadable } = await lookUp(remediation, services);
    if (unreadable.length > 0) {
      await reportUnreadable(unreadable, services, log);
      await deferOrFail([member], new Error(unreadable[0]?.why), services, invocation);
      continue;
    }
    const verdict = alertFiring({ remediation, alerts }, clock.now());
    if (verdict.allowed) {
      left.push(member);
      continue;
    }
    const { why } = verdict;
    if (verdict.defers) {
      await deferOrFail([member], new Error(why), services, invocation);
      continue;
    }
    const { stored, written } = await recordRemediation(services, remediation.id, clock.now(), (current) =>
      current.phase === 'calling' && current.callId === callId
        ? refuseResolved(current, targets, verdict)
        : undefined,
    );
    if (!written || !stored) continue;
    await release(stored, 'unused', services, { targets });
    log.info(stored.state, { correlationId: remediation.id, why });
  }
  return left;
}

function lookUp(
  remediation: Remediation,
  { store, clock }: Pick<RemediationServices, 'store' | 'clock'>,
): Promise<ReadMany<AlertRecord>> {
  return remediation.resolution
    ? alertsAbout(remediation, store, clock.now())
    : readableAlertsOf(remediation, store);
}
