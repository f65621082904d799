import type { NewReceipt } from '#lib/ledger/receipts/receipt';
import type { Remediation } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { handoverOfStopped } from '#lib/remediation/escalation/escalation-report';
import { readRungsBefore } from '#lib/remediation/record/end-of-ladder';
import { ladderPosition } from '#lib/remediation/record/ladder';
import type { Rules } from '#lib/rules/rules';
import type { Judged } from './verdicts.ts';

/**
 * Guards whose refusal needs no person: the alert is over, or was not received since the node was remediated, or another remediation
 * has the case.
 */
const SILENT: readonly string[] = ['alert-firing', 'newer-than-last-remediation', 'node-ladder'];

/** The same for the first rung of a ladder: an alert about a node that is gone, or was replaced, only has not resolved yet. */
const SILENT_AT_FIRST: readonly string[] = [...SILENT, 'node-present', 'node-not-replaced'];

/**
 * Why a lasting refusal needs a person: the alert of a rung still fires, and no other action will follow. Undefined if it needs no
 * person, or if the command does not come from an alert.
 */
export function stopsWithPerson(
  remediation: Remediation,
  refused: readonly Judged[],
  rules: Rules,
): string | undefined {
  const place = ladderPosition(rules, remediation);
  if (!place) return undefined;
  const silent = place.rung === 0 ? SILENT_AT_FIRST : SILENT;
  const refusals = refused.flatMap(({ verdicts }) => verdicts.filter(({ allowed }) => !allowed));
  const final = refusals.filter(({ defers }) => defers !== true);
  if (final.length === 0 || final.some(({ guard }) => silent.includes(guard))) return undefined;
  return final.find(({ handsOver }) => handsOver)?.why ?? final[0]?.why;
}

/** The report to a person about a stopped rung of a ladder; empty for a remediation without a ladder. */
export async function handoverReceipts(
  store: Store,
  rules: Rules,
  remediation: Remediation,
  why: string,
): Promise<NewReceipt[]> {
  const place = ladderPosition(rules, remediation);
  if (!place) return [];
  const before = await readRungsBefore(store, remediation);
  return [handoverOfStopped(place.rule.name, before, remediation, why)];
}
