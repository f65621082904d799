import type { Sent } from '#lib/actions/action';
import { absenceOfNodePool } from '#lib/actions/node-pools/node-pool';
import type { Facts } from '#lib/guards/guard';
import type { ModelArtsClient, SendOptions } from '#lib/modelarts/client/client';
import { ModelArtsError } from '#lib/modelarts/client/errors';
import { deleteNodePool } from '#lib/modelarts/endpoints/delete-node-pool';
import { showNodePool } from '#lib/modelarts/endpoints/show-node-pool';
import { nodesOfNodePool } from '#lib/modelarts/reading/pool-reading';
import { isUnknownNodePool } from '#lib/modelarts/reading/unknown-node-pool';
import { counted } from '#lib/sentences/english';

/** The nodes that a deletion removes, as far as their labels show them, and their workloads. The order is always the same. */
export function deletionChanges({ target, nodePool, workloads, reading }: Facts): Record<string, unknown> {
  return {
    deletes: target,
    flavor: nodePool?.resources.flavor,
    nodes: nodesOfNodePool(reading.nodes, target)
      .map(({ name }) => name)
      .toSorted(),
    ...(workloads && { workloads: workloads.toSorted() }),
  };
}

/**
 * How many more nodes a deletion removes than its plan names: a list may omit a node, and a node need not show its node pool. The
 * node pool counts all of them.
 */
export function unnamedNodes({ target, nodePool, reading }: Facts): string[] {
  const { available = 0, abnormal = 0 } = nodePool?.nodeCounts ?? {};
  const more = available + abnormal - nodesOfNodePool(reading.nodes, target).length;
  if (more <= 0) return [];
  return [`${counted(more, 'more node')} of the node pool, which the list of nodes does not show as its own`];
}

/**
 * The reason why there is nothing to delete. One list without the node pool is no proof, and a name that never existed is probably
 * a mistake.
 */
export function isDeleted(facts: Facts): string | undefined {
  // The command names a node, and its node pool is not known.
  if (facts.remediation.nodePool === undefined) return undefined;
  const { gone, known } = absenceOfNodePool(facts);
  return gone && known ? `node pool ${facts.target} is gone already` : undefined;
}

/**
 * Deletes a node pool. If the API answers that it knows no such node pool, this counts as accepted, because in the end only the
 * reading decides.
 *
 * @throws ModelArtsError the client's errors, for any other answer and for a lost one
 */
export async function sendDeletion(
  client: ModelArtsClient,
  { pool, target }: { pool: string; target: string },
  options: SendOptions,
): Promise<Sent> {
  const path = { pool_name: pool, nodepool_name: target };
  try {
    await client.send(deleteNodePool, { path }, options);
    return { kind: 'watched' };
  } catch (error) {
    const isGone =
      isUnknownNodePool(error) || (isBadRequest(error) && (await isDenied(client, path, options)));
    if (!isGone) throw error;
    return { kind: 'watched', note: 'the API answered that there is no such node pool' };
  }
}

/** The only refusal on the page. It gives no reason. */
function isBadRequest(error: unknown): boolean {
  return error instanceof ModelArtsError && error.outcome === 'refused' && error.status === 400;
}

async function isDenied(
  client: ModelArtsClient,
  path: { pool_name: string; nodepool_name: string },
  options: SendOptions,
): Promise<boolean> {
  try {
    await client.send(showNodePool, { path }, options);
    return false;
  } catch (error) {
    return isUnknownNodePool(error);
  }
}
