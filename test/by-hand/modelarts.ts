import { ModelArtsError, type ModelArtsFailure } from '#lib/modelarts/client/errors';
import { NodeOutcomes } from '#lib/modelarts/replies/node-outcomes';
import type { NodeField } from '#lib/modelarts/replies/pool-node';
import { WORKLOAD_STATUSES } from '#lib/modelarts/replies/workload';
import { applyTags } from '#local/simulator/routes/update-nodes';
import { createAgenda } from '#local/simulator/world/agenda';
import type { JobProgress } from '#local/simulator/world/job';
import { endJob, hurryJob, type RollingWork, rollThrough } from '#local/simulator/world/job-steps';
import { mergePatch } from '#local/simulator/world/merge-patch';
import { NODE_STATES } from '#local/simulator/world/node-state';
import { clientOf } from '#test/strict-modelarts/client';

/** A node as the API shows it, but for its tags and its node pool, which only a label names. */
export type HandNode = {
  name: string;
  phase: string;
  privateIp: string;
  createdAt?: string;
  driverPhase?: string | undefined;
  driverVersion?: string;
  labels?: Record<string, string>;
  flavor?: string | undefined;
  subnet?: string;
  /** The fields that the API shows, and nobody can read. */
  unreadable?: NodeField[] | undefined;
  nodePool?: string;
  tags?: Map<string, string>;
};

export type HandNodePool = { name: string; resources: Record<string, any> };

/** A pool. `shown`: what the API says of the pool itself. */
export type HandPool = {
  nodes: Map<string, HandNode>;
  clusters: string[];
  nodePools?: Map<string, HandNodePool>;
  shown?: Record<string, unknown>;
};

/** A job of the API. Tests may change what the list shows of it. */
export type HandJob = JobProgress<HandNode> & {
  jobId: string;
  type?: string;
  suspended: boolean;
  text: string;
  /** The phases of nodes after its end, in place of those that a good end brings. */
  after: Readonly<Record<string, string>>;
  /** In place of what the end of its work does to each node. */
  finish?: (node: HandNode) => unknown;
};

export type HandWorkload = { name: string; type?: string; status: string; hostIps: string[] };

const HA_LABEL = 'os.modelarts.node/ha.redundant.enabled';
const NODE_POOL_LABEL = 'os.modelarts.node/nodepoolname';

const PHASES = { available: 'Available', abnormal: 'Abnormal', creating: 'Creating', deleting: 'Deleting' };
export type Counts = Record<keyof typeof PHASES, number>;

/**
 * ModelArts on a clock that is moved by hand. Its jobs do to their nodes what the simulator's do, and end when a test says so. Each request
 * is held against the vendor's pages first.
 *
 * @param pools by id, `default` first: it is the one whose nodes its jobs take.
 */
