import { applyTags } from '#local/simulator/routes/update-nodes';
import type { Answer } from './answer.ts';
import { isObject } from './fields.ts';
import { badRequest, nodeNotFound } from './page.ts';
import type { StrictNode, StrictPool } from './pool.ts';

type Body = { nodeNames: string[]; action: string; tags?: { key: string; value: string }[] };
type Outcome = { name: string; status: 'success' | 'failed' };

/** "Batch Updating Nodes": works on each node by itself, at once, and says for each how it went. */
export function batchUpdate(pool: StrictPool, body: unknown, now: number): Answer {
  const { nodeNames, action, tags = [] } = body as Body;
  if (nodeNames.some((name) => !pool.nodes.has(name))) return nodeNotFound;
  if (nodeNames.some((name) => pool.isBusy(name, now))) return badRequest(' A node is under maintenance.');
  const { shape = 'strings', fails, forgets, labelAfterMs = 0 } = pool.plan.update ?? {};

  const outcomes: Outcome[] = [];
  for (const name of nodeNames) {
    if (isOnceMore(forgets, name)) continue;
    const failed = isOnceMore(fails, name);
    outcomes.push({ name, status: failed ? 'failed' : 'success' });
    if (!failed) change(pool.node(name));
  }
  return { status: 200, body: shapes[shape](outcomes) };

  function change(node: StrictNode): void {
    if (action === 'createTags' || action === 'deleteTags') applyTags(node.tags, action, tags);
    if (action.endsWith('HaRedundant')) {
      node.redundancy = { enabled: action === 'openHaRedundant', shownFrom: now + labelAfterMs };
    }
  }
}

function isOnceMore(counts: Map<string, number> | undefined, name: string): boolean {
  const left = counts?.get(name) ?? 0;
  if (left > 0) counts?.set(name, left - 1);
  return left > 0;
}

/** facts.md 10, rows 4 and 5. */
const shapes = {
  strings: (outcomes: Outcome[]) => {
    const names = (wanted: string) =>
      outcomes.filter(({ status }) => status === wanted).map(({ name }) => name);
    const lists = { successNodeNames: names('success'), failNodeNames: names('failed') };
    return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
  },
  objects: (outcomes: Outcome[]) => ({ successNodeNames: outcomes }),
  nodes: (outcomes: Outcome[]) => ({ nodes: outcomes }),
};

/** The node names in a body without faults. */
export function nodeNamesOf(body: unknown): string[] {
  const { nodeNames, migrateNodeNames = nodeNames } = isObject(body) ? body : {};
  return Array.isArray(migrateNodeNames) ? migrateNodeNames.map(String) : [];
}
