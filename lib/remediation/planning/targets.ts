import type { Facts } from '#lib/guards/guard';
import { nameOf } from '#lib/guards/name-of';
import type { Remediation } from '#lib/ledger/remediation';
import type { NodeOutcome } from '#lib/ledger/remediation-fields';
import { isAddress, type NamedNode, namedNode } from '#lib/modelarts/reading/named-node';
import type { PoolReading } from '#lib/modelarts/reading/pool-reading';
import { isBegun } from '#lib/remediation/lifecycle/outcomes';
import { isDestructive, isDone } from '#lib/remediation/record/outcome';
import { nodesInUse, workloadsOnNode, workloadsOnNodePool } from './running-workloads.ts';

/**
 * The targets of a remediation, each with its facts from a reading. Targets that an earlier call has finished are left out.
 *
 * @param unseen how many nodes of the pool the reading may not show.
 */
export function targetsOf(
  { action, nodes = [], nodePool, node: aboutNode, outcomes, intendedAt, resolved = {}, whole }: Remediation,
  reading: PoolReading,
  unseen: number,
): Pick<
  Facts,
  | 'target'
  | 'node'
  | 'bearers'
  | 'unaddressed'
  | 'named'
  | 'about'
  | 'nodePool'
  | 'workloads'
  | 'workloadsUnknown'
  | 'nodesInUse'
>[] {
  const about =
    aboutNode === undefined ? undefined : { target: aboutNode, ...namedNode(reading.nodes, aboutNode) };
  if (nodePool !== undefined) {
    const found = reading.nodePools?.find(({ name }) => name === nodePool);
    return [
      {
        target: nodePool,
        nodePool: found,
        ...(about && { about }),
        ...workloadsOnNodePool(nodePool, found, reading, unseen),
        nodesInUse: nodesInUse(nodePool, reading, unseen),
      },
    ];
  }
  // The node pool of the node is not known yet.
  if (about) return [{ target: about.target, about, workloads: undefined }];
  const found = [...nodes, ...(whole?.nodes ?? [])].map((target) => {
    const { node, bearers, unaddressed } = findTarget(target, { outcomes, intendedAt, resolved }, reading);
    const missing = unseen - (reading.unreadable?.nodes?.length ?? 0);
    const hidden = isAddress(target) ? unaddressed + missing : 0;
    return { target, node, bearers, unaddressed: hidden, ...workloadsOnNode(node, reading, unseen) };
  });
  // A command may name one node twice, by its name and by its address. Its name counts.
  const byName = found.toSorted(
    (a, b) => Number(a.node?.name === a.target) - Number(b.node?.name === b.target),
  );
  const alike = new Map(byName.map((one) => [nameOf(one), one]));
  const distinct = found.filter((one) => alike.get(nameOf(one)) === one);
  // If a command takes several calls, targets that an earlier call has finished are not called again.
  const isOver = (outcome: NodeOutcome | undefined) =>
    isDone(outcome) ||
    (isDestructive(action) &&
      isBegun({ outcomes }) &&
      (outcome?.state === 'failed' || outcome?.state === 'skipped'));
  const named = distinct.flatMap(({ node }) => node?.name ?? []);
  return distinct
    .filter((one) => !isOver(outcomes[nameOf(one)]) && !isOver(outcomes[resolved[one.target]?.node ?? '']))
    .map((one) => ({ ...one, named }));
}

/**
 * The node that a command names. After a call was prepared it must be the node of that time: if another node has the address now,
 * the address stands for no node any more, and only shows its bearer.
 */
function findTarget(
  target: string,
  { outcomes, intendedAt, resolved = {} }: Pick<Remediation, 'outcomes' | 'intendedAt' | 'resolved'>,
  { nodes, unreadable }: PoolReading,
): NamedNode {
  const found = namedNode(nodes, target, unreadable?.nodes?.length);
  if (intendedAt === undefined || !found.node || found.node.name === target) return found;
  // If no node had the address, a node that has it later is another one. An address whose node was not shown yet waits for it.
  const isUnseen = outcomes[target]?.state === 'waiting';
  const meant = resolved[target]?.node ?? (isUnseen ? found.node.name : undefined);
  return found.node.name === meant ? found : { ...found, node: undefined, unaddressed: 0 };
}
