import type { NodePool } from '#lib/modelarts/replies/node-pool';
import type { Guard } from './guard.ts';

/** The node pool must be there now. */
export const nodePoolPresent: Guard = ({ target, nodePool, reading, remediation }) => ({
  guard: 'node-pool-present',
  // Which one is meant may still be found.
  ...(remediation.nodePool === undefined && { defers: true as const }),
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

/**
 * Every pool keeps at least one node pool (docs/modelarts-api.md, 3.1). One that is on its way out does not count: one that
 * any other remediation deletes or has deleted, and one that shows no node though it is to have some.
 */
export const notTheLastNodePool: Guard = ({
  remediation: { id },
  target,
  leaving,
  reading: { nodePools = [] },
}) => {
  const others = nodePools.filter(({ name }) => name !== target);
  const deleted = others.filter(({ name }) => leaving?.has(name) && leaving.get(name) !== id);
  const fading = others.filter((one) => !deleted.includes(one) && isFading(one));
  const stay = others.length - deleted.length - fading.length;
  const going = [
    ...deleted.map(({ name }) => `${name} is being deleted by remediation ${leaving?.get(name)}`),
    ...fading.map(({ name }) => `${name} has no node left`),
  ];
  return {
    guard: 'not-the-last-node-pool',
    allowed: stay > 0,
    why: [
      `the pool has ${nodePools.length} node pools, of which ${stay} would stay; one must`,
      ...going,
    ].join('; '),
  };
};

/** Whether a node pool has no node left but those that go. One that is to have none is merely empty. */
function isFading({ nodeCounts, resources }: NodePool): boolean {
  const { available, abnormal, creating, deleting } = nodeCounts;
  return available + abnormal + creating === 0 && (deleting > 0 || resources.count !== 0);
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
