import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import type { Guard } from './guard.ts';
import { heldByOthers } from './pool-state.ts';

/** Labels whose nodes share what can fail: a supernode, a frame, the switches of a rack (docs/modelarts-api.md, 2.3). */
const DOMAIN_LABELS = [
  'os.modelarts.node/batch.uid',
  'os.modelarts.node/spod.id',
  'cce.kubectl.kubernetes.io/cabinet',
];

/** The failure domains of a node, each as its label and value. */
export function domainsOf({ labels }: Pick<PoolNode, 'labels'>): string[] {
  return DOMAIN_LABELS.flatMap((label) => {
    const value = labels[label];
    return value === undefined || value === '' ? [] : [`${label}=${value}`];
  });
}

/** Nodes of one failure domain are worked on by one remediation at a time: together they may be one fault, or one loss. */
export const oneInFailureDomain: Guard = ({ remediation, node, poolRecord, target }, now) => {
  const guard = 'failure-domain';
  const domains = node ? domainsOf(node) : [];
  if (domains.length === 0) return { guard, allowed: true, why: 'the node shares no known failure domain' };
  const own = { remediation: remediation.id, node: node?.name ?? target };
  const other = heldByOthers(poolRecord, own, now).find((name) => {
    const held = poolRecord.held[name];
    return held?.remediation !== remediation.id && held?.domains.some((domain) => domains.includes(domain));
  });
  if (other === undefined)
    return { guard, allowed: true, why: `nothing else of ${domains.join(', ')} is being worked on` };
  const shared = poolRecord.held[other]?.domains.find((domain) => domains.includes(domain));
  return { guard, allowed: false, defers: true, why: `${other} is being worked on, which shares ${shared}` };
};
