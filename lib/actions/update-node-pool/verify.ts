import { namedNode } from '#lib/modelarts/reading/named-node';
import type { Verify } from '#lib/verification/verification';
import { seenAs, verifyHealth } from '#lib/verification/verify-node';
import { verifyNodePool } from './verify-node-pool.ts';

/**
 * A change of a node pool has come about when the node pool is as it should be. Where the rule's rung says how it is verified, the
 * node on whose behalf it was changed must be well besides, and has the time for it from then on.
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
