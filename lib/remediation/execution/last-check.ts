import type { LastCheck } from '#lib/actions/action';
import { readableAlertsOf } from '#lib/alerts/readable-alerts';
import { alertsAbout } from '#lib/alerts/rule-on-node';
import { release } from '#lib/capacity/release';
import { alertFiring } from '#lib/guards/evidence';
import { nameOf } from '#lib/guards/name-of';
import type { AlertRecord } from '#lib/ledger/alert-document';
import type { ReadMany } from '#lib/ledger/read-many';
import type { Remediation } from '#lib/ledger/remediation';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { refuseBeforeCall } from '#lib/remediation/lifecycle/refuse';
import { reportUnreadable } from '#lib/remediation/messages/report-unreadable';
import { isUnsent } from '#lib/remediation/record/outcome';
import type { RemediationServices } from '#lib/remediation/record/services';
import { deferOrFail } from './defer.ts';
import type { Member } from './join.ts';
import type { CallContext } from './make-call.ts';

/**
 * Checks the alerts of each remediation once more, right before the intent, because an alert may resolve while the pool is read and
 * the nodes are held; and then what the action itself asks last. It drops the members that are refused, and records the reason. It
 * defers a member with an unreadable document, and reports the document to people.
 *
 * @returns the members that are left.
 */
export async function lastCheck<Body extends Record<string, unknown>>(
  members: readonly Member[],
  callId: string,
  context: Pick<CallContext<Body>, 'action' | 'facts' | 'services' | 'invocation'>,
): Promise<Member[]> {
  const { services, invocation } = context;
  const { log } = invocation;
  const { clock } = services;
  const left: Member[] = [];
  for (const member of members) {
    const { remediation, targets } = member;
    const { verdict, unreadable } = await judgeLast(member, context);
    if (unreadable.length > 0) {
      await reportUnreadable(unreadable, services, log);
      await deferOrFail([member], new Error(unreadable[0]?.why), services, invocation);
      continue;
    }
    if (!verdict || verdict.allowed) {
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
        ? refuseBeforeCall(current, targets, verdict)
        : undefined,
    );
    if (!written || !stored) continue;
    await release(stored, 'unused', services, { targets, isUnsent: isUnsent(stored) });
    log.info(stored.state, { correlationId: remediation.id, why });
  }
  return left;
}

/** The verdict on the alerts of a member, and if they allow it, that of its action. */
async function judgeLast<Body extends Record<string, unknown>>(
  { remediation, targets }: Member,
  { action, facts, services }: Pick<CallContext<Body>, 'action' | 'facts' | 'services'>,
): ReturnType<LastCheck> {
  const { values: alerts, unreadable } = await lookUp(remediation, services);
  const verdict = alertFiring({ remediation, alerts }, services.clock.now());
  if (!action.lastCheck || unreadable.length > 0 || !verdict.allowed) return { verdict, unreadable };
  const called = facts.get(remediation.id)?.filter((fact) => targets.includes(nameOf(fact))) ?? [];
  return action.lastCheck(called, services, services.clock.now());
}

function lookUp(
  remediation: Remediation,
  { store, clock }: Pick<RemediationServices, 'store' | 'clock'>,
): Promise<ReadMany<AlertRecord>> {
  return remediation.resolution
    ? alertsAbout(remediation, store, clock.now())
    : readableAlertsOf(remediation, store);
}
