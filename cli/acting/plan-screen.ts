import type { ShownRemediation } from '#lib/ledger/listing/shown';
import { deletionOf, plannedChanges, planText } from '#lib/sentences/plan-text';
import type { Screen } from '#local/screen/screen';
import { readable } from '../screen/words.ts';

const INDENT = '  ';

/** Shows exactly what an approval allows: the plan, the nodes, and the request. */
export function writePlan(screen: Screen, { plan, nodes = [] }: ShownRemediation): void {
  const row = (name: string, text: string): void =>
    screen.columns(`${INDENT}${screen.paint('dim', name.padEnd(11))}`, text);
  if (nodes.length > 0) row('nodes', nodes.join(' '));
  if (!plan) return;
  const deletion = deletionOf(plan.changes);
  if (deletion) {
    row('deletes', deletion.deletes);
    row('its nodes', deletion.nodes.join(' ') || 'none');
    row('workloads', deletion.workloads.join(' ') || 'none');
  } else {
    const changes = plannedChanges(plan.changes);
    for (const { field, from, to, reaches } of changes) {
      row('changes', `${field}: ${from} → ${to}${reaches === undefined ? '' : ` (${reaches})`}`);
    }
    if (changes.length === 0) row('plan', planText(plan.changes) ?? 'the request as it is');
  }
  for (const remark of plan.remarks ?? []) row('remark', remark);
  if (plan.at !== undefined) row('made', readable(plan.at));
  row('hash', plan.hash);
}

/** The word that a person types to approve: the name of the node pool that is deleted, or else `yes`. */
export function wordFor({ plan }: ShownRemediation): string {
  return deletionOf(plan?.changes)?.deletes ?? 'yes';
}
