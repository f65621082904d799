import * as z from 'zod';
import type { Facts } from '#lib/guards/guard';
import { PoolResourceChange } from '#lib/modelarts/requests/patch-node-pool';

const Change = z.looseObject({ spec: z.looseObject({ resources: PoolResourceChange }) });

/**
 * The merge patch for a change of a node pool: what the command changes, and flavor, count and maxCount besides, which the
 * API wants together (facts on the API, section 10, row 16). What is not in a merge patch stays as it is, so that a change of
 * one field never loses another. In a physical pool maxCount follows count.
 */
export function nodePoolTerms({
  remediation: { parameters },
  nodePool,
  reading,
}: Facts): Record<string, unknown> {
  const { resources } = Change.parse(parameters).spec;
  const now = nodePool?.resources ?? {};
  const count = resources.count ?? now.count;
  const isLogical = reading.pool?.type === 'Logical';
  const maxCount = resources.maxCount ?? (isLogical ? Math.max(now.maxCount ?? 0, count ?? 0) : count);
  return { spec: { resources: { flavor: now.flavor, ...resources, count, maxCount } } };
}

/** What a change of a node pool would change: by field, what is and what would be. */
export function nodePoolChanges(facts: Facts): Record<string, unknown> {
  const { resources } = Change.parse(nodePoolTerms(facts)).spec;
  const now: Readonly<Record<string, unknown>> = facts.nodePool?.resources ?? {};
  const changed = Object.entries(resources).filter(
    ([field, to]) => JSON.stringify(now[field]) !== JSON.stringify(to),
  );
  return Object.fromEntries(
    changed.map(([field, to]) => [
      field,
      { from: now[field] ?? null, to, ...(REACHES_NODES.includes(field) && { reaches: 'existing nodes' }) },
    ]),
  );
}

/** Fields whose change reaches nodes that already exist; the others act on new or reset nodes (facts on the API, 3.1). */
const REACHES_NODES: readonly string[] = ['labels', 'taints', 'tags'];
