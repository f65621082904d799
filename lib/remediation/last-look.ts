import { alertFiring } from '#lib/guards/evidence';
import type { Invocation } from '#lib/handler/invocation';
import type { AlertRecord } from '#lib/ledger/alert-document';
import { UnreadableDocumentError } from '#lib/ledger/change';
import type { Remediation } from '#lib/ledger/remediation';
import { alertsOf } from './alerts-of.ts';
import type { Member } from './join.ts';
import { giveBack } from './lease-targets.ts';
import { recordIf } from './outcome.ts';
import { stateWhenRefused, withRefused } from './refusal.ts';
import { alertsAbout } from './rule-on-node.ts';
import type { RemediationServices } from './services.ts';

/**
 * Looks once more, right before the intent, whether the alerts of each remediation still fire: an alert may resolve while the
 * pool is read and its nodes are leased. What is no reason any more is left out, and the ledger says why.
 *
 * @returns the members that are left.
 */
export async function lastLook(
  members: readonly Member[],
  callId: string,
  services: RemediationServices,
  { log }: Invocation,
): Promise<Member[]> {
  const { store, clock } = services;
  const left: Member[] = [];
  for (const member of members) {
    const { remediation, targets } = member;
    const { allowed, ...verdict } = alertFiring({ remediation, alerts: await lookUp(remediation, services) });
    if (allowed) {
      left.push(member);
      continue;
    }
    const { why } = verdict;
    const refused = targets.map((target) => ({ target, why }));
    const isOurs = (current: Remediation) => current.callId === callId && current.state === 'submitting';
    const { stored, written } = await recordIf(store, remediation.id, clock.now(), isOurs, (current) => ({
      changes: {
        state: verdict.handsOver ? ('needs-human' as const) : stateWhenRefused(current),
        why,
        outcomes: withRefused(current, refused),
      },
      receipts: [{ step: 'guard', allowed, ...verdict }],
    }));
    if (!written || !stored) continue;
    await giveBack(stored, targets, services);
    log.info(stored.state, { correlationId: remediation.id, why });
  }
  return left;
}

async function lookUp(
  remediation: Remediation,
  { store, clock }: Pick<RemediationServices, 'store' | 'clock'>,
): Promise<AlertRecord[]> {
  if (!remediation.resolution) return alertsOf(remediation, store);
  const { values, unreadable } = await alertsAbout(remediation, store, clock.now());
  const [first] = unreadable;
  if (first) throw new UnreadableDocumentError(first.document, first.kind, first.why);
  return values;
}
