import { capacityOf, outWith, unseenIn } from '#lib/capacity/capacity';
import { hidesLabels } from '#lib/capacity/topology';
import type { Guard } from '#lib/guards/guard';
import { isNamedPhase, noWorkload } from '#lib/guards/node';
import { unknown } from '#lib/guards/unknown';
import { windowOpen } from '#lib/guards/window';
import { redundancyShown } from '#lib/modelarts/reading/redundancy';
import { changesRedundancy } from './traits.ts';

/** The pause before the number of isolated nodes is checked again. */
const LOOKS_AGAIN_MS = 15 * 60_000;

/** Limit of the names of isolated nodes in a reason. */
const MAX_NAMED = 3;

/** HA redundancy is not changed under a running job, where it is not possible either (docs/design/modelarts-api.md, section 4). */
export const noWorkloadForRedundancy: Guard = (facts, now) =>
  changesRedundancy(facts.remediation.parameters)
    ? noWorkload(facts, now)
    : { guard: 'no-workload', allowed: true, why: 'tags disturb no workload' };

/** HA redundancy moves what runs on a node: inside of the pool's windows only. Tags disturb nothing. */
export const windowForRedundancy: Guard = (facts, now) =>
  changesRedundancy(facts.remediation.parameters)
    ? windowOpen(facts, now)
    : { guard: 'window', allowed: true, why: 'tags may be set at any time' };

/**
 * HA redundancy is for nodes that are operational, not locked or under maintenance.
 *
 * Source: page Batch Updating Nodes, Function.
 */
export const operationalForRedundancy: Guard = ({ node, remediation: { parameters } }) => {
  const guard = 'operational';
  if (!changesRedundancy(parameters))
    return { guard, allowed: true, why: 'tags may be set in every phase of a node' };
  // `nodePresent` judges a missing node.
  if (!node || !isNamedPhase(node))
    return { guard, allowed: false, defers: true, why: 'the pool does not show the node, or not its phase' };
  return {
    guard,
    allowed: node.phase === 'Available',
    why: `the node is ${node.phase || 'without a phase'}; HA redundancy needs an operational node, which is Available`,
  };
};

/** A pool of one node has no other that could take over from it, or for which it could (docs/design/modelarts-api.md, section 4). */
export const moreThanOneNode: Guard = (facts, now) => {
  const guard = 'more-than-one-node';
  const {
    reading: { nodes },
  } = facts;
  const why = `the pool has ${nodes.length === 1 ? 'one node' : `${nodes.length} nodes`}; HA redundancy needs at least two`;
  const unseen = unseenIn(facts.reading, facts.poolRecord);
  return nodes.length <= 1 && unseen > 0
    ? unknown(guard, `${why}, and ${unseen} more are not seen`, facts, now)
    : { guard, allowed: nodes.length > 1, why };
};

/**
 * A node with HA redundancy takes no workload until it has to take over: such nodes, those that are out of service and this one
 * are together no more than the pool's budget. The label of a node shows it. Without the label a node counts if Poolkeeper has
 * isolated it, and a node that hides all of its labels counts, too.
 */
export const fewIsolated: Guard = (facts, now) => {
  const guard = 'isolated-nodes';
  const { reading, remediation, target, node, poolRecord } = facts;
  const ours = poolRecord.isolated ?? {};
  const name = node?.name ?? target;
  const isolated = reading.nodes
    .filter(
      (other) =>
        redundancyShown(other) ?? (Object.hasOwn(ours, other.name) || hidesLabels(other, reading.nodes)),
    )
    .map((other) => other.name);
  const hidden = isolated.filter((one) => one !== name && Object.hasOwn(ours, one)).slice(0, MAX_NAMED);
  const capacity = capacityOf(facts, now, { remediation: remediation.id, node: name });
  const { seen, unseen, missing, limit } = capacity;
  const out = outWith(capacity, [...isolated, name]);
  const notSeen = unseen > 0 ? `, ${unseen} are not seen` : '';
  const why = `with it ${out} of ${seen + missing} nodes would be isolated or out of service (${isolated.length} have HA redundancy${notSeen}); at most ${limit} may be`;
  if (out <= limit) return { guard, allowed: true, why };
  const until = new Date(now + LOOKS_AGAIN_MS).toISOString();
  const advice = hidden.length > 0 ? `; closeHaRedundant returns ${hidden.join(', ')}` : '';
  return { guard, allowed: false, defers: true, until, why: why + advice };
};
