import * as z from 'zod';
import { listOf, section, TolerantNumber } from './tolerant.ts';

/** Nodes in each state; a state that the API leaves out has none. */
export type NodeCounts = {
  readonly creating: number;
  readonly available: number;
  readonly abnormal: number;
  readonly deleting: number;
};

/** Table PoolResourceFlavorCount: one object for a node pool, one or a list of them for a pool (docs/modelarts-api.md 3.2). */
const FlavorCounts = listOf(z.looseObject({ count: TolerantNumber })).transform((flavors) =>
  flavors.reduce((sum, { count = 0 }) => sum + count, 0),
);

/** The object `status.resources` of node pools and pools. */
export const NodeCounts = section({
  creating: FlavorCounts,
  available: FlavorCounts,
  abnormal: FlavorCounts,
  deleting: FlavorCounts,
}).transform(
  ({ creating, available, abnormal, deleting }): NodeCounts => ({ creating, available, abnormal, deleting }),
);
