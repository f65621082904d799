import { hidesLabels } from '#lib/capacity/topology';
import type { NodeOutcome } from '#lib/ledger/remediation-fields';
import { absenceOf } from '#lib/modelarts/reading/absence';
import { REDUNDANCY_LABEL } from '#lib/modelarts/reading/redundancy';
import type { Subject, Verify } from '#lib/verification/verification';
import { seenAs, verifyHealth } from '#lib/verification/verify-node';

/**
 * The effect of batch-update on a node. The node's label must show HA redundancy; without the label it is off, unless this answer hides
 * the labels of the node. Tags cannot be read (docs/design/modelarts-api.md, 2.2), so the API's answer decides. If the rung has `verify`, the node must be well, too, as after every other
 * action.
 */
export const verifyUpdate: Verify = (view, subject, now) => {
  const { call, verify, target } = subject;
  const { action } = call.request;
  const changesRedundancy = action === 'openHaRedundant' || action === 'closeHaRedundant';
  const shown = changesRedundancy
    ? redundancyOf(view, subject, action === 'openHaRedundant', now)
    : undefined;
  if (shown && shown.state !== 'succeeded') return shown;
  if (!verify) return shown ?? { state: 'succeeded', why: 'the API says success' };
  return verifyHealth(seenAs(view, target), subject, now, 'the API has done what was asked');
};

function redundancyOf(
  view: Parameters<Verify>[0],
  { target, before, verify, sinceMs, deadlineMs, goneAfterMs }: Subject,
  isWanted: boolean,
  now: number,
): NodeOutcome {
  const endMs = verify ? Math.min(sinceMs + verify.withinMs, deadlineMs) : deadlineMs;
  const sighting = seenAs(view, target);
  if (sighting.kind === 'seen' && !hidesLabels(sighting.item, view.nodes)) {
    const shown = sighting.item.labels[REDUNDANCY_LABEL] ?? 'false';
    const why = `the label ${REDUNDANCY_LABEL} is ${shown}`;
    if (shown === String(isWanted)) return { state: 'succeeded', why };
    return now < endMs
      ? { state: 'verifying', why }
      : { state: 'failed', why: `${why}; it should be ${isWanted}` };
  }
  const { notSeenSince, gone } = absenceOf(sighting, before.notSeenSince, now, goneAfterMs);
  if (gone) return { state: 'failed', why: `the node has been gone from the pool since ${notSeenSince}` };
  const why = 'why' in sighting ? sighting.why : 'the API does not show it';
  if (now < endMs)
    return {
      state: 'verifying',
      why: `the label of the node is not known: ${why}`,
      ...(notSeenSince && { notSeenSince }),
    };
  return { state: 'failed', notKnown: true, why: `the label of the node was not known in time: ${why}` };
}
