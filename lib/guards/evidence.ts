import type { AlertRecord } from '#lib/ledger/alert-document';
import type { Remediation } from '#lib/ledger/remediation';
import type { AlertReference } from '#lib/ledger/remediation-fields';
import type { PoolRules } from '#lib/rules/rules';
import { APPROVAL_HOLDS_MS } from '#lib/rules/waits';
import { roundedSpanText, spanText } from '#lib/sentences/time';
import type { Facts, Guard, Limits, Verdict } from './guard.ts';

const DAY_MS = 24 * 3_600_000;

/**
 * The evidence of a command must not be older than the rule's `maxEvidenceAge`, because the world has moved on since. A
 * command that had to wait until then goes to a person. A command whose alert has not resolved does, too.
 */
export const evidenceAge: Guard = ({ remediation, alerts, pool, limits }, now) => {
  const guard = 'evidence-age';
  const { approval, deferrals } = remediation;
  const evidenceAt = evidenceTime(remediation, alerts);
  if (evidenceAt === undefined) {
    const waited = waitedTooLong(remediation, pool, now);
    return waited ?? { guard, allowed: true, why: 'the command names no time of evidence' };
  }
  const { maxEvidenceAgeMs } = limits;
  const ageMs = now - evidenceAt;
  const limit = `the limit is ${spanText(maxEvidenceAgeMs)}${approval ? ', or a day after the approval of the plan' : ''}`;
  const why = `the evidence is ${roundedSpanText(ageMs)} old; ${limit}`;
  if (now <= evidenceEndsMs(remediation, alerts, limits, evidenceAt))
    return waitedTooLong(remediation, pool, now) ?? { guard, allowed: true, why };
  if (deferrals === undefined && remediation.alerts.length === 0) return { guard, allowed: false, why };
  const waited = remediation.why === undefined ? '' : `; it had to wait: ${remediation.why}`;
  return { guard, allowed: false, handsOver: true, why: `${why}${deferrals === undefined ? '' : waited}` };
};

/** Limit of a command's wait: a day, or in a pool with windows until one has come. */
export function patienceMs({ windows }: Pick<PoolRules, 'windows'>): number {
  return (windows.length > 0 ? 9 : 1) * DAY_MS;
}

/** No command waits forever, however often its alert is delivered. Undefined: it has not waited too long. */
function waitedTooLong(
  { createdAt, approval, deferrals, why }: Remediation,
  pool: Pick<PoolRules, 'windows'>,
  now: number,
): Verdict | undefined {
  const waitedMs = now - Date.parse(approval?.at ?? createdAt);
  const limitMs = patienceMs(pool);
  if (deferrals === undefined || waitedMs <= limitMs) return undefined;
  const waited = `the command has waited for ${roundedSpanText(waitedMs)}; the limit is ${spanText(limitMs)}`;
  return {
    guard: 'evidence-age',
    allowed: false,
    handsOver: true,
    why: why === undefined ? waited : `${waited}: ${why}`,
  };
}

type Resting = Pick<Remediation, 'approval' | 'evidenceAt' | 'createdAt'>;

/**
 * The last confirmation of a command's evidence: by the command, by the person who approved its plan, or by another delivery
 * of its firing alert, also of one that was lost since. A command cannot confirm anything later than itself. Epoch milliseconds.
 */
export function evidenceTime(
  { approval, evidenceAt, createdAt }: Resting,
  alerts: readonly AlertRecord[],
): number | undefined {
  if (evidenceAt === undefined && approval === undefined) return undefined;
  const firing = alerts.filter(({ status }) => status !== 'resolved').map(({ seenAt }) => seenAt);
  const said = evidenceAt === undefined ? [] : [Math.min(Date.parse(evidenceAt), Date.parse(createdAt))];
  const times = [approval?.at, ...firing].flatMap((time) => (time ? [Date.parse(time)] : []));
  return Math.max(...said, ...times);
}

