import { absenceOf, sightingOf } from '#lib/modelarts/reading/absence';
import type { Verify } from '#lib/verification/verification';

/**
 * A node pool is deleted when the API does not know it any more, or when it is missing from two lists of other node pools, some time
 * apart (docs/modelarts-api.md, 3.3). An empty list proves nothing, because every pool keeps at least one node pool. If a deletion is
 * still in progress at the deadline, a person must decide; if it has not begun, it has failed.
 */
export const verifyDeletion: Verify = (view, { target, before, deadlineMs, goneAfterMs }, now) => {
  const { nodePools, unreadable, unknownNodePools = [] } = view;
  if (unknownNodePools.includes(target)) {
    return { state: 'succeeded', why: `node pool ${target} is gone: the API no longer knows it` };
  }
  const sighting = sightingOf(
    { items: nodePools, unreadable: unreadable?.nodePools ?? [] },
    ({ name }) => name === target,
    (name) => name === target,
  );
  if (sighting.kind !== 'seen') {
    const { notSeenSince, gone } = absenceOf(sighting, before.notSeenSince, now, goneAfterMs);
    if (gone)
      return {
        state: 'succeeded',
        why: `node pool ${target} is gone: the pool's list has not had it since ${notSeenSince}`,
      };
    const why =
      sighting.kind === 'not-seen'
        ? `the pool's list does not show node pool ${target}, so Poolkeeper reads the list once more`
        : `it is not known whether the pool has node pool ${target}: ${sighting.why}`;
    return { state: 'verifying', why, ...(notSeenSince && { notSeenSince }) };
  }
  const { available, creating, deleting, abnormal } = sighting.item.nodeCounts;
  const left = available + creating + abnormal;
  const why = `node pool ${target} still has ${left} nodes, and ${deleting} more are being deleted`;
  return now < deadlineMs || left === 0 || deleting > 0
    ? { state: 'verifying', why }
    : { state: 'failed', why };
};
