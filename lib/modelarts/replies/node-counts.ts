import * as z from 'zod';
import { Count, listOf, section } from './tolerant.ts';

/** Table PoolResourceFlavorCount: one object for a node pool, one or a list of them for a pool (docs/design/modelarts-api.md 3.2). */
const FlavorCounts = listOf(z.looseObject({ count: Count.nullish() })).transform((flavors) =>
  flavors.reduce((sum, { count }) => sum + (count ?? 0), 0),
);

/**
 * The object `status.resources` of node pools and pools: nodes in each state. A state that the API omits has none. A count
 * that is present but not a number makes all of them unreadable.
 */
export const NodeCounts = section({
  creating: FlavorCounts,
  available: FlavorCounts,
  abnormal: FlavorCounts,
  deleting: FlavorCounts,
}).transform(({ creating, available, abnormal, deleting }) => ({ creating, available, abnormal, deleting }));
export type NodeCounts = z.output<typeof NodeCounts>;

export const noNodeCounts: NodeCounts = { creating: 0, available: 0, abnormal: 0, deleting: 0 };
