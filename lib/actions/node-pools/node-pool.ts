import type { Facts, Guard } from '#lib/guards/guard';
import { ofSeen, unknown } from '#lib/guards/unknown';
import { absenceOf, type Sighting } from '#lib/modelarts/reading/absence';
import { sightingOfNodePool } from '#lib/modelarts/reading/node-pool-sighting';
import type { NodePool } from '#lib/modelarts/replies/node-pool';

/**
 * Whether two readings show that a node pool is gone, in the list and by its name, and whether it ever existed. A plan of this command, or a record of earlier work
 * on the node pool, shows that it existed.
 */
export function absenceOfNodePool(facts: Facts): {
  sighting: Sighting<NodePool>;
  gone: boolean;
  known: boolean;
} {
  const { target, reading, remediation, readAtMs, record, waits } = facts;
  const listing = { items: reading.nodePools ?? [], unreadable: reading.unreadable?.nodePools ?? [] };
  const sighting = sightingOfNodePool(target, listing, reading.nodePoolsByName);
  const { gone } = absenceOf(sighting, remediation.notSeen?.[target], readAtMs, waits.goneAfterMs);
  return { sighting, gone, known: remediation.plan !== undefined || record !== undefined };
}

/** The node pool must exist now. One list without it is no proof that it is gone, so the pool is read again. */
export const nodePoolPresent: Guard = (facts, now) => {
  const { target, nodePool, reading, remediation } = facts;
  const guard = 'node-pool-present';
  if (nodePool?.unknown) {
    const fields = nodePool.unknown.join(' and ');
    return unknown(guard, `the API does not show the ${fields} of node pool ${target}`, facts, now);
  }
  if (nodePool) return { guard, allowed: true, why: `node pool ${target} is in the pool` };
  if (remediation.nodePool === undefined)
    return unknown(guard, `the node pool of node ${target} is not known yet`, facts, now);
  const { sighting, gone, known } = absenceOfNodePool(facts);
  const names = (reading.nodePools ?? []).map(({ name }) => name).join(', ') || 'none';
  if (gone) {
    const why = known
      ? `the pool no longer has node pool ${target}; it has ${names}`
      : `the pool has no node pool ${target}, and nothing shows that it ever had one; it has ${names}`;
    return { guard, allowed: false, why };
  }
  const doubt =
    sighting.kind === 'seen'
      ? ', although the API knows it by its name'
      : 'why' in sighting
        ? `, and ${sighting.why}`
        : '';
  return unknown(
    guard,
    `the list of node pools does not show ${target}${doubt}; it has ${names}`,
    facts,
    now,
  );
};

/** Flags of a pool's `controlMode` that forbid a change of its node pools (docs/design/modelarts-api.md, 3.2). 1 is about billing, 2 about flavors. */
const LOCKS: Readonly<Record<number, string>> = {
  4: 'limited by the service',
  8: 'frozen',
  16: 'frozen by public security',
};

/** The pool must not be frozen. */
export const poolNotFrozen: Guard = (facts, now) => {
  const { pool } = facts.reading;
  const guard = 'pool-not-frozen';
  const { controlMode } = pool ?? {};
  if (pool?.unreadable?.includes('controlMode'))
    return unknown(guard, 'the lock of the pool cannot be read', facts, now);
  if (controlMode === undefined) return { guard, allowed: true, why: 'the API shows no lock on the pool' };
  const locks = Object.entries(LOCKS).filter(([flag]) => (controlMode & Number(flag)) !== 0);
  const words = locks.map(([, word]) => word).join(' and ');
  return locks.length === 0
    ? { guard, allowed: true, why: `the pool's controlMode is ${controlMode}` }
    : { guard, allowed: false, why: `the pool's controlMode is ${controlMode}: it is ${words}` };
};

/**
 * Every pool keeps at least one node pool (docs/design/modelarts-api.md, 3.1). A disappearing one does not count: one that another
 * remediation deletes or has deleted, and one without nodes although its desired number is above 0.
 */
export const notTheLastNodePool: Guard = ofSeen('not-the-last-node-pool', (facts, now) => {
  const {
    remediation: { id },
    target,
    leaving,
    reading: { nodePools = [], unreadable },
  } = facts;
  const others = nodePools.filter(({ name }) => name !== target);
  const deleted = others.filter(({ name }) => leaving?.has(name) && leaving.get(name) !== id);
  const fading = others.filter((one) => !deleted.includes(one) && isFading(one));
  const stay = others.length - deleted.length - fading.length;
  const going = [
    ...deleted.map(({ name }) => `${name} is being deleted by remediation ${leaving?.get(name)}`),
    ...fading.map(({ name }) => `${name} has no node left`),
  ];
  const guard = 'not-the-last-node-pool';
  const why = [`${stay} of ${nodePools.length} node pools would stay in the pool; one must`, ...going].join(
    '; ',
  );
  const odd = (unreadable?.nodePools?.length ?? 0) + fading.filter(isUnclear).length;
  if (stay === 0 && odd > 0) return unknown(guard, `${why}; of ${odd} the API shows too little`, facts, now);
  return { guard, allowed: stay > 0, why };
});

/** Whether a node pool has no node left except those in deletion. With a desired number of 0 it is only empty. */
function isFading(nodePool: NodePool): boolean {
  const { available, abnormal, creating, deleting } = nodePool.nodeCounts;
  const isEmpty = available + abnormal + creating === 0;
  return isUnclear(nodePool) || (isEmpty && (deleting > 0 || nodePool.resources.count !== 0));
}

/** Whether the API does not show the node counts of a node pool. Then nothing proves that it stays. */
function isUnclear({ unknown: fields = [] }: NodePool): boolean {
  return fields.includes('nodeCounts');
}

/** The annotation of a pool's billing mode (docs/design/modelarts-api.md, 3.2): 0 is on demand, 1 is yearly/monthly. */
const BILLING_MODE = 'os.modelarts/billing.mode';

/** Yearly and monthly resources are unsubscribed, not deleted (page Deleting a Node Pool). */
export const notYearlyMonthly: Guard = (facts, now) => {
  const { pool } = facts.reading;
  const guard = 'not-yearly-monthly';
  if (pool?.unreadable?.some((field) => field === 'annotations' || field === 'labels'))
    return unknown(guard, 'the billing of the pool cannot be read', facts, now);
  const mode = pool?.annotations[BILLING_MODE] ?? pool?.labels[BILLING_MODE];
  if (mode === '1') {
    return { guard, allowed: false, why: 'the pool is billed by the year or month: unsubscribe it instead' };
  }
  return {
    guard,
    allowed: true,
    why: mode === '0' ? 'the pool is billed on demand' : 'the API does not show the billing of the pool',
  };
};
