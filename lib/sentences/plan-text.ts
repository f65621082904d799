import { isRecord } from '#lib/is-record';
import { counted, fieldOf, listed, shownValue } from './english.ts';

/** One change of a plan: a field with its old and its new value. `reaches`: what the change reaches, if not all. */
export type PlannedChange = { field: string; from: string; to: string; reaches?: string };

/** The changes of a plan, field by field. Empty for a deletion, and for a plan that does not list them. */
export function plannedChanges(changes: unknown): PlannedChange[] {
  if (!isRecord(changes) || deletionOf(changes)) return [];
  return Object.entries(changes).flatMap(([field, change]) => {
    if (!isRecord(change)) return [];
    const reaches = fieldOf(change, 'reaches');
    return [
      {
        field,
        from: shownValue(fieldOf(change, 'from')),
        to: shownValue(fieldOf(change, 'to')),
        ...(typeof reaches === 'string' && { reaches }),
      },
    ];
  });
}

/** A plan in a few words; undefined if the plan does not list its changes. */
export function planText(changes: unknown): string | undefined {
  const deletion = deletionOf(changes);
  if (deletion) {
    const { deletes, nodes, workloads } = deletion;
    const running = workloads.length > 0 ? `, which run ${listed(workloads)}` : '';
    return `deletes ${deletes} with its ${counted(nodes.length, 'node')}${running}`;
  }
  if (!isRecord(changes)) return undefined;
  const fields = plannedChanges(changes).map(
    ({ field, from, to, reaches }) =>
      `${field} ${from} → ${to}${reaches === undefined ? '' : ` (${reaches})`}`,
  );
  return fields.length > 0 ? fields.join(', ') : 'changes nothing';
}

/** The node pool that a plan deletes, with its nodes and the workloads on them; undefined if the plan deletes nothing. */
export function deletionOf(
  changes: unknown,
): { deletes: string; nodes: string[]; workloads: string[] } | undefined {
  const deletes = fieldOf(changes, 'deletes');
  if (typeof deletes !== 'string') return undefined;
  return {
    deletes,
    nodes: textsIn(fieldOf(changes, 'nodes')),
    workloads: textsIn(fieldOf(changes, 'workloads')),
  };
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
