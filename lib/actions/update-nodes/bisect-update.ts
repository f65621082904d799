import type { ModelArtsClient, SendOptions } from '#lib/modelarts/client/client';
import { ModelArtsError } from '#lib/modelarts/client/errors';
import { batchUpdateNodes } from '#lib/modelarts/endpoints/batch-update-nodes';
import type { NodeOutcomes } from '#lib/modelarts/replies/node-outcomes';
import type { BatchUpdateNodesRequest } from '#lib/modelarts/requests/batch-update-nodes';

/** The statuses of refusals because of single nodes: a missing node, or one in the wrong state (page Batch Updating Nodes). */
const OF_SINGLE_NODES: readonly unknown[] = [400, 404];
const POOL_NOT_FOUND = 'ModelArts.50015001';

/** Limit of the requests that search the nodes behind a refusal. The nodes that remain then have failed. */
const MAX_REQUESTS = 32;

/** The outcome of each node. `later`: the failed nodes for which a later call may succeed. */
export type BisectedOutcomes = NodeOutcomes & { readonly later: readonly string[] };

/**
 * Updates nodes. If the API refuses the request because of some of them, it updates the others separately. This is harmless: a refused
 * request has done nothing, and a request that names a state may be sent twice. After a failure that concerns more than single
 * nodes, no further part is sent: the answered nodes count. The rest is for later if the failure is transient; otherwise it has failed.
 *
 * @throws ModelArtsError if the refusal concerns all nodes and no part was answered before, or if the first request has an unknown effect
 */
export async function updateBisecting(
  client: ModelArtsClient,
  pool: string,
  body: BatchUpdateNodesRequest,
  options: SendOptions,
): Promise<BisectedOutcomes> {
  let requests = 0;
  let isAnyAnswered = false;
  let stopped: ModelArtsError | undefined;

  async function update(nodeNames: readonly string[]): Promise<BisectedOutcomes> {
    if (stopped) return withoutAnswer(nodeNames, stopped);
    requests += 1;
    try {
      const part = { ...body, nodeNames: [...nodeNames] };
      const answer = await client.send(batchUpdateNodes, { path: { pool_name: pool }, body: part }, options);
      isAnyAnswered = true;
      // An answer about other nodes than requested does not count.
      return {
        succeeded: answer.succeeded.filter((name) => nodeNames.includes(name)),
        failed: answer.failed.filter(({ name }) => nodeNames.includes(name)),
        later: [],
      };
    } catch (error) {
      if (!isOfSingleNodes(error)) {
        if (!(error instanceof ModelArtsError) || requests === 1) throw error;
        if (!error.transient && !isAnyAnswered) throw error;
        stopped = error;
        return withoutAnswer(nodeNames, error);
      }
      if (body.nodeNames.length === 1) throw error;
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

function allFailed(nodeNames: readonly string[], error: ModelArtsError): BisectedOutcomes {
  const { status, code, vendorMessage } = error;
  const words = [status, code, vendorMessage].filter((word) => word !== undefined).join(' ');
  return { succeeded: [], failed: nodeNames.map((name) => ({ name, status: words })), later: [] };
}

/** The outcomes of nodes that no request reaches any more after such a failure. */
function withoutAnswer(nodeNames: readonly string[], error: ModelArtsError): BisectedOutcomes {
  return { ...allFailed(nodeNames, error), later: error.transient ? nodeNames : [] };
}

function halves(names: readonly string[]): [readonly string[], readonly string[]] {
  const half = Math.ceil(names.length / 2);
  return [names.slice(0, half), names.slice(half)];
}
