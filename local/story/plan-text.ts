import * as z from 'zod';

const Deletion = z.looseObject({
  deletes: z.string(),
  nodes: z.array(z.string()),
  workloads: z.array(z.string()).default([]),
});
const Changes = z.record(
  z.string(),
  z.looseObject({ from: z.unknown().optional(), to: z.unknown().optional(), reaches: z.string().optional() }),
);

/** The changes of a plan in one sentence; undefined if the plan does not list them. */
export function planText(changes: unknown): string | undefined {
  const deletion = Deletion.safeParse(changes);
  if (deletion.success) {
    const { deletes, nodes, workloads } = deletion.data;
    const running = workloads.length > 0 ? `, which run ${workloads.join(', ')}` : '';
    return `deletes ${deletes} with its ${nodes.length} nodes${running}`;
  }
  const { success, data } = Changes.safeParse(changes);
  if (!success) return undefined;
  const fields = Object.entries(data).map(
    ([field, { from, to, reaches }]) =>
      `${field} ${shown(from)} → ${shown(to)}${reaches === undefined ? '' : ` (${reaches})`}`,
  );
  return fields.length > 0 ? fields.join(', ') : 'changes nothing';
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
