import { contentId } from '#lib/hash';
import type { Remediation } from '#lib/ledger/remediation';
import type { AlertRule, Rules } from '#lib/rules/rules';
import { ruleOf } from './limits.ts';

/** The place of a remediation in the ladder of its rule. `rung` is counted from 0. */
export type Place = { rule: AlertRule; root: string; rung: number };

/**
 * The place of a remediation in its rule's ladder, by the present rules. Undefined if it comes from no alert, or if its rule was
 * removed.
 */
export function ladderPosition(rules: Rules, remediation: Remediation): Place | undefined {
  const { alerts, id, ladder: { root, rung } = { root: id, rung: 0 } } = remediation;
  const rule = ruleOf(rules, remediation);
  return rule && alerts.length > 0 ? { rule, root, rung } : undefined;
}

/** The id of a rung's remediation. The first one's is that of the ladder. */
export function rungId(root: string, rung: number): string {
  return rung === 0 ? root : contentId(['rung', root, rung]);
}

/** The ids of the earlier remediations of a ladder, the first rung's first. */
export function rungsBefore({ ladder }: Pick<Remediation, 'ladder'>): string[] {
  const { root = '', rung = 0 } = ladder ?? {};
  return Array.from({ length: rung }, (_, index) => rungId(root, index));
}
