import type { Decision } from '#lib/alerts/to-command';
import type { Remediation } from '#lib/ledger/remediation';
import { enterNode } from '#lib/remediation/record/enter-nodes';
import { createRemediation, type IdentifiedNotice } from '#lib/remediation/record/open';
import type { OutboxServices } from '#lib/remediation/record/outbox';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { AlertRule } from '#lib/rules/rules';
import { handoverOfAlert } from './escalation-report.ts';
import { type Ladder, openRungs, rungsFrom } from './open-rungs.ts';

/**
 * Opens the ladder of alerts, with its first rung. A `notify` rung ends at once, so the next rung is opened, too. It sends
 * nothing. If the first rung is a command, the caller must enter its nodes (`enterNodes`).
 *
 * @param decide tells the command of the first rung, and its origin.
 * @param known the first rung, if the caller has just read it in the ledger.
 * @returns the rungs that are in the ledger then; none if no function exists for the action of the first one.
 */
export async function openLadder(
  rule: AlertRule,
  decide: () => Decision,
  services: Pick<RemediationServices, keyof OutboxServices | 'clock' | 'commands'>,
  known?: Remediation,
): Promise<Remediation[]> {
  const { store, clock, commands } = services;
  const [{ action } = NOTICE] = rule.ladder;
  const isCommand = action !== 'notify';
  if (isCommand && !commands[action]) return [];
  if (isCommand && known) return [known];
  const decision = decide();
  const { command, alerts, receipts } = decision;
  if (command.action === 'notify') {
    // A ladder that has begun goes on as it began, even if its rule has changed since.
    const begun = await rungsFrom(store, command.id);
    if (begun.length === 0) return openRungs(ladderOf(rule, { ...decision, command }), 0, services);
    await Promise.all(
      begun.flatMap((rung) => (rung.nodes ?? []).map((node) => enterNode(store, rung, node))),
    );
    return begun;
  }
  const opening = { command, alerts, receipts, ladder: { root: command.id, rung: 0 } };
  return [(await createRemediation(services, opening, clock.now(), true)).remediation];
}

/** The first rung of a ladder without any. */
const NOTICE = { action: 'notify' } as const;

/** A ladder that begins with a `notify` rung. */
function ladderOf(
  rule: AlertRule,
  { command, alerts, receipts }: Decision & { command: IdentifiedNotice },
): Ladder {
  const { id: root, pool, nodes, mode, reason = {}, evidenceAt } = command;
  const handover = handoverOfAlert(rule.name, { command, alerts });
  const why = 'the rungs before it only send notices';
  return { rule, root, pool, nodes, mode, reason, evidenceAt, alerts, receipts, why, handover };
}
