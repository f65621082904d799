import type { ModelArtsClient, SendOptions } from '#lib/modelarts/client/client';
import { ModelArtsError } from '#lib/modelarts/client/errors';
import { batchUpdateNodes } from '#lib/modelarts/endpoints/batch-update-nodes';
import type { NodeOutcomes } from '#lib/modelarts/replies/node-outcomes';
import type { BatchUpdateNodesRequest } from '#lib/modelarts/requests/batch-update-nodes';

/** Refusals that are meant for some of the nodes: one that is not there, one in the wrong state (page Batch Updating Nodes). */
const OF_SINGLE_NODES: readonly unknown[] = [400, 404];
const POOL_NOT_FOUND = 'ModelArts.50015001';

/** As many requests are made to find out which nodes a refusal is meant for; those that are left then have failed with it. */
const MAX_REQUESTS = 32;

/** What became of each node, and those of the failed that the API may take later: it refused them for now, or did not answer. */
export type UpdatedApart = NodeOutcomes & { readonly later: readonly string[] };

/**
 * Updates nodes, and where the API refuses the request for some of them, updates the others without these. That is harmless:
 * a refused request has done nothing, and one that names a state may be sent twice. Where the API wants the next part later,
 * no further part is asked for: what has been answered counts, and the rest is for later.
 *
 * @throws ModelArtsError when the refusal is meant for all of them, or nothing is known of the request.
 */
export async function updateBisecting(
  client: ModelArtsClient,
  pool: string,
  body: BatchUpdateNodesRequest,
  options: SendOptions,
): Promise<UpdatedApart> {
  let requests = 0;
  let stopped: ModelArtsError | undefined;

  async function update(nodeNames: readonly string[]): Promise<UpdatedApart> {
    if (stopped) return allLater(nodeNames, stopped);
    requests += 1;
    try {
      const part = { ...body, nodeNames: [...nodeNames] };
      const answer = await client.send(batchUpdateNodes, { path: { pool_name: pool }, body: part }, options);
      // What an answer says of nodes that nobody asked for is not believed.
      return {
        succeeded: answer.succeeded.filter((name) => nodeNames.includes(name)),
        failed: answer.failed.filter(({ name }) => nodeNames.includes(name)),
        later: [],
      };
    } catch (error) {
      if (requests > 1 && error instanceof ModelArtsError && error.transient) {
        stopped = error;
        return allLater(nodeNames, error);
      }
      if (!isOfSingleNodes(error) || body.nodeNames.length === 1) throw error;
      if (nodeNames.length === 1 || requests >= MAX_REQUESTS) return allFailed(nodeNames, error);
      const named = nodeNames.filter((name) => error.message.includes(name));
      const [one, other] =
        named.length > 0 && named.length < nodeNames.length
          ? [nodeNames.filter((name) => !named.includes(name)), named]
          : halves(nodeNames);
      const first = await update(one);
      const second = await update(other);
      return {
        succeeded: [...first.succeeded, ...second.succeeded],
        failed: [...first.failed, ...second.failed],
        later: [...first.later, ...second.later],
      };
    }
  }

  return update(body.nodeNames);
}

function isOfSingleNodes(error: unknown): error is ModelArtsError {
  return (
    error instanceof ModelArtsError &&
    error.outcome === 'refused' &&
    !error.transient &&
    OF_SINGLE_NODES.includes(error.status) &&
    !(error.code === POOL_NOT_FOUND && /pool/i.test(error.vendorMessage ?? ''))
  );
}

function allFailed(nodeNames: readonly string[], error: ModelArtsError): UpdatedApart {
  const { status, code, vendorMessage } = error;
  const words = [status, code, vendorMessage].filter((word) => word !== undefined).join(' ');
  return { succeeded: [], failed: nodeNames.map((name) => ({ name, status: words })), later: [] };
}

function allLater(nodeNames: readonly string[], error: ModelArtsError): UpdatedApart {
  return { ...allFailed(nodeNames, error), later: nodeNames };
}

function halves(names: readonly string[]): [readonly string[], readonly string[]] {
  const half = Math.ceil(names.length / 2);
  return [names.slice(0, half), names.slice(half)];
}
