import { Command } from '#events/command';
import type { AlertReference, Receipt } from '#lib/ledger/remediation';
import type { IdentifiedCommand } from '#lib/remediation/open';
import { leadingAlert, remediationId } from './identity.ts';
import type { Located } from './resolve-nodes.ts';

/** A command that alerts lead to, and what the ledger is told of how it came about. */
export type Decision = {
  command: IdentifiedCommand;
  alerts: AlertReference[];
  receipts: Omit<Receipt, 'at'>[];
};

/** As many alerts speak for one remediation: more than a node has parts, and fewer than a document holds. */
const MAX_ALERTS = 200;

/**
 * The command for the alerts of one remediation: the first rung of their rule's ladder. Its evidence is as fresh as the
 * delivery: the sender says that the alerts fire now.
 *
 * @returns undefined when the first rung is no action but a notification.
 */
export function toCommand(group: readonly [Located, ...Located[]], receivedAt: string): Decision | undefined {
  const [{ rule, pool, node }] = group;
  const [rung] = rule.ladder;
  if (!rung || rung.action === 'notify') return undefined;

  const { alert } = leadingOf(group);
  const references = [alert, ...group.map((finding) => finding.alert).filter((other) => other !== alert)]
    .slice(0, MAX_ALERTS)
    .map(({ fingerprint, startsAt }) => ({ fingerprint, startsAt }));
  const id = remediationId(rule.name, pool.id, alert);
  // Through the command's own schema, so that it is the same content here as where it comes off the queue.
  const command = Command.parse({
    action: rung.action,
    pool: pool.id,
    nodes: [node],
    parameters: rung.parameters,
    evidenceAt: receivedAt,
    reason: { source: alert.source, rule: rule.name, event: alert.fingerprint },
    mode: rule.mode,
  });
  return {
    command: { ...command, id },
    alerts: references,
    receipts: [
      {
        step: 'event',
        source: alert.source,
        fingerprint: alert.fingerprint,
        startsAt: alert.startsAt,
        labels: excerpt(alert.labels),
        ...(group.length > 1 && { alerts: group.length }),
      },
      { step: 'decision', rule: rule.name, pool: pool.name, node, action: rung.action, mode: rule.mode },
    ],
  };
}

/** Labels as they are kept: all that is usual, and not all that may be sent. */
function excerpt(labels: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(labels).slice(0, 40);
  return Object.fromEntries(kept.map(([name, value]) => [cut(name), cut(value)]));
}

function cut(text: string): string {
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}

function leadingOf(group: readonly [Located, ...Located[]]): Located {
  const [first, ...rest] = group;
  const leading = leadingAlert([first.alert, ...rest.map(({ alert }) => alert)]);
  return group.find(({ alert }) => alert === leading) ?? first;
}
