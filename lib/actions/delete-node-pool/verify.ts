import { absenceOf, sightingOf } from '#lib/modelarts/reading/absence';
import type { Verify } from '#lib/verification/verification';

/**
 * A node pool is deleted when the API says that it does not know it, or when its list has others and not this one, at two looks
 * some time apart (docs/modelarts-api.md, 3.3). An empty list proves nothing: every pool keeps at least one node pool. A
 * deletion that is under way at the deadline is a case for a person; one that shows no sign has failed.
 */
export const verifyDeletion: Verify = (view, { target, before, deadlineMs, goneAfterMs }, now) => {
  const { nodePools, unreadable, unknownNodePools = [] } = view;
  if (unknownNodePools.includes(target)) {
    return { state: 'succeeded', why: `node pool ${target} is gone: the API does not know it any more` };
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
        ? `the pool's list does not show node pool ${target}, which is looked at once more`
        : `whether the pool has node pool ${target} is not known: ${sighting.why}`;
    return { state: 'verifying', why, ...(notSeenSince && { notSeenSince }) };
  }
  const { available, creating, deleting, abnormal } = sighting.item.nodeCounts;
  const left = available + creating + abnormal;
  const why = `node pool ${target} still has ${left} nodes, and ${deleting} more are being deleted`;
  return now < deadlineMs || left === 0 || deleting > 0
    ? { state: 'verifying', why }
    : { state: 'failed', why };
};
