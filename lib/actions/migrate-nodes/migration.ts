import { isSizeConfirmed, unseenIn } from '#lib/capacity/capacity';
import { hidesLabels } from '#lib/capacity/topology';
import type { Facts, Guard } from '#lib/guards/guard';
import { ofSeen, unknown } from '#lib/guards/unknown';
import { clustersOf, type Migration } from '#lib/modelarts/reading/clusters';
import { BATCH, knownSupernodeOf } from '#lib/modelarts/reading/supernodes';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';

/** The label of how many nodes that supernode has (docs/design/modelarts-api.md, 2.3). */
const BATCH_COUNT = 'os.modelarts.node/batch.count';

/** The migration that a command asks for. */
export function migrationOf({ remediation: { pool, parameters }, node, reading }: Facts): Migration {
  const { toPoolName, fromClusterName, toClusterName } = parameters;
  const toPool = textOf(toPoolName) ?? pool;
  return {
    pool,
    toPool,
    from: textOf(fromClusterName),
    to: textOf(toClusterName),
    node,
    nodes: reading.nodes,
    destination: reading.destinations.get(toPool),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/**
 * The source pool must keep at least one node. Leaving nodes do not count: nodes that the API deletes, and nodes that another
 * remediation moves or will move. Nodes that go to another node pool of the same pool stay.
 *
 * Source: page Migrating Nodes in Batches, "the resource pool has at least two nodes".
 */
export const sourceKeepsANode: Guard = (facts, now) => {
  const { remediation, named = [], reading, poolRecord, leaving } = facts;
  const { pool, parameters } = remediation;
  const guard = 'source-keeps-a-node';
  const unseen = unseenIn(reading, poolRecord);
  if ((textOf(parameters['toPoolName']) ?? pool) === pool) {
    const size = reading.nodes.length;
    const why = `the nodes stay in their pool, which has ${size}; the API moves no node of a pool with only one`;
    if (size >= 2) return { guard, allowed: true, why };
    return unseen > 0
      ? unknown(guard, `${why}; ${unseen} more are not seen`, facts, now)
      : { guard, allowed: false, why };
  }
  const own = reading.nodes.filter(({ name }) => named.includes(name));
  const others = reading.nodes.filter((node) => {
    const mover = leaving?.get(node.name);
    return !isStaying(node) || (mover !== undefined && mover !== remediation.id);
  });
  const stay = reading.nodes.length - new Set([...own, ...others]).size;
  const onTheirWay = others.filter((node) => !own.includes(node)).length;
  const why = `of ${reading.nodes.length} nodes in the source pool ${own.length} would go, ${onTheirWay} others are going, and ${stay} would stay; at least one must`;
  if (stay >= 1) return { guard, allowed: true, why };
  const unclear = others.filter((node) => !isStaying(node) && node.phase !== 'Deleting').length;
  return unseen + unclear > 0
    ? unknown(guard, `${why}; of ${unseen + unclear} more the API shows too little`, facts, now)
    : { guard, allowed: false, why };
};

/** Whether the API shows that a node stays in the pool. An undocumented phase shows nothing. */
function isStaying({ phase }: PoolNode): boolean {
  return ['Available', 'Abnormal', 'Creating', 'Checking'].includes(phase);
}

/** The supernode of a node, which moves as a group or not at all. */
export function supernodeOf({ node }: Facts): string | undefined {
  const batch = node?.labels[BATCH];
  return batch === undefined ? undefined : `supernode ${batch}`;
}

/** All nodes of the supernode of a node, including itself. Empty if it is in no supernode. */
export function membersOf({ labels }: Pick<PoolNode, 'labels'>, nodes: readonly PoolNode[]): PoolNode[] {
  const batch = labels[BATCH];
  return batch === undefined ? [] : nodes.filter((other) => other.labels[BATCH] === batch);
}

/**
 * The pause before a command for a part of a supernode checks again for the commands for the rest: a minute at first, later a quarter
 * of its waiting time.
 */
function recheckMs(waitedMs: number): number {
  return Math.min(Math.max(60_000, waitedMs / 4), 15 * 60_000);
}

/**
 * A supernode moves as a group, and its request has `creatingStep` (docs/design/modelarts-api.md, 2.3 and section 10, row 24). The label
 * `batch.uid` identifies a supernode; nodes with the same `spod.id`, which may be a frame, need not move together. If the reading does
 * not show all members of a supernode, or not the supernode of a node, the pool is read again. A member that an earlier reading has
 * shown counts until a reading shows it in another supernode, or the pool without it. If no label counts the members, a second
 * reading must show a pool of the same size.
 *
 * A rule's command for a part of a supernode waits for the commands for the other nodes until its evidence is too old, and then goes
 * to a person. Any other command must name all nodes itself.
 */
export const wholeSupernode: Guard = ofSeen('whole-supernode', (facts, now) => {
  const { node, remediation, named = [], reading, limits, poolRecord } = facts;
  const guard = 'whole-supernode';
  const { parameters, outcomes, ladder, createdAt } = remediation;
  const batch = node?.labels[BATCH];
  const incomplete = incompleteSupernodes(reading.nodes);
  if (node === undefined || batch === undefined) {
    const mayBeMember =
      incomplete.length > 0 ||
      knownSupernodeOf(poolRecord.supernodes, node?.name ?? '') !== undefined ||
      (node !== undefined && hidesLabels(node, reading.nodes));
    return mayBeMember
      ? unknown(guard, 'the API does not show whether the node is part of a supernode', facts, now)
      : { guard, allowed: true, why: 'the node is not part of a supernode' };
  }
  const members = membersOf(node, reading.nodes);
  // A refused node cannot move any more.
  const refused = members.filter(({ name }) => ['skipped', 'failed'].includes(outcomes[name]?.state ?? ''));
  const left = members.filter((one) => refused.includes(one) || !named.includes(one.name));
  if (left.length > 0) {
    const names = left.map(({ name }) => name).join(', ');
    const why = `supernode ${batch} would be torn apart: the command leaves out ${names}`;
    if (ladder === undefined || refused.length > 0) return { guard, allowed: false, why };
    const endMs = Date.parse(createdAt) + limits.maxEvidenceAgeMs;
    const end = new Date(endMs).toISOString();
    if (now >= endMs)
      return {
        guard,
        allowed: false,
        handsOver: true,
        why: `${why}; alerts had not reported all of them by ${end}`,
      };
    const untilMs = Math.min(now + recheckMs(now - Date.parse(createdAt)), endMs);
    const until = new Date(untilMs).toISOString();
    return {
      guard,
      allowed: false,
      defers: true,
      until,
      why: `${why}; it waits for their alerts until ${end}`,
    };
  }
  const [hidden] = hiddenMembers(batch, facts);
  if (hidden !== undefined)
    return unknown(guard, `the API does not show that supernode ${batch} still has ${hidden}`, facts, now);
  const { resourceSpec } = parameters;
  const hasStep = typeof resourceSpec === 'object' && resourceSpec !== null && 'creatingStep' in resourceSpec;
  if (!hasStep)
    return { guard, allowed: false, why: 'resourceSpec.creatingStep: is mandatory for a supernode' };
  const hiding = reading.nodes.some((other) => hidesLabels(other, reading.nodes));
  if (incomplete.includes(batch) || hiding || (reading.unreadable?.nodes ?? []).length > 0)
    return unknown(guard, `the API does not show all nodes of supernode ${batch}`, facts, now);
  const isCounted = members.some(({ labels }) => Number(labels[BATCH_COUNT]) > 0);
  if (!isCounted && !isSizeConfirmed(facts)) {
    const why = `no earlier reading shows how many nodes the pool has, so supernode ${batch} may have more than ${members.length}`;
    return unknown(guard, why, facts, now);
  }
  return { guard, allowed: true, why: `all ${members.length} nodes of supernode ${batch} move` };
});

/** The known members of a supernode about which this reading says nothing. */
function hiddenMembers(batch: string, { reading, poolRecord }: Facts): string[] {
  const isMissing = unseenIn(reading, poolRecord) > 0;
  return (poolRecord.supernodes?.[batch] ?? []).filter((name) => {
    const member = reading.nodes.find((node) => node.name === name);
    return member ? member.labels[BATCH] === undefined : isMissing;
  });
}

/** The supernodes with fewer nodes in the reading than their labels count (docs/design/modelarts-api.md, 2.3). */
function incompleteSupernodes(nodes: readonly PoolNode[]): string[] {
  const batches = [...Map.groupBy(nodes, ({ labels }) => labels[BATCH])];
  return batches.flatMap(([batch, members]) => {
    const counts = members.map(({ labels }) => Number(labels[BATCH_COUNT] ?? 0)).filter(Number.isInteger);
    return batch !== undefined && members.length < Math.max(0, ...counts) ? [batch] : [];
  });
}

/** A request has one source and one destination cluster, so the nodes of a command must share both. */
export const oneCluster: Guard = ofSeen('one-cluster', (facts, now) => {
  const guard = 'one-cluster';
  const { named = [], reading } = facts;
  const { toPool, destination } = migrationOf(facts);
  const { from, to, several } = clustersOf(migrationOf(facts));
  const nodesThere = destination && 'nodes' in destination ? destination.nodes : [];
  if (nodesThere.some((node) => hidesLabels(node, nodesThere)))
    return unknown(guard, `the API does not show the clusters of all nodes of pool ${toPool}`, facts, now);
  if (to === undefined) {
    const why = `toClusterName: is mandatory, because pool ${toPool} has several clusters: ${several.join(', ')}`;
    return { guard, allowed: false, why };
  }
  const first = reading.nodes.find(({ name }) => name === named[0]);
  const { from: firstFrom } = clustersOf({ ...migrationOf(facts), node: first });
  if (from === firstFrom) return { guard, allowed: true, why: `from cluster ${from} to cluster ${to}` };
  const why = `fromClusterName: the node is in cluster ${from}, the command's first node in ${firstFrom}; a call has room for one`;
  const isShown = [facts.node, first].every((node) => node && !hidesLabels(node, reading.nodes));
  return isShown ? { guard, allowed: false, why } : unknown(guard, why, facts, now);
});

/** If nodes go to another pool, the request must have their settings there (page Migrating Nodes in Batches, table 2). */
export const specForAnotherPool: Guard = ofSeen('spec-for-another-pool', (facts) => {
  const guard = 'spec-for-another-pool';
  const { toPoolName, resourceSpec } = facts.remediation.parameters;
  if (resourceSpec !== undefined) return { guard, allowed: true, why: 'resourceSpec is given' };
  const { from, to } = clustersOf(migrationOf(facts));
  if (toPoolName === undefined && from === to)
    return { guard, allowed: true, why: 'the nodes stay in their pool' };
  const where = textOf(toPoolName) ?? `cluster ${to}`;
  return {
    guard,
    allowed: false,
    why: `resourceSpec: is mandatory if nodes go to another pool (${where})`,
  };
});
