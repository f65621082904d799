import type { AlertRecord } from '#lib/ledger/alert-document';
import type { Facts } from './guard.ts';

/** The alerts of a rule about a node, also those of other commands. */
export type AlertsOfRule = {
  alerts: readonly AlertRecord[];
  /** ISO 8601. Absent: `alerts` has all that the ledger knows. Otherwise it lacks those from before this time. */
  lookedBackTo?: string | undefined;
};

/** Two deliveries about the same moment may arrive this far apart. */
const SAME_MOMENT_MS = 60_000;

/** The latest beginning of a command's firing alerts, by our clock if that is known. Epoch milliseconds. */
export function lastBegan({ remediation, alerts }: Pick<Facts, 'remediation' | 'alerts'>): number {
  const firing = alerts.filter(({ status }) => status === 'firing');
  const times = firing.length > 0 ? firing : alerts.length > 0 ? alerts : remediation.alerts;
  return Math.max(
    ...times.map((alert) => Date.parse(('beganAt' in alert ? alert.beganAt : undefined) ?? alert.startsAt)),
  );
}

/**
 * When the fault behind a command's alerts began. A sender may change the fingerprint of an alert that fires. So the fault began
 * with an earlier alert of the rule about the node, if that still fired when the next one began, or claims the same beginning.
 * Epoch milliseconds; minus infinity if it may be older than the known alerts.
 */
export function faultBegan(
  facts: Pick<Facts, 'remediation' | 'alerts'> & { limits: Pick<Facts['limits'], 'maxEvidenceAgeMs'> },
  { alerts, lookedBackTo }: AlertsOfRule,
): number {
  const known = spansOf([...facts.alerts, ...alerts], facts.limits.maxEvidenceAgeMs);
  let beganMs = lastBegan(facts);
  for (;;) {
    const claims = new Set(known.filter(({ fromMs }) => fromMs === beganMs).map(({ claimMs }) => claimMs));
    const earlier = known.filter(
      ({ fromMs, untilMs, claimMs }) =>
        fromMs < beganMs && (untilMs + SAME_MOMENT_MS >= beganMs || claims.has(claimMs)),
    );
    if (earlier.length === 0) break;
    beganMs = Math.min(...earlier.map(({ fromMs }) => fromMs));
  }
  return lookedBackTo !== undefined && beganMs <= Date.parse(lookedBackTo) ? -Infinity : beganMs;
}

type Span = { claimMs: number; fromMs: number; untilMs: number };

/**
 * The time in which each alert fired. Without a resolution it fires for as long as its last delivery is evidence, and not longer
 * than until its sender claims another beginning of it.
 */
function spansOf(alerts: readonly AlertRecord[], maxEvidenceAgeMs: number): Span[] {
  const latest = new Map<string, number>();
  for (const alert of alerts) {
    const { fingerprint } = alert;
    latest.set(fingerprint, Math.max(beganAtMs(alert), latest.get(fingerprint) ?? -Infinity));
  }
  return alerts.map((alert) => {
    const { fingerprint, startsAt, seenAt, resolvedAt } = alert;
    const fromMs = beganAtMs(alert);
    const isLatest = latest.get(fingerprint) === fromMs;
    const untilMs =
      resolvedAt === undefined
        ? Date.parse(seenAt) + (isLatest ? maxEvidenceAgeMs : 0)
        : Date.parse(resolvedAt);
    return { claimMs: Date.parse(startsAt), fromMs, untilMs };
  });
}

function beganAtMs({ beganAt, startsAt }: AlertRecord): number {
  return Date.parse(beganAt ?? startsAt);
}
