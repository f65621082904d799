import type { Ignored } from '#lib/alerts/decide';
import type { Delivery } from '#lib/alerts/sources/source';
import type { Logger } from '#lib/log';
import type { AlertRule } from '#lib/rules/rules';

/** The most alerts that one line of the log names. The journal has all. */
const MAX_NAMED = 10;

/** Warns of alerts that a sender has left out: Poolkeeper does not know them. */
export function warnOfTruncated({ truncated, source, receiver, alerts }: Delivery, log: Logger): void {
  if (truncated === 0) return;
  log.warn('the sender has left alerts out of a delivery: raise its max_alerts, or group by less', {
    metric: 'AlertsTruncated',
    count: truncated,
    source,
    receiver,
    received: alerts.length,
  });
}

/** Warns of alerts whose rule wanted an action that does not happen, and of unreadable alerts. */
export function warnOfIgnored(ignored: readonly (Ignored & { rule?: AlertRule })[], log: Logger): void {
  const missed = ignored.filter(({ rule }) => rule === undefined || rule.mode !== 'observe');
  if (missed.length === 0) return;
  log.warn('alerts lead to nothing though they should', {
    metric: 'AlertsIgnored',
    count: missed.length,
    alerts: missed.slice(0, MAX_NAMED).map(({ alert, why, rule }) => ({ alert, rule: rule?.name, why })),
  });
}
