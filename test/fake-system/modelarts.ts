import { NodeOutcomes } from '#lib/modelarts/replies/node-outcomes';
import { applyTags } from '#local/simulator/routes/update-nodes';
import { mergePatch } from '#local/simulator/world/merge-patch';
import { countWorkloads } from '#local/simulator/world/workload-counts';
import { clientOf } from '#test/strict-modelarts/client';
import { apiError } from './api-error.ts';
import { createFakeJobs, showJob } from './jobs.ts';
import { showNodePool } from './node-pools.ts';
import { type FakeNode, type FakePool, nodesNamed, poolIn } from './pool.ts';

export type FakeWorkload = { name: string; type?: string; status: string; hostIps: string[] };

const NODE_POOL_LABEL = 'os.modelarts.node/nodepoolname';
const HA_LABEL = 'os.modelarts.node/ha.redundant.enabled';
/**
 * ModelArts on a clock that is moved by hand. Its jobs do to their nodes what the simulator's do, and end when a test says so. Each request
 * is held against the vendor's pages first.
 *
 * @param pools by their ids.
 */
export function createFakeModelArts(now: () => number, pools: Map<string, FakePool>) {
  const { jobs, startReset, startMigration, ...onJobs } = createFakeJobs(now, pools);
  const workloads: FakeWorkload[] = [];
  const requests: { endpoint: string; input: any; body?: any; at: number }[] = [];
  /** The behaviour of batch-update: the nodes that it refuses, and whether it shows its changes. */
  const update = {
    failing: new Set<string>(),
    shown: true,
    answer: undefined as unknown,
    does: (_node: string, _request: any): boolean => true,
  };
  /** The parts that the API leaves out of its answers. */
  const hides = { workloads: false, nodePoolLabels: false };
  /** Decides the outcome of a request: throws, or returns to let it be done. `instead`: another answer; undefined: its own. */
  const api = {
    before: (_endpoint: string, _body: any): void | Promise<void> => {},
    after: (_endpoint: string, _body: any): void => {},
    instead: (_endpoint: string): unknown => undefined,
  };

  const client = clientOf(async (endpoint, input) => {
    requests.push({ endpoint: endpoint.name, input, body: input.body, at: now() });
    await api.before(endpoint.name, input.body);
    const reply = api.instead(endpoint.name) ?? answer(endpoint.name, input);
    api.after(endpoint.name, input.body);
    // As every list that was read says.
    return { unreadable: [], ...(reply as object) };
  });

  function answerUpdate({ nodes }: FakePool, request: any): unknown {
    const { action, nodeNames, tags = [] } = request;
    const isDone = (name: string) =>
      nodes.has(name) && !update.failing.has(name) && update.does(name, request);
    const { done = [], failed = [] } = Object.groupBy<string, 'done' | 'failed'>(nodeNames, (name) =>
      isDone(name) ? 'done' : 'failed',
    );
    for (const node of nodesNamed({ nodes }, done)) {
      if (action.endsWith('Tags')) applyTags((node.tags ??= new Map()), action, tags);
      else if (update.shown)
        node.labels = { ...node.labels, [HA_LABEL]: String(action === 'openHaRedundant') };
    }
    return NodeOutcomes.parse(update.answer ?? { successNodeNames: done, failNodeNames: failed });
  }

  function showNode({ tags: _nobodyReadsThem, nodePool, ...node }: FakeNode) {
    const own = nodePool !== undefined && !hides.nodePoolLabels && { [NODE_POOL_LABEL]: nodePool };
    return { annotations: {}, taints: [], ...node, labels: { ...own, ...node.labels } };
  }

  function answer(endpoint: string, input: any): unknown {
    const { path = {}, body, query } = input;
    const pool = () => poolIn(pools, path.pool_name);
    const isUnknown = hides.workloads && /workload/i.test(endpoint);
    if (endpoint === 'listJobs') {
      const found = jobs.filter(({ startedAtMs }) => startedAtMs >= query.since).map(showJob);
      return { count: found.length, jobs: found };
    }
    if (/reset|reboot/i.test(endpoint)) {
      const type = /reset/i.test(endpoint) ? 'reset-nodes' : 'reboot-node';
      return startReset(type, pool(), body.nodeNames);
    }
    if (endpoint === 'batchMigrateNodes') return startMigration(pool(), body);
    if (endpoint === 'batchUpdateNodes') return answerUpdate(pool(), body);
    if (endpoint === 'listPoolNodes') return { nodes: [...pool().nodes.values()].map(showNode) };
    if (endpoint === 'listNodePools' && pool().nodePools)
      return { nodePools: [...pool().nodePools!.values()].map((one) => showNodePool(pool(), one)) };
    if (endpoint.endsWith('NodePool')) return answerNodePool(pool(), endpoint, input);
    if (endpoint === 'showPool') return { name: path.pool_name, clusters: pool().clusters, ...pool().shown };
    if (endpoint === 'showWorkloadStatistics' && !isUnknown)
      return { kinds: countWorkloads(workloads).map(({ type, status }) => ({ type, counts: status })) };
    if (endpoint === 'listWorkloads' && !isUnknown) return { count: workloads.length, workloads };
    throw apiError(endpoint, { status: 404, code: 'APIGW.0101' });
  }

  return {
    jobs,
    ...onJobs,
    workloads,
    requests,
    update,
    hides,
    api,
    client,
    /** The bodies that were sent to an endpoint. */
    bodies: (endpoint: string): any[] =>
      requests.filter((request) => request.endpoint === endpoint).map(({ body }) => body),
    resets: () => requests.filter(({ endpoint }) => /reset/i.test(endpoint)),
  };
}

/** Shows a node pool, changes it, or begins its deletion. */
function answerNodePool(pool: FakePool, endpoint: string, { path, body }: any): unknown {
  const found = pool.nodePools?.get(path.nodepool_name);
  // The page's 400, with the words that the API has for a name it does not know.
  if (!found)
    throw apiError(endpoint, {
      status: 400,
      code: 'ModelArts.50004000',
      vendorMessage: 'Bad request. invalid nodepool name',
    });
  if (endpoint === 'showNodePool') return showNodePool(pool, found);
  if (endpoint === 'patchNodePool') {
    found.resources = mergePatch(found.resources, body.spec.resources);
    return { resources: found.resources };
  }
  for (const node of pool.nodes.values())
    if (node.nodePool === found.name && node.phase === 'Available') node.phase = 'Deleting';
  return {};
}
