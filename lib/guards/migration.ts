import type { Guard } from './guard.ts';

/** The labels of a node's cluster and of its supernode (facts on the API, 2.3). */
const CLUSTER = 'os.modelarts.node/cluster';
const BATCH = 'os.modelarts.node/batch.uid';

/**
 * The source pool keeps at least one node: the API refuses to migrate the last one.
 *
 * Source: page Migrating Nodes in Batches, "the resource pool has at least two nodes".
 */
export const sourceKeepsANode: Guard = ({ remediation: { nodes = [] }, reading }) => {
  const stay = reading.nodes.length - nodes.length;
  return {
    guard: 'source-keeps-a-node',
    allowed: stay >= 1,
    why: `${stay} of ${reading.nodes.length} nodes stay in the source pool; at least one must`,
  };
};

/** A supernode moves as a whole or not at all (facts on the API, 2.3 and section 10, row 24). */
export const wholeSupernode: Guard = ({ node, remediation: { nodes = [], parameters }, reading }) => {
  const guard = 'whole-supernode';
  const batch = node?.labels[BATCH];
  if (!batch) return { guard, allowed: true, why: 'the node is not part of a supernode' };
  const members = reading.nodes.filter(({ labels }) => labels[BATCH] === batch);
  const left = members.filter(
    ({ name, privateIp }) => !nodes.includes(name) && !nodes.includes(privateIp ?? ''),
  );
  if (left.length > 0) {
    const names = left.map(({ name }) => name).join(', ');
    return {
      guard,
      allowed: false,
      why: `supernode ${batch} would be torn apart: the command leaves out ${names}`,
    };
  }
  const { resourceSpec } = parameters;
  const hasStep = typeof resourceSpec === 'object' && resourceSpec !== null && 'creatingStep' in resourceSpec;
  return hasStep
    ? { guard, allowed: true, why: `all ${members.length} nodes of supernode ${batch} move` }
    : { guard, allowed: false, why: 'resourceSpec.creatingStep: is mandatory for a supernode' };
};

/** All nodes of one command come from one cluster: the request has room for one. */
export const oneCluster: Guard = ({ node, remediation: { nodes = [], parameters }, reading }) => {
  const guard = 'one-cluster';
  const { fromClusterName } = parameters;
  if (typeof fromClusterName === 'string')
    return { guard, allowed: true, why: `the command says ${fromClusterName}` };
  const first = reading.nodes.find(({ name, privateIp }) => nodes[0] === name || nodes[0] === privateIp);
  const own = node?.labels[CLUSTER];
  const others = first?.labels[CLUSTER];
  return {
    guard,
    allowed: own === others,
    why:
      own === others
        ? `the node is in cluster ${own ?? 'of the pool'}`
        : `the node is in cluster ${own}, the command's first in ${others}`,
  };
};
