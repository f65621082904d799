import type { Ignored } from '#lib/alerts/decide';
import type { Delivery } from '#lib/alerts/sources/source';
import type { Logger } from '#lib/log';
import { counted } from '#lib/metrics/embedded';
import { AlertsIgnored, AlertsTruncated } from '#lib/metrics/table';
import type { AlertRule } from '#lib/rules/rules';

/** The most alerts that one line of the log names. The journal has all. */
const MAX_NAMED = 10;

/** Warns of alerts that a sender has left out: Poolkeeper does not know them. `at`: epoch milliseconds. */
export function warnOfTruncated(
  { truncated, source, receiver, alerts }: Delivery,
  log: Logger,
  at: number,
): void {
  if (truncated === 0) return;
  log.warn('the sender has left alerts out of a delivery: raise its max_alerts, or group by less', {
    ...counted(AlertsTruncated, truncated, { source }, at),
    receiver,
    received: alerts.length,
  });
}

/** Warns of alerts whose rule wanted an action that does not happen, and of unreadable alerts. */
export function warnOfIgnored(
  ignored: readonly (Ignored & { rule?: AlertRule })[],
  source: string,
  log: Logger,
  at: number,
): void {
  const missed = ignored.filter(({ rule }) => rule === undefined || rule.mode !== 'observe');
  if (missed.length === 0) return;
  log.warn('alerts lead to nothing though they should', {
    ...counted(AlertsIgnored, missed.length, { source }, at),
    alerts: missed.slice(0, MAX_NAMED).map(({ alert, why, rule }) => ({ alert, rule: rule?.name, why })),
  });
}
