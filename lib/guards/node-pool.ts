import type { NodePool } from '#lib/modelarts/replies/node-pool';
import type { Guard } from './guard.ts';

/** The node pool must be there now. */
export const nodePoolPresent: Guard = ({ target, nodePool, reading }) => ({
  guard: 'node-pool-present',
  allowed: nodePool !== undefined,
  why: nodePool
    ? `node pool ${target} is in the pool`
    : `the pool has no node pool ${target}; it has ${(reading.nodePools ?? []).map(({ name }) => name).join(', ') || 'none'}`,
});

/** Flags of a pool's `controlMode` that forbid a change of its node pools (docs/modelarts-api.md, 3.2). 1 is about billing, 2 about flavors. */
const LOCKS: Readonly<Record<number, string>> = {
  4: 'limited by the service',
  8: 'frozen',
  16: 'frozen by public security',
};

/** The pool must not be frozen. */
export const poolNotFrozen: Guard = ({ reading: { pool } }) => {
  const guard = 'pool-not-frozen';
  const { controlMode } = pool ?? {};
  if (controlMode === undefined)
    return { guard, allowed: true, why: 'the API says nothing of a lock on the pool' };
  const locks = Object.entries(LOCKS).filter(([flag]) => (controlMode & Number(flag)) !== 0);
  const words = locks.map(([, word]) => word).join(' and ');
  return locks.length === 0
    ? { guard, allowed: true, why: `the pool's controlMode is ${controlMode}` }
    : { guard, allowed: false, why: `the pool's controlMode is ${controlMode}: it is ${words}` };
};

/** Every pool keeps at least one node pool (docs/modelarts-api.md, 3.1); one that is on its way out does not count. */
export const notTheLastNodePool: Guard = ({ target, reading: { nodePools = [] } }) => {
  const others = nodePools.filter((nodePool) => nodePool.name !== target && !isLeaving(nodePool));
  return {
    guard: 'not-the-last-node-pool',
    allowed: others.length > 0,
    why: `the pool has ${nodePools.length} node pools, of which ${others.length} would stay; one must`,
  };
};

function isLeaving({ nodeCounts: { available, abnormal, creating, deleting } }: NodePool): boolean {
  return deleting > 0 && available + abnormal + creating === 0;
}

/** The annotation of a pool's billing mode (docs/modelarts-api.md, 3.2): 0 is on demand, 1 is yearly/monthly. */
const BILLING_MODE = 'os.modelarts/billing.mode';

/** Yearly and monthly resources are unsubscribed, not deleted (page Deleting a Node Pool). */
export const notYearlyMonthly: Guard = ({ reading: { pool } }) => {
  const guard = 'not-yearly-monthly';
  const mode = pool?.annotations[BILLING_MODE] ?? pool?.labels[BILLING_MODE];
  if (mode === '1') {
    return { guard, allowed: false, why: 'the pool is billed by the year or month: unsubscribe it instead' };
  }
  return {
    guard,
    allowed: true,
    why: mode === '0' ? 'the pool is billed on demand' : 'the API does not say how the pool is billed',
  };
};
