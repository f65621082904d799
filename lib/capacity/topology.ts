import type { Facts, Guard } from '#lib/guards/guard';
import { unknown } from '#lib/guards/unknown';
import { BATCH, knownSupernodeOf } from '#lib/modelarts/reading/supernodes';
import { isUnreadable, type PoolNode } from '#lib/modelarts/replies/pool-node';
import { heldByOthers } from './pool-state.ts';

/** Labels whose nodes share a failure domain: a supernode, a frame, the switches of a rack (docs/design/modelarts-api.md, 2.3). */
const DOMAIN_LABELS = [BATCH, 'os.modelarts.node/spod.id', 'cce.kubectl.kubernetes.io/cabinet'];

/**
 * The failure domains of a node, each as its label and value.
 *
 * @param poolRecord of the node's pool. It knows the node's supernode also when the API hides the label.
 */
export function domainsOf(
  { name, labels }: Pick<PoolNode, 'name' | 'labels'>,
  poolRecord?: Pick<Facts['poolRecord'], 'supernodes'>,
): string[] {
  return DOMAIN_LABELS.flatMap((label) => {
    const hidden = label === BATCH ? knownSupernodeOf(poolRecord?.supernodes, name) : undefined;
    const value = labels[label] ?? hidden;
    return value === undefined || value === '' ? [] : [`${label}=${value}`];
  });
}

/**
 * Whether a node shows no labels, or unreadable ones, in a pool where at least every second node shows its own: its failure
 * domain is then unknown.
 */
export function hidesLabels(node: PoolNode, nodes: readonly PoolNode[]): boolean {
  if (isUnreadable(node, 'labels')) return true;
  return isBare(node) && nodes.filter(isBare).length * 2 <= nodes.length;
}

function isBare({ labels }: PoolNode): boolean {
  return Object.keys(labels).length === 0;
}

/** One remediation at a time works on nodes of one failure domain: together they may be one fault, or one loss. */
export const oneInFailureDomain: Guard = (facts, now) => {
  const { remediation, node, poolRecord, target, reading } = facts;
  const guard = 'failure-domain';
  const domains = node ? domainsOf(node, poolRecord) : [];
  const own = { remediation: remediation.id, node: node?.name ?? target };
  const others = heldByOthers(poolRecord, own, now).flatMap((name) => {
    const held = poolRecord.held[name];
    return held && held.remediation !== remediation.id && held.domains.length > 0 ? [{ name, held }] : [];
  });
  if (node && others.length > 0 && hidesLabels(node, reading.nodes)) {
    const why = `the API does not show which failure domain the node is part of, and ${others[0]?.name} is being worked on`;
    return unknown(guard, why, facts, now);
  }
  if (domains.length === 0) return { guard, allowed: true, why: 'the node shares no known failure domain' };
  const other = others.find(({ held }) => held.domains.some((domain) => domains.includes(domain)));
  if (other === undefined)
    return { guard, allowed: true, why: `nothing else of ${domains.join(', ')} is being worked on` };
  const shared = other.held.domains.find((domain) => domains.includes(domain));
  const why = `${other.name} is being worked on, which shares ${shared}`;
  return { guard, allowed: false, defers: true, why };
};
