import { absenceOf, type Sighting, sightingOf } from '#lib/modelarts/reading/absence';
import { describeDriver } from '#lib/modelarts/reading/expected-drivers';
import { isAddress, isCalled, isServerId } from '#lib/modelarts/reading/named-node';
import { isUnreadable, type PoolNode } from '#lib/modelarts/replies/pool-node';
import type { Facts, Guard } from './guard.ts';
import { maySpeakOf } from './replacement.ts';
import { unknown } from './unknown.ts';

/** `1 workload runs`, `2 workloads run`. */
export function workloadsRun(count: number): string {
  return count === 1 ? '1 workload runs' : `${count} workloads run`;
}

/**
 * The phases of a node without work in progress.
 *
 * Source: docs/design/modelarts-api.md, 2.2: `Available · Creating · Deleting · Abnormal · Checking`.
 */
const IDLE_PHASES: readonly string[] = ['Available', 'Abnormal'];

/** The phases of a node with work in progress. Source: as above. */
const BUSY_PHASES: readonly string[] = ['Creating', 'Deleting', 'Checking'];

/** Whether a node has no work in progress, as far as a page names its phase. */
export function isIdle({ phase }: { readonly phase: string }): boolean {
  return IDLE_PHASES.includes(phase);
}

/** Whether the API shows a phase of a node that a page names. */
export function isNamedPhase(node: Pick<PoolNode, 'phase' | 'unreadable'>): boolean {
  return isIdle(node) || BUSY_PHASES.includes(node.phase);
}

/** The result of looking up the command's node in the reading. */
export function sightingOfNode({ target, reading }: Pick<Facts, 'target' | 'reading'>): Sighting<PoolNode> {
  const listing = { items: reading.nodes, unreadable: reading.unreadable?.nodes ?? [] };
  const isByAddress = isAddress(target);
  const isById = isServerId(target);
  return sightingOf(
    listing,
    (node) => isCalled(node, target),
    (name) => isByAddress || isById || name === target,
    (node) => (isByAddress && node.privateIp === undefined) || (isById && isUnreadable(node, 'labels')),
  );
}

/**
 * The node must be in the pool now. If several nodes have one address, a person decides between them. So it is if another node has
 * the address now, and the alert may speak of that node. A node that is missing from one list is not gone: the pool is read again.
 */
export const nodePresent: Guard = (facts, now) => {
  const { target, node, bearers = [], remediation, readAtMs, waits } = facts;
  const guard = 'node-present';
  if (node) return { guard, allowed: true, why: 'the node is in the pool' };
  if (bearers.length > 1) {
    const why = `it is unclear which of ${bearers.length} nodes the command means`;
    return { guard, handsOver: true, allowed: false, why };
  }
  const sighting = sightingOfNode(facts);
  switch (sighting.kind) {
    case 'seen': {
      // It has the address of the target, but an earlier call of this command was for another node.
      const [bearer] = bearers;
      const heir = bearer ? `; node ${bearer.name} has the address now` : '';
      const why = `the pool has no node ${target}: it is gone, or was replaced${heir}`;
      const isForPerson = bearer !== undefined && maySpeakOf(bearer, facts.alerts);
      return { guard, allowed: false, why, ...(isForPerson && { handsOver: true as const }) };
    }
    case 'unreadable':
      return unknown(guard, `node ${target} may be one that cannot be read: ${sighting.why}`, facts, now);
    case 'doubtful':
      return unknown(guard, `the pool shows no node ${target}, and ${sighting.why}`, facts, now);
    case 'not-seen': {
      const since = remediation.notSeen?.[target];
      if (absenceOf(sighting, since, readAtMs, waits.goneAfterMs).gone) {
        const why = `the pool has had no node ${target} since ${since}: it is gone, or was replaced`;
        return { guard, allowed: false, why };
      }
      return unknown(guard, `the list of the pool's nodes does not show ${target}`, facts, now);
    }
  }
};

/**
 * The node must have no work in progress, and must show a phase that the rule demands, if it demands one. An unknown phase,
 * or none, is a case for a person.
 */
export const nodePhase: Guard = (facts, now) => {
  const {
    node,
    limits: { phase: demanded },
  } = facts;
  const guard = 'node-phase';
  if (!node) return unknown(guard, 'the pool does not show the node', facts, now);
  const { phase } = node;
  if (isUnreadable(node, 'phase')) return unknown(guard, 'the phase of the node cannot be read', facts, now);
  const why = describePhase(node);
  if (BUSY_PHASES.includes(phase)) return { guard, allowed: false, why };
  if (!isIdle(node)) return { guard, allowed: false, handsOver: true, why };
  if (demanded && !demanded.includes(phase))
    return { guard, allowed: false, why: `the node is ${phase}; the rule demands ${demanded.join(' or ')}` };
  return { guard, allowed: true, why };
};

/** The phase of a node, with its driver if it has no work in progress. */
export function describePhase(node: PoolNode): string {
  const { phase } = node;
  if (isIdle(node)) return `the node is ${phase}${describeDriver(node)}`;
  if (BUSY_PHASES.includes(phase)) return `the node is ${phase}: other work on it is in progress`;
  const said = phase === '' ? 'the API shows no phase of the node' : `the node is "${phase}"`;
  return `${said}: an unknown phase, which no page of the API names. Check the node in the console`;
}

/**
 * A node that runs a workload is left alone, unless the rule allows Poolkeeper to interrupt workloads. If the workloads are
 * unknown, the pool is read again.
 */
export const noWorkload: Guard = (facts, now) => {
  const { workloads, workloadsUnknown, limits } = facts;
  const guard = 'no-workload';
  if (limits.interruptWorkloads)
    return { guard, allowed: true, why: 'the rule allows Poolkeeper to interrupt workloads' };
  if (!workloads) {
    const why = `the workloads of the node are unknown: ${workloadsUnknown ?? 'its workloads were not read'}`;
    return unknown(guard, why, facts, now);
  }
  if (workloads.length === 0) return { guard, allowed: true, why: 'no workload runs on the node' };
  const names = workloads.slice(0, 3).join(', ');
  return { guard, allowed: false, why: `${workloadsRun(workloads.length)} on the node: ${names}` };
};
