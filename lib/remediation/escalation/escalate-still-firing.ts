import { episodeName } from '#lib/alerts/identity';
import type { Invocation } from '#lib/handler/invocation';
import type { Remediation } from '#lib/ledger/remediation';
import type { AlertReference } from '#lib/ledger/remediation-fields';
import { type Recorded, recordRemediation } from '#lib/remediation/lifecycle/move';
import { fireOn } from '#lib/remediation/lifecycle/rung';
import { isToGoOn, resolvesWithinMs, stateSince } from '#lib/remediation/record/end-of-ladder';
import { ladderPosition } from '#lib/remediation/record/ladder';
import type { ReleasingServices } from '#lib/remediation/record/services';
import { roundedSpanText, spanText } from '#lib/sentences/time';
import { escalate } from './escalate.ts';

/**
 * Goes on from a remediation that has succeeded without a repair of its node: an alert of its rule was received firing after the
 * time in which it should have resolved. The ledger first records that the rung did not help, and `escalate` does the rest. Safe to
 * repeat, also after a process died halfway.
 *
 * @param alerts that still fire: the ladder rests on them from here on.
 * @param seenAtMs when the last of them was received, epoch milliseconds.
 * @returns whether the ladder went on here.
 */
export async function escalateStillFiring(
  remediation: Remediation,
  { alerts, seenAtMs }: { alerts: readonly AlertReference[]; seenAtMs: number },
  services: ReleasingServices,
  invocation: Invocation,
): Promise<boolean> {
  const { rules, clock } = services;
  const firesOn = (current: Remediation): Recorded | undefined => {
    const place = ladderPosition(rules, current);
    if (current.phase !== 'succeeded' || !place) return undefined;
    const succeededAt = stateSince(current);
    const withinMs = resolvesWithinMs(rules, current);
    const afterMs = seenAtMs - Date.parse(succeededAt);
    if (afterMs <= withinMs) return undefined;
    const why = `alert ${alerts[0]?.fingerprint} still fires ${roundedSpanText(afterMs)} after it succeeded: it did not repair the node`;
    const receipt = {
      step: 'still-firing' as const,
      alerts: alerts.slice(0, 20).map(({ fingerprint }) => fingerprint),
      seenAt: new Date(seenAtMs).toISOString(),
      succeededAt,
      within: spanText(withinMs),
    };
    const all = [...current.alerts, ...newOnes(current.alerts, alerts)];
    return fireOn(current, all, why, receipt, place, clock.now());
  };
  if (!firesOn(remediation) && !isToGoOn(remediation)) return false;
  const { stored } = await recordRemediation(services, remediation.id, clock.now(), firesOn);
  if (!stored || !isToGoOn(stored)) return false;
  invocation.log.warn('the alert still fires after its remediation has succeeded', {
    correlationId: stored.id,
    why: stored.why,
  });
  await escalate(stored, services, invocation);
  return true;
}

function newOnes(known: readonly AlertReference[], alerts: readonly AlertReference[]): AlertReference[] {
  const names = new Set(known.map(episodeName));
  return alerts.filter((alert) => !names.has(episodeName(alert)));
}
