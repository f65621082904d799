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

  const references = group.map(({ alert: { fingerprint, startsAt } }) => ({ fingerprint, startsAt }));
  const { alert } = leadingOf(group);
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
        alerts: group.map(({ alert: { fingerprint, startsAt, labels } }) => ({
          fingerprint,
          startsAt,
          labels,
        })),
      },
      { step: 'decision', rule: rule.name, pool: pool.name, node, action: rung.action, mode: rule.mode },
    ],
  };
}

function leadingOf(group: readonly [Located, ...Located[]]): Located {
  const [first, ...rest] = group;
  const leading = leadingAlert([first.alert, ...rest.map(({ alert }) => alert)]);
  return group.find(({ alert }) => alert === leading) ?? first;
}
