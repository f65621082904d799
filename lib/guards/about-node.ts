import { oneBearer } from './address.ts';
import type { Guard } from './guard.ts';
import { nodeNotReplaced } from './replacement.ts';
import { unknown } from './unknown.ts';

/** The label of a node that names its node pool (docs/design/modelarts-api.md, 2.3). */
const LABEL = 'os.modelarts.node/nodepoolname';

/**
 * A command for a node pool on behalf of a node depends on that node: its identity must be certain, it must be the node of the
 * alert, and it must show a phase that the rule demands, if the rule demands one. Work in progress on it does not matter.
 */
const aboutNode: Guard = (facts, now) => {
  const guard = 'about-node';
  const { about } = facts;
  if (!about) return { guard, allowed: true, why: 'the command names no node' };
  // The node may show again. If it does not, a person should know, since the alert speaks of it.
  if (!about.node && !about.bearers?.length)
    return unknown(guard, `the pool does not show node ${about.target}`, facts, now);
  const asTarget = { ...facts, ...about };
  const refusal = [oneBearer, nodeNotReplaced, demandedPhase]
    .map((rule) => rule(asTarget, now))
    .find(({ allowed }) => !allowed);
  if (refusal) return { ...refusal, guard, why: `node ${about.target}: ${refusal.why}` };
  return { guard, allowed: true, why: `node ${about.node?.name ?? about.target} is ${about.node?.phase}` };
};

/** If a command names only a node, that node's label must name its node pool. */
const nodePoolKnown: Guard = (facts, now) => {
  const guard = 'node-pool-known';
  const { about, target, remediation } = facts;
  const { node, nodePool, nodePoolFound } = remediation;
  if (node === undefined || (nodePool !== undefined && !nodePoolFound))
    return { guard, allowed: true, why: `the command names node pool ${target}` };
  const named = about?.node?.name ?? node;
  return nodePool === undefined
    ? unknown(guard, `no label ${LABEL} says in which node pool node ${named} is`, facts, now)
    : { guard, allowed: true, why: `node ${named} is in node pool ${nodePool}, by its label ${LABEL}` };
};

const demandedPhase: Guard = (facts, now) => {
  const guard = 'node-phase';
  const { node, limits } = facts;
  const { phase: demanded } = limits;
  if (demanded && !node?.phase) return unknown(guard, 'the API does not show its phase', facts, now);
  const allowed = !demanded || (node !== undefined && demanded.includes(node.phase));
  return { guard, allowed, why: `it is ${node?.phase}; the rule demands ${demanded?.join(' or ')}` };
};

/** The node pool of a command that names it by a node. */
export const whichNodePool: readonly Guard[] = [aboutNode, nodePoolKnown];
