import type { Decision } from '#lib/alerts/to-command';
import type { Remediation } from '#lib/ledger/remediation';
import { createRemediation, enterNode, type IdentifiedNotice } from '#lib/remediation/record/open';
import type { OutboxServices } from '#lib/remediation/record/outbox';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { AlertRule } from '#lib/rules/rules';
import { handoverOfAlert } from './escalation-report.ts';
import { type Ladder, openRungs, rungsFrom } from './open-rungs.ts';

/**
 * Opens the ladder to which alerts lead, with its first rung; one that only tells somebody is over with that, and the next is
 * opened, too. Nothing is sent, and of a first rung that is a command the caller enters the nodes (`enterNodes`).
 *
 * @param known the first rung, where it was just read in the ledger.
 * @returns the rungs that are in the ledger then; none where there is no function for the first one's action.
 */
export async function openLadder(
  rule: AlertRule,
  decision: Decision,
  services: Pick<RemediationServices, keyof OutboxServices | 'clock' | 'commands'>,
  known?: Remediation,
): Promise<Remediation[]> {
  const { command, alerts, receipts } = decision;
  const { store, clock, commands } = services;
  if (command.action === 'notify') {
    // One that has begun goes on as it began, whatever its rule says by now.
    const begun = await rungsFrom(store, command.id);
    if (begun.length === 0) return openRungs(ladderOf(rule, { ...decision, command }), 0, services);
    await Promise.all(
      begun.flatMap((rung) => (rung.nodes ?? []).map((node) => enterNode(store, rung, node))),
    );
    return begun;
  }
  if (!commands[command.action]) return [];
  if (known) return [known];
  const opening = { command, alerts, receipts, ladder: { root: command.id, rung: 0 } };
  return [(await createRemediation(services, opening, clock.now(), true)).remediation];
}

/** A ladder that begins with a rung that only tells somebody. */
function ladderOf(
  rule: AlertRule,
  { command, alerts, receipts }: Decision & { command: IdentifiedNotice },
): Ladder {
  const { id: root, pool, nodes, mode, reason = {}, evidenceAt } = command;
  const handover = handoverOfAlert(rule.name, { command, alerts });
  const why = 'the rungs before it only tell somebody';
  return { rule, root, pool, nodes, mode, reason, evidenceAt, alerts, receipts, why, handover };
}
