import type { Command } from '#events/command';
import type { NewReceipt } from '#lib/ledger/receipts/receipt';
import type { AlertReference } from '#lib/ledger/remediation-fields';
import type { IdentifiedCommand, IdentifiedNotice } from '#lib/remediation/record/open';
import type { Rung } from '#lib/rules/rules';
import { commandOfRung, modeOfRung } from './command-of-rung.ts';
import type { Alert, Finding } from './decide.ts';
import { leadingAlert, remediationId } from './identity.ts';
import { targetText } from './target.ts';

/** A command that alerts lead to, or a notice, and its origin for the ledger. */
export type Decision = {
  command: IdentifiedCommand | IdentifiedNotice;
  alerts: AlertReference[];
  receipts: NewReceipt[];
};

/** The id of the remediation that some alerts lead to. */
export function remediationIdOf(group: readonly [Finding, ...Finding[]]): string {
  const [{ rule, pool }] = group;
  return remediationId(rule.name, pool.id, leadingOf(group).alert);
}

/** As many alerts speak for one remediation: more than a node has parts, and fewer than a document holds. */
export const MAX_ALERTS = 200;

/**
 * The command for the alerts of one remediation: the first rung of their rule's ladder. Its evidence is as fresh as the
 * delivery, where the sender says that the alerts fire now. The command names the node as the sender did, by name or by
 * address: the function that acts resolves an address right before its call.
 */
export function toCommand(group: readonly [Finding, ...Finding[]], receivedAt: string): Decision {
  const [{ rule, pool, target }] = group;
  const node = targetText(target);
  const [rung = { action: 'notify' as const }] = rule.ladder;
  const { alert } = leadingOf(group);
  const others = group.map((finding) => finding.alert).filter((other) => other !== alert);
  // Where one still fires, those that are over say nothing.
  const speaking = [alert, ...others.filter(({ isOver }) => isOver !== true || alert.isOver === true)];
  const references = speaking.slice(0, MAX_ALERTS).map(({ fingerprint, startsAt, opening = 0 }) => ({
    fingerprint,
    startsAt,
    ...(opening > 0 && { opening }),
  }));
  const shared = {
    pool: pool.id,
    evidenceAt: lastSaid(speaking, receivedAt),
    reason: { source: alert.source, rule: rule.name, event: alert.fingerprint },
    mode: modeOfRung(rung, rule.mode),
  };
  return {
    command: { ...commandOf(rung, node, shared), id: remediationIdOf(group) },
    alerts: references,
    receipts: [
      {
        step: 'event',
        source: alert.source,
        fingerprint: alert.fingerprint,
        startsAt: alert.startsAt,
        ...(alert.opening && { reopened: alert.opening }),
        labels: excerpt(alert.labels),
        ...(group.length > 1 && { alerts: group.length }),
      },
      { step: 'decision', rule: rule.name, pool: pool.name, node, action: rung.action, mode: shared.mode },
    ],
  };
}

/** When the last of some alerts was so, by its sender's word. RFC 3339. */
export function lastSaid(alerts: readonly Pick<Alert, 'saidAt'>[], receivedAt: string): string {
  const receivedAtMs = Date.parse(receivedAt);
  const times = alerts.map(({ saidAt = receivedAt }) => Math.min(Date.parse(saidAt), receivedAtMs));
  return new Date(Math.max(...times)).toISOString();
}

type Shared = Pick<IdentifiedNotice, 'pool' | 'evidenceAt' | 'reason' | 'mode'>;

function commandOf(rung: Rung, node: string, shared: Shared): Omit<IdentifiedNotice, 'id'> | Command {
  if (rung.action !== 'notify') return commandOfRung(rung, [node], shared);
  const { action, ...parameters } = rung;
  return { ...shared, action, nodes: [node], parameters };
}

/** Labels as they are kept: all that is usual, and not all that may be sent. */
function excerpt(labels: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(labels).slice(0, 40);
  return Object.fromEntries(kept.map(([name, value]) => [cut(name), cut(value)]));
}

function cut(text: string): string {
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}

function leadingOf(group: readonly [Finding, ...Finding[]]): Finding {
  const [first, ...rest] = group;
  const leading = leadingAlert([first.alert, ...rest.map(({ alert }) => alert)]);
  return group.find(({ alert }) => alert === leading) ?? first;
}