/** End of the validity of a command's evidence. Epoch milliseconds. */
export function evidenceEndsMs(
  remediation: Resting,
  alerts: readonly AlertRecord[],
  { maxEvidenceAgeMs }: Pick<Limits, 'maxEvidenceAgeMs'>,
  evidenceAt = evidenceTime(remediation, alerts) ?? Date.parse(remediation.createdAt),
): number {
  const { approval } = remediation;
  const approvedUntilMs = approval ? Date.parse(approval.at) + APPROVAL_HOLDS_MS : 0;
  return Math.max(evidenceAt + maxEvidenceAgeMs, approvedUntilMs);
}

/** The time until a command looks again whether a lost alert has come back. */
const LOST_ASKED_AGAIN_MS = 5 * 60_000;

/**
 * A resolved alert is no longer a reason. One firing alert among several is enough. For a supernode whose nodes
 * were reported one by one, each node needs one. If its sender has lost sight of the last alert, the command waits:
 * the fault may be over or not. It goes to a person when its evidence is too old.
 */
export function alertFiring(
  {
    remediation: { alerts, ladder, whole, resolution },
    alerts: records,
  }: Pick<Facts, 'remediation' | 'alerts'>,
  now: number,
): Verdict {
  const guard = 'alert-firing';
  if (resolution) return { guard, ...staysOver(records) };
  const isOver = (reference: AlertReference) =>
    records.some(
      ({ status, fingerprint, startsAt }) =>
        status !== 'firing' &&
        fingerprint === reference.fingerprint &&
        Date.parse(startsAt) === Date.parse(reference.startsAt),
    );
  const over = whole?.parts?.filter((part) => part.alerts.every(isOver)) ?? [];
  if (over.length > 0 && over.length < (whole?.parts?.length ?? 0)) {
    const nodes = over.flatMap((part) => part.nodes).join(', ');
    const why = `the alerts for ${nodes} no longer fire, while those for other nodes of the supernode fire: the supernode must not move any more`;
    return { guard, allowed: false, handsOver: true, why };
  }
  if (alerts.length === 0) return { guard, allowed: true, why: 'the command does not come from an alert' };
  const ended = records.filter(({ status }) => status !== 'firing');
  if (ended.length < alerts.length) {
    return {
      guard,
      allowed: true,
      why: `${alerts.length - ended.length} of ${alerts.length} alerts still fire`,
    };
  }
  const lost = ended.find(({ status }) => status === 'lost');
  if (lost) {
    const why = `the sender of alert ${lost.fingerprint} has lost sight of it (${lost.lost}): the fault may be over or not`;
    const until = new Date(now + LOST_ASKED_AGAIN_MS).toISOString();
    return { guard, allowed: false, defers: true, unknown: true, until, why };
  }
  const resolvedAt = ended
    .map((alert) => alert.resolvedAt ?? alert.seenAt)
    .toSorted()
    .at(-1);
  const stopped = ladder && ladder.rung > 0 ? `the ladder stopped at rung ${ladder.rung + 1}: ` : '';
  return { guard, allowed: false, why: `${stopped}the alert resolved at ${resolvedAt}` };
}

/**
 * A step that follows from a resolution is not done once one of its alerts fires again: it would undo the effect of that
 * alert.
 */
function staysOver(records: readonly AlertRecord[]): Pick<Verdict, 'allowed' | 'why'> {
  const again = records.find(({ status }) => status !== 'resolved');
  if (!again) return { allowed: true, why: 'no alert of the rule fires for the node' };
  const { fingerprint, beganAt = again.startsAt, lost } = again;
  return {
    allowed: false,
    why:
      lost === undefined
        ? `alert ${fingerprint} of the rule fires for the node since ${beganAt}`
        : `the sender of alert ${fingerprint} of the rule has lost sight of it (${lost}): its fault may be there still`,
  };
}
