import { namedNode } from '#lib/modelarts/reading/named-node';
import type { Verify } from '#lib/verification/verification';
import { seenAs, verifyHealth } from '#lib/verification/verify-node';
import { verifyNodePool } from './verify-node-pool.ts';

/**
 * A change of a node pool has succeeded when the node pool has the desired state. If the rung has `verify`, the node of the alert must
 * then be well, too, and its time counts from that moment.
 */
export const verifyNodePoolChange: Verify = (view, subject, now) => {
  const outcome = verifyNodePool(view, subject, now);
  const { before, verify, remediation } = subject;
  const { node } = remediation;
  if (!verify || node === undefined || outcome.state !== 'succeeded') return outcome;
  const comeAboutAt = before.comeAboutAt ?? new Date(now).toISOString();
  const name = namedNode(view.nodes, node).node?.name ?? node;
  const since = { ...subject, sinceMs: Date.parse(comeAboutAt) };
  return { ...verifyHealth(seenAs(view, name), since, now, 'the node pool is as it should be'), comeAboutAt };
};
