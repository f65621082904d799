import * as z from 'zod';
import type { NodeOutcome } from '#lib/ledger/remediation-fields';
import { absenceOf, type Sighting } from '#lib/modelarts/reading/absence';
import { sightingOfNodePool } from '#lib/modelarts/reading/node-pool-sighting';
import type { NodePool } from '#lib/modelarts/replies/node-pool';
import type { Subject, Verify } from '#lib/verification/verification';
import { firstDifference } from './compare-resources.ts';

const Request = z.looseObject({
  spec: z.looseObject({ resources: z.looseObject({ count: z.int(), maxCount: z.int() }) }),
});

/** The basis of a plan: the node counts at its creation. */
const Basis = z
  .array(z.looseObject({ nodeCounts: z.looseObject({ abnormal: z.int() }) }))
  .catch([])
  .transform(([first]) => first?.nodeCounts.abnormal ?? 0);

/**
 * A node pool has the desired state when the API shows every changed field with the requested value, at least `count` nodes are
 * available, no more than `maxCount` exist, and none is being created or deleted (docs/design/modelarts-api.md, 3.3). Nodes that were abnormal
 * before the change do not count against it.
 *
 * The region may not have all nodes up to `maxCount`: fewer than `maxCount` is a success with a remark, but fewer than `count`, with
 * none in creation, is a failure. If nodes are still in creation or deletion at the deadline, a person must decide.
 */
export const verifyNodePool: Verify = ({ nodePools, unreadable, nodePoolsByName }, subject, now) => {
  const { target, call, deadlineMs } = subject;
  const hasTime = now < deadlineMs;
  const listing = { items: nodePools, unreadable: unreadable?.nodePools ?? [] };
  const sighting = sightingOfNodePool(target, listing, nodePoolsByName);
  if (sighting.kind !== 'seen') return verifyAbsent(sighting, subject, now);
  const nodePool = sighting.item;
  const { resources } = Request.parse(call.request).spec;
  const missing = firstDifference(nodePool.resources, resources);
  if (missing) return { state: hasTime ? 'verifying' : 'failed', why: missing };

  const unseen = unseenPart(nodePool, resources, subject);
  if (unseen !== undefined) return notKnown(`the API does not show ${unseen}`, hasTime);

  const nodes = countNodes(nodePool, resources, subject);
  if (nodes.inMotion) return { state: 'verifying', why: nodes.why };
  if (nodes.tooFew || nodes.tooMany) return { state: hasTime ? 'verifying' : 'failed', why: nodes.why };
  return { state: 'succeeded', why: nodes.why };
};

/** The changes of a plan by field. The API showed a field with a `from` before the change. */
const Changes = z.record(z.string(), z.looseObject({ from: z.unknown() })).catch({});

/**
 * Names a part of the node pool that the API does not show now, so that the change cannot be judged: its numbers, or a changed field
 * that the API showed before. A removed field is rightly absent. Undefined if there is no such part.
 */
function unseenPart(
  { resources: shown, unknown: hidden }: NodePool,
  wanted: Readonly<Record<string, unknown>>,
  { remediation }: Pick<Subject, 'remediation'>,
): string | undefined {
  if (hidden) return `the ${hidden.join(' and ')} of the node pool`;
  const changes = Object.entries(Changes.parse(remediation.plan?.changes));
  const field = changes.find(
    ([name, { from }]) => !isAbsent(from) && !isAbsent(wanted[name]) && isAbsent(shown[name]),
  )?.[0];
  return field && `${field} of the node pool, which it showed before the change`;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function notKnown(why: string, hasTime: boolean): NodeOutcome {
  return hasTime
    ? { state: 'verifying', why }
    : {
        state: 'failed',
        notKnown: true,
        why: `the outcome of the change is unknown at its deadline: ${why}`,
      };
}

/** The outcome of a node pool that its list does not show. It has failed when it is gone; until then, it is polled again. */
function verifyAbsent(
  sighting: Exclude<Sighting<NodePool>, { kind: 'seen' }>,
  { target, before, deadlineMs, goneAfterMs }: Subject,
  now: number,
): NodeOutcome {
  const { notSeenSince, gone } = absenceOf(sighting, before.notSeenSince, now, goneAfterMs);
  if (gone)
    return { state: 'failed', why: `node pool ${target} has been gone from the pool since ${notSeenSince}` };
  const why =
    sighting.kind === 'not-seen'
      ? `the pool's list does not show node pool ${target}`
      : `it is not known whether the pool has node pool ${target}: ${sighting.why}`;
  if (now < deadlineMs) return { state: 'verifying', why, ...(notSeenSince && { notSeenSince }) };
  return { state: 'failed', notKnown: true, why: `the outcome of the change was not known in time: ${why}` };
}

type Counted = { why: string; inMotion: boolean; tooFew: boolean; tooMany: boolean };

function countNodes(
  { nodeCounts: { available, creating, deleting, abnormal } }: NodePool,
  { count, maxCount }: { count: number; maxCount: number },
  { remediation }: Pick<Subject, 'remediation'>,
): Counted {
  const abnormalBefore = Math.min(abnormal, Basis.parse(remediation.plan?.basis));
  const inMotion = creating > 0 || deleting > 0;
  const tooFew = available + abnormalBefore < count;
  const tooMany = available + abnormal > maxCount;
  const why = `${available} of ${count} nodes are available, ${creating} creating, ${deleting} deleting, ${abnormal} abnormal`;
  return { why: why + remark(), inMotion, tooFew, tooMany };

  function remark(): string {
    if (inMotion) return '';
    if (tooMany) return `; that is more than the ${maxCount} that it may have`;
    if (tooFew)
      return abnormal > abnormalBefore ? '' : '; no more are coming: the region has none of the flavor left';
    if (abnormalBefore > 0) return `; ${abnormalBefore} were abnormal before`;
    return available < maxCount ? `; the region has no more of the up to ${maxCount} now` : '';
  }
}
