import type { Finding } from '#lib/alerts/decide';
import { lastSaid } from '#lib/alerts/to-command';
import type { Invocation } from '#lib/handler/invocation';
import { readDocument } from '#lib/ledger/change';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import { isToBeJudgedAgain, judgeAgain } from '#lib/remediation/lifecycle/judge-again';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { endOfLadder } from '#lib/remediation/record/end-of-ladder';
import type { ReleasingServices } from '#lib/remediation/record/services';
import { escalateStillFiring } from './escalate-still-firing.ts';

/**
 * Applies a firing to the ladder that its alert has led to before. A ladder that has succeeded goes on if the alert has had the time
 * to resolve, because it did not repair the node. A skipped remediation is judged again after a while. A ladder that is under way, or
 * was left to a person, stays as it is. Safe to repeat.
 *
 * @param rungs of the ladder, as they were found or opened.
 * @returns the same rungs, as they are afterwards.
 */
export async function stillFiring(
  rungs: readonly Remediation[],
  findings: readonly Finding[],
  services: ReleasingServices,
  invocation: Invocation,
): Promise<readonly Remediation[]> {
  const { store, clock } = services;
  const firing = findings.filter(({ alert }) => alert.isOver !== true);
  const before = rungs.at(-1);
  if (!before || firing.length === 0) return rungs;
  const receivedAt = new Date(invocation.beganAtMs).toISOString();
  const seenAtMs = Date.parse(
    lastSaid(
      firing.map(({ alert }) => alert),
      receivedAt,
    ),
  );
  const last = await endOfLadder(store, before);
  const alerts = firing.map(({ alert: { fingerprint, startsAt, opening = 0 } }) => ({
    fingerprint,
    startsAt,
    ...(opening > 0 && { opening }),
  }));
  if (last.state === 'skipped') {
    if (!isToBeJudgedAgain(last, seenAtMs)) return replaced(rungs, last);
    const now = clock.now();
    const { stored = last } = await recordRemediation(services, last.id, now, (current) =>
      isToBeJudgedAgain(current, seenAtMs) ? judgeAgain(current, now) : undefined,
    );
    return replaced(rungs, stored);
  }
  const wentOn = await escalateStillFiring(last, { alerts, seenAtMs }, services, invocation);
  const now = wentOn ? await readDocument(store, remediationKind, remediationKey(last.id)) : last;
  return replaced(rungs, now ?? last);
}

function replaced(rungs: readonly Remediation[], one: Remediation): readonly Remediation[] {
  const others = rungs.filter(({ id }) => id !== one.id);
  return others.length < rungs.length
    ? rungs.map((rung) => (rung.id === one.id ? one : rung))
    : [...rungs, one];
}
