import type { Guard } from './guard.ts';

/** The annotation of a pool's billing mode (facts on the API, 3.2): 1 is yearly/monthly. */
const BILLING_MODE = 'os.modelarts/billing.mode';
const YEARLY_MONTHLY = '1';

/** The node pool must be there now. */
export const nodePoolPresent: Guard = ({ target, nodePool, reading }) => ({
  guard: 'node-pool-present',
  allowed: nodePool !== undefined,
  why: nodePool
    ? `node pool ${target} is in the pool`
    : `the pool has no node pool ${target}; it has ${(reading.nodePools ?? []).map(({ name }) => name).join(', ') || 'none'}`,
});

/** Nobody may be at work on the node pool: nodes that come or go would be counted wrongly. */
export const nodePoolAtRest: Guard = ({ nodePool }) => {
  const { creating = 0, deleting = 0 } = nodePool?.nodeCounts ?? {};
  return {
    guard: 'node-pool-at-rest',
    allowed: deleting === 0,
    why: `${creating} nodes are being created and ${deleting} deleted`,
  };
};

/** Every pool keeps at least one node pool (facts on the API, 3.1). */
export const notTheLastNodePool: Guard = ({ reading }) => {
  const count = reading.nodePools?.length ?? 0;
  return {
    guard: 'not-the-last-node-pool',
    allowed: count > 1,
    why: `the pool has ${count} node pools; one must stay`,
  };
};

/** Yearly and monthly resources are unsubscribed, not deleted (page Deleting a Node Pool). */
export const notYearlyMonthly: Guard = ({ reading }) => {
  const mode = reading.pool?.annotations[BILLING_MODE] ?? reading.pool?.labels[BILLING_MODE];
  return {
    guard: 'not-yearly-monthly',
    allowed: mode !== YEARLY_MONTHLY,
    why:
      mode === YEARLY_MONTHLY
        ? 'the pool is billed by the year or month: unsubscribe it instead'
        : 'the pool is billed on demand',
  };
};
