import { decide } from '#lib/alerts/decide';
import type { Delivery, ReceivedAlert } from '#lib/alerts/sources/source';
import { contentId } from '#lib/hash';
import { findRule } from '#lib/rules/match';
import type { AlertRule, Rules } from '#lib/rules/rules';

/** An alert without effect, the reason, and the rule that matches it, if any. */
export type Missed = { alert: ReceivedAlert; why: string; rule: AlertRule | undefined };

/** Longer names of alerts become hashes: a remediation keeps up to 400 of them. */
const MAX_NAME_BYTES = 200;

/** The pools to which the rules file limits a sender, in order. Undefined: it may reach every pool. */
function poolsAllowed(
  sender: string | undefined,
  { senders = {} }: Pick<Rules, 'senders'>,
): string[] | undefined {
  const limit = sender !== undefined && Object.hasOwn(senders, sender) ? senders[sender] : undefined;
  return limit && [...new Set(limit.pools)].sort();
}

/**
 * Separates the alerts of a delivery that its sender may send. A sender that the rules file limits reaches only its own pools. Its alerts
 * are its own, too: under the same fingerprint, a sender with another limit sends another alert. So a limited sender can neither start
 * work on another pool, nor end, hide or occupy an alert of another pool, before or after that alert comes.
 *
 * @returns beyond: the alerts out of its reach, with the reason.
 */
export function withinReach(
  { sender = '', alerts }: Pick<Delivery, 'sender' | 'alerts'>,
  rules: Rules,
): { alerts: readonly ReceivedAlert[]; beyond: Missed[] } {
  const limit = poolsAllowed(sender, rules);
  if (!limit) return { alerts, beyond: [] };
  const within: ReceivedAlert[] = [];
  const beyond: Missed[] = [];
  for (const alert of alerts) {
    const [pool] = decide([alert], rules).findings.map((finding) => finding.pool.name);
    if (pool === undefined || limit.includes(pool)) within.push(ownAlert(alert, limit));
    else beyond.push({ alert, why: whyBeyond(sender, pool, limit), rule: findRule(rules, alert) });
  }
  return { alerts: within, beyond };
}

function ownAlert(alert: ReceivedAlert, limit: readonly string[]): ReceivedAlert {
  const { fingerprint: sentAs } = alert;
  const name = `${sentAs}@${limit.join('+')}`;
  const isLong = Buffer.byteLength(JSON.stringify(name)) > MAX_NAME_BYTES;
  return { ...alert, fingerprint: isLong ? contentId([sentAs, limit]) : name, sentAs };
}

/**
 * The name of a message among all received messages. A limited sender has message ids of its own, so that it cannot use up the id of a
 * message that another sender is yet to send.
 */
export function ownMessageId(id: string, sender: string | undefined, rules: Pick<Rules, 'senders'>): string {
  const limit = poolsAllowed(sender, rules);
  return limit ? contentId([id, limit]) : id;
}

function whyBeyond(sender: string, pool: string, allowed: readonly string[]): string {
  return `the rules file allows ${sender} only ${allowed.join(', ')}, and the alert is about ${pool}: see senders in the rules file`;
}
