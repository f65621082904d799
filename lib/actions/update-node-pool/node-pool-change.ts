import type { Facts, Guard } from '#lib/guards/guard';
import { ofSeen, unknown } from '#lib/guards/unknown';
import { describeIssues, requestWording } from '#lib/issues';
import type { NodePoolResources } from '#lib/modelarts/replies/node-pool';
import { changeIn, isPhysical, nodePoolPatch, otherNodePool } from '#lib/modelarts/requests/node-pool-patch';
import { PatchNodePoolRequest } from '#lib/modelarts/requests/patch-node-pool';

/** The merged request must be valid by the page. The numbers that the command omits are those that the API shows. */
export const requestAllowed: Guard = ofSeen('request-allowed', (facts, now) => {
  const guard = 'request-allowed';
  const { error } = PatchNodePoolRequest.safeParse(
    { spec: { resources: patchOf(facts) } },
    { error: requestWording },
  );
  if (!error) return { guard, allowed: true, why: 'merged with the present node pool, the request is valid' };
  const why = `merged with the present node pool, the request is wrong: ${describeIssues(error)}`;
  const { flavor, count, maxCount } = facts.nodePool?.resources ?? {};
  const isShown = flavor !== undefined && count !== undefined && maxCount !== undefined;
  return isShown
    ? { guard, allowed: false, why }
    : unknown(guard, `${why}; the API does not show all of the present node pool`, facts, now);
});

/** `nodePool` in the request must be the node pool in the path, in one of the API's spellings. */
export const ownNodePool: Guard = ofSeen('own-node-pool', ({ remediation, target, nodePool }) => {
  const guard = 'own-node-pool';
  const { nodePool: named } = changeIn(remediation.parameters);
  if (named === undefined)
    return { guard, allowed: true, why: 'the request names no node pool beside its path' };
  const spellings = [target, nodePool?.name, nodePool?.resources.nodePool];
  return spellings.includes(named)
    ? { guard, allowed: true, why: `the request names the node pool of its path, ${named}` }
    : { guard, allowed: false, why: otherNodePool(named, target) };
});

/**
 * In a physical pool maxCount is count, in a logical one at least count.
 *
 * Source: pages Updating and Deleting a Node Pool, tables PoolResource. The request's schema checks that it is at
 * least count.
 */
export const countsFitPool: Guard = ofSeen('counts-fit-pool', (facts) => {
  const guard = 'counts-fit-pool';
  const { count, maxCount } = patchOf(facts);
  const { type } = facts.reading.pool ?? {};
  if (isPhysical(type) && maxCount !== count) {
    const why = `spec.resources.maxCount: must be count in a physical pool; it would be ${maxCount}, and count ${count}`;
    return { guard, allowed: false, why };
  }
  const kind = type === undefined ? 'a pool of unknown type' : `a pool of type ${type}`;
  return { guard, allowed: true, why: `count ${count} and maxCount ${maxCount} in ${kind}` };
});

/** Flag 2 of `controlMode` forbids another flavor (docs/design/modelarts-api.md, 3.2). */
export const flavorMayChange: Guard = ofSeen(
  'flavor-may-change',
  ({ remediation, nodePool, reading: { pool } }) => {
    const guard = 'flavor-may-change';
    const { flavor } = changeIn(remediation.parameters);
    if (flavor === undefined || flavor === nodePool?.resources.flavor) {
      return { guard, allowed: true, why: 'the flavor stays as it is' };
    }
    const isLimited = ((pool?.controlMode ?? 0) & 2) !== 0;
    return {
      guard,
      allowed: !isLimited,
      why: isLimited
        ? `spec.resources.flavor: the pool's controlMode is ${pool?.controlMode}, which forbids another flavor`
        : `the flavor changes from ${nodePool?.resources.flavor} to ${flavor}`,
    };
  },
);

/** Page Updating a Node Pool, table PoolResource: "This parameter cannot be specified for a non-privileged pool." */
const FOR_PRIVILEGED = ['taints', 'tags', 'network'] as const;

/**
 * Only privileged pools accept taints, tags and network. `status.clusters` shows that a pool is privileged, because other pools do
 * not have it (Huawei's SDK on PoolStatusClusters). Nothing in the API shows the contrary; the rules file may. If neither does, the
 * API decides.
 */
export const privilegedPool: Guard = ({ remediation, privileged, reading: { pool } }) => {
  const guard = 'privileged-pool';
  const change = changeIn(remediation.parameters);
  const fields = FOR_PRIVILEGED.filter((field) => change[field] !== undefined);
  if (fields.length === 0)
    return { guard, allowed: true, why: 'the request has no field that needs a privileged pool' };
  const names = fields.map((field) => `spec.resources.${field}`).join(', ');
  if (privileged === false) {
    const why = `${names}: needs a privileged pool, and the rules file has privileged: false for this one`;
    return { guard, allowed: false, why };
  }
  const why = privileged
    ? 'the rules file says that the pool is privileged'
    : (pool?.clusters.length ?? 0) > 0
      ? 'the pool shows its clusters, as privileged pools do'
      : 'it is not known whether the pool is privileged, so the API decides';
  return { guard, allowed: true, why: `${names}: ${why}` };
};

function patchOf({ remediation, nodePool, reading }: Facts): NodePoolResources {
  return nodePoolPatch(changeIn(remediation.parameters), nodePool?.resources ?? {}, reading.pool?.type);
}
