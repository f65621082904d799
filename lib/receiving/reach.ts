import { decide } from '#lib/alerts/decide';
import type { Delivery, ReceivedAlert } from '#lib/alerts/sources/source';
import { findRule } from '#lib/rules/match';
import { poolName } from '#lib/rules/pool';
import type { AlertRule, Rules } from '#lib/rules/rules';
import { type KnownAlerts, readKnownAlerts } from './known-alerts.ts';
import type { ReceiveServices } from './receive.ts';

/** An alert that leads to nothing, the reason, and the rule that matches it, if any. */
export type Missed = { alert: ReceivedAlert; why: string; rule: AlertRule | undefined };

/**
 * Separates the alerts of a delivery that its sender may send. A sender that the rules file limits reaches only its own pools: by
 * the pool that the rule finds, and by the pools of which the same alert has spoken before, whatever its labels say now. So it can
 * neither start work on another pool nor end an alert of another pool.
 *
 * @returns beyond: the alerts out of its reach, with the reason.
 */
export async function withinReach(
  { sender, alerts }: Pick<Delivery, 'sender' | 'alerts'>,
  { rules, store }: Pick<ReceiveServices, 'rules' | 'store'>,
): Promise<{ alerts: readonly ReceivedAlert[]; beyond: Missed[] }> {
  const { senders = {} } = rules;
  const allowed = sender !== undefined && Object.hasOwn(senders, sender) ? senders[sender]?.pools : undefined;
  if (sender === undefined || !allowed) return { alerts, beyond: [] };
  const known = await readKnownAlerts(store, alerts);
  const judged = alerts.map((alert) => ({
    alert,
    pool: poolsOf(alert, known, rules).find((pool) => !allowed.includes(pool)),
  }));
  return {
    alerts: judged.flatMap(({ alert, pool }) => (pool === undefined ? [alert] : [])),
    beyond: judged.flatMap(({ alert, pool }) =>
      pool === undefined
        ? []
        : [{ alert, why: whyBeyond(sender, pool, allowed), rule: findRule(rules, alert) }],
    ),
  };
}

/** The names of the pools that an alert reaches. */
function poolsOf(alert: ReceivedAlert, known: KnownAlerts, rules: Rules): string[] {
  const { findings } = decide([alert], rules);
  const before = known.of(alert)?.value?.episodes ?? [];
  return [
    ...findings.map(({ pool }) => pool.name),
    ...before.flatMap(({ about }) => (about ? [poolName(about.pool, rules.pools)] : [])),
  ];
}

function whyBeyond(sender: string, pool: string, allowed: readonly string[]): string {
  return `the rules file allows ${sender} only ${allowed.join(', ')}, and the alert is about ${pool}: see senders in the rules file`;
}
