import { commandOfRung, modeOfRung } from '#lib/alerts/command-of-rung';
import { readDocument } from '#lib/ledger/change';
import type { NewReceipt } from '#lib/ledger/receipts/receipt';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import type { AlertReference } from '#lib/ledger/remediation-fields';
import type { Store } from '#lib/ledger/store';
import { sendRungNotice } from '#lib/remediation/messages/rung-notice';
import { sendCommand } from '#lib/remediation/messages/send-command';
import { type Place, rungId } from '#lib/remediation/record/ladder';
import { isWaiting, type Opening, openRemediation } from '#lib/remediation/record/open';
import type { OutboxServices } from '#lib/remediation/record/outbox';
import type { ReleasingServices, RemediationServices } from '#lib/remediation/record/services';
import type { Mode } from '#lib/rules/rules';
import type { Handover } from './escalation-report.ts';

/** The basis on which every rung of a ladder is opened. */
export type Ladder = Pick<Place, 'rule' | 'root'> & {
  pool: string;
  nodes: string[];
  mode: Mode;
  evidenceAt: string | undefined;
  reason: Record<string, unknown>;
  alerts: readonly AlertReference[];
  /** The receipts of the ladder's beginning, if it begins here. */
  receipts?: Opening['receipts'];
  /** Why the ladder goes on after its first rung. */
  why: string;
  /** The report to a person, if the ladder ends with these rungs. */
  handover: Handover;
};

/**
 * Opens a rung in the ledger. A `notify` rung ends at once, so the rungs after it are opened, too, up to the next one that calls
 * the API. Safe to repeat: an id stands for one rung only, and an existing rung stays as it is.
 *
 * @returns the rungs, in the order of the ladder; none after its end.
 */
export async function openRungs(
  ladder: Ladder,
  rung: number,
  services: Pick<RemediationServices, keyof OutboxServices | 'clock'>,
): Promise<Remediation[]> {
  const { action } = ladder.rule.ladder[rung] ?? {};
  if (action === undefined) return [];
  // The later rungs first, because a `notify` rung names its next one.
  const following = action === 'notify' ? await openRungs(ladder, rung + 1, services) : [];
  const opening = openingOf(ladder, rung, following[0]);
  const { remediation } = await openRemediation(services, opening, services.clock.now());
  return [remediation, ...following];
}

/** The rungs of a ladder from this one on, up to the next one that calls the API. */
export async function rungsFrom(store: Store, id: string | undefined): Promise<Remediation[]> {
  const next = id === undefined ? undefined : await readDocument(store, remediationKind, remediationKey(id));
  if (!next) return [];
  return next.action === 'notify' ? [next, ...(await rungsFrom(store, next.escalatedTo))] : [next];
}

/** Sends the messages of rungs that are in the ledger: notices, and the command of the one that calls the API. */
export async function announce(rungs: readonly Remediation[], services: ReleasingServices): Promise<void> {
  for (const rung of rungs) {
    if (rung.action === 'notify') await sendRungNotice(rung, services);
    else if (isWaiting(rung)) await sendCommand(rung, services);
  }
}

function openingOf(ladder: Ladder, index: number, next: Remediation | undefined): Opening {
  const { rule, root, pool, nodes, evidenceAt, alerts } = ladder;
  const rung = rule.ladder[index];
  const mode = modeOfRung(rung, ladder.mode);
  const before = index === 0 ? {} : { escalatedFrom: rungId(root, index - 1) };
  const reason = { ...ladder.reason, ...before };
  const shared = { pool, ...(evidenceAt !== undefined && { evidenceAt }), reason, mode };
  const receipts: NewReceipt[] = [
    ...(index > 0 ? [{ step: 'escalation' as const, from: before.escalatedFrom, why: ladder.why }] : []),
    ...(ladder.receipts && index === 0 ? ladder.receipts : [decisionOf(ladder, index, mode)]),
  ];
  const common = { alerts, ladder: { root, rung: index }, receipts };
  const id = rungId(root, index);
  if (!rung || rung.action === 'notify') {
    const { action: _action, ...parameters } = rung ?? { action: 'notify' };
    const { receipts: told, ...begin } = noticeOf(ladder, next);
    return {
      ...common,
      command: { ...shared, id, action: 'notify', nodes, parameters },
      receipts: [...receipts, ...told],
      begin,
    };
  }
  return { ...common, command: { ...commandOfRung(rung, nodes, shared), id } };
}

function decisionOf({ rule, nodes }: Ladder, index: number, mode: Mode): NewReceipt {
  const action = rule.ladder[index]?.action;
  return { step: 'decision', rule: rule.name, rung: index + 1, node: nodes[0], action, mode };
}

/** The beginning and the end of a `notify` rung, with its receipts. */
function noticeOf(
  { mode, rule, handover }: Ladder,
  next: Remediation | undefined,
): NonNullable<Opening['begin']> & { receipts: Opening['receipts'] } {
  const observes = mode === 'observe';
  const receipts: NewReceipt[] = [
    { step: 'guard', guard: 'mode', allowed: !observes, why: `the mode is ${mode}` },
    ...(next || observes ? [] : [handover.receipt]),
  ];
  const goesOn = { judged: 'mode' as const, ...(next && { escalatedTo: next.id }) };
  if (observes) {
    return {
      phase: 'observed',
      why: `rule ${rule.name} only observes; a notice would have been sent`,
      ...goesOn,
      receipts,
    };
  }
  return next
    ? {
        phase: 'escalated',
        why: `a notice is sent; the ladder goes on with ${next.action}`,
        ...goesOn,
        receipts,
      }
    : { phase: 'needs-human', why: handover.why, ...goesOn, receipts };
}