export function createHandModelArts(now: () => number, pools: Map<string, HandPool>) {
  const jobs: HandJob[] = [];
  const workloads: HandWorkload[] = [];
  const requests: { endpoint: string; input: any; body?: any; at: number }[] = [];
  /** Never runs by itself: a job goes on when a test says so. */
  const agenda = createAgenda();
  /** What batch-update does: nodes that it refuses, and whether it shows what it has done. */
  const update = {
    failing: new Set<string>(),
    shown: true,
    answer: undefined as unknown,
    does: (_node: string, _request: any): boolean => true,
  };
  /** What the API leaves out of its answers. */
  const hides = { workloads: false, nodePoolLabels: false };
  /** Decides what becomes of a request: throws, or returns to let it be done. `instead`: another answer; undefined: its own. */
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

  function poolOf(id: string): HandPool {
    const pool = pools.get(id);
    if (pool) return pool;
    throw apiError('listPoolNodes', {
      status: 404,
      code: 'ModelArts.50015001',
      vendorMessage: 'pool not found',
    });
  }

  function addJob(fields: Partial<HandJob> & Pick<HandJob, 'text'>): HandJob {
    const job: HandJob = {
      jobId: `job-${jobs.length + 1}`,
      phase: 'Running',
      message: '',
      suspended: false,
      startedAtMs: now(),
      works: [],
      steps: new Set(),
      after: {},
      ...fields,
    };
    jobs.push(job);
    return job;
  }

  type Effects = Pick<RollingWork<HandNode>, 'begin' | 'finish'> & Partial<RollingWork<HandNode>>;

  function start(type: string | undefined, nodes: readonly HandNode[], effects: Effects): { jobId: string } {
    const job = addJob({
      ...(type !== undefined && { type }),
      text: JSON.stringify(nodes.map(({ name }) => name)),
      works: nodes.map((node) => ({ node, durationMs: Number.POSITIVE_INFINITY })),
    });
    const work: RollingWork<HandNode> = {
      maxAtOnce: nodes.length,
      course: { kind: 'succeed' },
      nearEnd: () => {},
      abandon: ({ name }) => setPhase(name, NODE_STATES.broken.phase),
      ...effects,
      finish(node) {
        (job.finish ?? effects.finish)(node);
        const phase = job.after[node.name];
        if (phase !== undefined) setPhase(node.name, phase);
      },
    };
    rollThrough(agenda, job, work, now());
    return { jobId: job.jobId };
  }

  function setPhase(name: string, phase: string): void {
    for (const { nodes } of pools.values()) {
      const node = nodes.get(name);
      if (node) node.phase = phase;
    }
  }

  function nodesNamed({ nodes }: HandPool, names: readonly string[]): HandNode[] {
    return names.map((name) => nodes.get(name)!);
  }

  function startMigration(from: HandPool, { migrateNodeNames, toPoolName }: any) {
    return start(undefined, nodesNamed(from, migrateNodeNames), {
      begin: (node) => Object.assign(node, { phase: 'Deleting' }),
      finish(node) {
        from.nodes.delete(node.name);
        const to = toPoolName === undefined ? from : poolOf(toPoolName);
        to.nodes.set(node.name, { ...node, phase: NODE_STATES.well.phase });
      },
    });
  }

  function answerUpdate({ nodes }: HandPool, request: any): unknown {
    const { action, nodeNames, tags = [] } = request;
    const isDone = (name: string) =>
      nodes.has(name) && !update.failing.has(name) && update.does(name, request);
    const { done = [], failed = [] } = Object.groupBy<string, 'done' | 'failed'>(nodeNames, (name) =>
      isDone(name) ? 'done' : 'failed',
    );
    for (const node of nodesNamed({ nodes, clusters: [] }, done)) {
      if (action.endsWith('Tags')) applyTags((node.tags ??= new Map()), action, tags);
      else if (update.shown)
        node.labels = { ...node.labels, [HA_LABEL]: String(action === 'openHaRedundant') };
    }
    return NodeOutcomes.parse(update.answer ?? { successNodeNames: done, failNodeNames: failed });
  }

  /** The counts of the page's three kinds. A workload without a kind is in none. */
  function workloadCounts() {
    return ['train', 'infer', 'notebook'].map((type) => ({
      type,
      counts: Object.fromEntries(
        WORKLOAD_STATUSES.map((status) => [
          status,
          workloads.filter((one) => one.type === type && one.status === status).length,
        ]),
      ),
    }));
  }

  function showNode({ tags: _nobodyReadsThem, nodePool, ...node }: HandNode) {
    const own = nodePool !== undefined && !hides.nodePoolLabels && { [NODE_POOL_LABEL]: nodePool };
    return { annotations: {}, taints: [], ...node, labels: { ...own, ...node.labels } };
  }

  function answerNodePool(pool: HandPool, endpoint: string, { path, body }: any): unknown {
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

  function answer(endpoint: string, input: any): unknown {
    const { path = {}, body, query } = input;
    const pool = () => poolOf(path.pool_name);
    const isUnknown = hides.workloads && /workload/i.test(endpoint);
    if (endpoint === 'listJobs') {
      const found = jobs.filter(({ startedAtMs }) => startedAtMs >= query.since).map(showJob);
      return { count: found.length, jobs: found };
    }
    if (/reset|reboot/i.test(endpoint))
      return start(
        /reset/i.test(endpoint) ? 'reset-nodes' : 'reboot-node',
        nodesNamed(pool(), body.nodeNames),
        {
          begin: (node) => setState(node, NODE_STATES.settingUp),
          nearEnd: (node) => setState(node, NODE_STATES.checking),
          finish: (node) => setState(node, NODE_STATES.well),
        },
      );
    if (endpoint === 'batchMigrateNodes') return startMigration(pool(), body);
    if (endpoint === 'batchUpdateNodes') return answerUpdate(pool(), body);
    if (endpoint === 'listPoolNodes') return { nodes: [...pool().nodes.values()].map(showNode) };
    if (endpoint === 'listNodePools' && pool().nodePools)
      return { nodePools: [...pool().nodePools!.values()].map((one) => showNodePool(pool(), one)) };
    if (/NodePool$/.test(endpoint)) return answerNodePool(pool(), endpoint, input);
    if (endpoint === 'showPool') return { name: path.pool_name, clusters: pool().clusters, ...pool().shown };
    if (endpoint === 'showWorkloadStatistics' && !isUnknown) return { kinds: workloadCounts() };
    if (endpoint === 'listWorkloads' && !isUnknown) return { count: workloads.length, workloads };
    throw apiError(endpoint, { status: 404, code: 'APIGW.0101' });
  }

  return {
    jobs,
    addJob,
    workloads,
    requests,
    update,
    hides,
    api,
    client,
    /** What was sent to an endpoint. */
    bodies: (endpoint: string): any[] =>
      requests.filter((request) => request.endpoint === endpoint).map(({ body }) => body),
    resets: () => requests.filter(({ endpoint }) => /reset/i.test(endpoint)),
    /** Ends a job: it does the rest of its work, or fails. `after`: the phases of nodes after that, where they are others. */
    endJob(jobId: string, phase = 'Success', after: Readonly<Record<string, string>> = {}): void {
      const job = jobs.find((candidate) => candidate.jobId === jobId)!;
      job.after = after;
      if (phase === 'Success') hurryJob(job, now());
      else for (const { name } of endJob(job, now(), phase, '')) setPhase(name, after[name] ?? 'Abnormal');
      job.phase = phase;
    },
  };
}

/** A state as the API shows it: a node that shows no driver goes on to show none. */
function setState(node: HandNode, { phase, driverPhase }: { phase: string; driverPhase: string }): void {
  node.phase = phase;
  if (node.driverPhase !== undefined) node.driverPhase = driverPhase;
}

function showJob({ jobId, phase, suspended, startedAtMs, type, message, text }: HandJob) {
  return { jobId, phase, suspended, startedAtMs, ...(type && { type }), ...(message && { message }), text };
}

/** A node pool as the reply of the API has it. */
export function showNodePool({ nodes }: HandPool, { name, resources }: HandNodePool) {
  const own = [...nodes.values()].filter(({ nodePool }) => nodePool === name);
  const count = (phase: string) => own.filter((node) => node.phase === phase).length;
  return {
    name,
    resources,
    nodeCounts: Object.fromEntries(Object.entries(PHASES).map(([state, phase]) => [state, count(phase)])),
  };
}

/** Gives a node pool as many nodes in each phase. Phases that are not named keep their nodes; nodes change, come or go for the others. */
export function countNodes({ nodes }: HandPool, nodePool: string, changed: Partial<Counts>): void {
  const own = [...nodes.values()].filter((node) => node.nodePool === nodePool);
  const missing: string[] = [];
  const surplus: HandNode[] = [];
  for (const [state, phase] of Object.entries(PHASES)) {
    const present = own.filter((node) => node.phase === phase);
    const wanted = changed[state as keyof Counts] ?? present.length;
    surplus.push(...present.slice(wanted));
    missing.push(...Array<string>(Math.max(0, wanted - present.length)).fill(phase));
  }
  for (const phase of missing) {
    const changing = surplus.shift();
    if (changing) changing.phase = phase;
    else addNode(nodes, nodePool, phase);
  }
  for (const { name } of surplus) nodes.delete(name);
}

function addNode(nodes: Map<string, HandNode>, nodePool: string, phase: string): void {
  let index = 0;
  while (nodes.has(`os-node-${nodePool}-${index}`)) index += 1;
  const name = `os-node-${nodePool}-${index}`;
  const createdAt = '2026-11-01T00:00:00Z';
  nodes.set(name, { name, phase, privateIp: addressIn(nodePool, index), createdAt, nodePool });
}

/** The address of a node, by its node pool and its place there. */
export function addressIn(nodePool: string, index: number): string {
  return `10.0.${nodePool.at(-1)}.${index}`;
}

/** A refusal for good, unless told otherwise. */
export function apiError(
  name: string,
  failure: Partial<Omit<ModelArtsFailure, 'endpoint' | 'path'>>,
): ModelArtsError {
  const method = /^(list|show)/.test(name) ? 'GET' : 'POST';
  const endpoint = { name, method, idempotent: false } as const;
  return new ModelArtsError({ endpoint, path: '/', outcome: 'refused', transient: false, ...failure });
}
