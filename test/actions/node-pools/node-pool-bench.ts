import { deleteNodePool } from '#lib/actions/delete-node-pool/definition';
import { resetNodes } from '#lib/actions/reset-nodes/definition';
import { updateNodePool } from '#lib/actions/update-node-pool/definition';
import type { ReceivedAlert } from '#lib/alerts/sources/source';
import type { QueueMessage } from '#lib/aws/queue';
import type { Clock } from '#lib/clock';
import { acceptCommand } from '#lib/console/accept-command';
import { approve, reject } from '#lib/console/approval';
import type { Invocation } from '#lib/handler/invocation';
import type { QueueRecord } from '#lib/handler/queue-record';
import { createMemoryStore } from '#lib/ledger/memory-store';
import { createLogger } from '#lib/log';
import { ModelArtsError, type ModelArtsFailure } from '#lib/modelarts/client/errors';
import { receive } from '#lib/receiving/receive';
import { handleCommands } from '#lib/remediation/execution/act';
import { pollCalls } from '#lib/remediation/tracking/poll';
import { clientOf } from '#test/strict-modelarts/client';
import { type Joined, remediationsIn } from '../../ledger/joined.ts';
import { rulesOf } from '../../remediation/rules-of.ts';

export const POOL = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';
export const FLAVOR = 'modelarts.bm.npu.arm.8snt9b.d';
const RULES = `
pools: { train-a: { id: ${POOL}, budget: { maxUnavailable: 100%, perDay: 100% } } }
polling: { first: 90s, every: 30s }
`;

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export type FakeNodePool = {
  name: string;
  resources: Record<string, any>;
  counts: { available: number; creating: number; deleting: number; abnormal: number };
};

/** The functions that change node pools, poll-jobs and the console, on a clock that is moved by hand. */
export function createNodePoolBench(rulesText = RULES) {
  let now = Date.parse('2026-11-20T10:00:00Z');
  const clock: Clock = { now: () => now, sleep: () => Promise.resolve() };
  const store = createMemoryStore();
  const log = createLogger({}, { write: () => {}, now: clock.now });

  const pool = {
    type: 'Dedicate' as string | undefined,
    controlMode: 0,
    clusters: [] as string[],
    annotations: { 'os.modelarts/billing.mode': '0' } as Record<string, string>,
  };
  const nodePools = new Map<string, FakeNodePool>();
  /** Whether nodes carry the label that says whose they are. */
  let labelled = true;
  /** The order in which nodes are listed means nothing. */
  let reversed = false;
  /** Nodes that are Abnormal whatever is counted. */
  const broken = new Set<string>();
  let workloads: { name: string; status: string; hostIps: string[] }[] | undefined = [];
  function addNodePool(name: string, count: number, resources: Record<string, unknown> = {}): FakeNodePool {
    const nodePool: FakeNodePool = {
      name,
      resources: { nodePool: name, flavor: FLAVOR, count, maxCount: count, ...resources },
      counts: { available: count, creating: 0, deleting: 0, abnormal: 0 },
    };
    nodePools.set(name, nodePool);
    return nodePool;
  }
  addNodePool('np-0', 6);
  addNodePool('np-1', 2);

  function nodes() {
    return [...nodePools.values()].flatMap(({ name, counts: { available, abnormal } }) =>
      Array.from({ length: available + abnormal }, (_, index) => ({
        name: `os-node-${name}-${index}`,
        phase: index < available && !broken.has(`os-node-${name}-${index}`) ? 'Available' : 'Abnormal',
        privateIp: addressOf(name, index),
        labels: labelled ? { 'os.modelarts.node/nodepoolname': name } : {},
        annotations: {},
        taints: [],
        createdAt: '2026-11-01T00:00:00Z',
      })),
    );
  }

  const requests: { endpoint: string; input: any; at: number }[] = [];
  /** Decides what becomes of a request: throws before or after it is done, or lets it be. */
  const api = {
    before: (_endpoint: string, _input: any): void => {},
    after: (_endpoint: string, _input: any): void => {},
    /** What it answers in place of its own answer. Undefined: nothing else. */
    instead: (_endpoint: string, _input: any): unknown => undefined,
  };

  function answer(endpoint: string, { path, body }: any): unknown {
    const found = nodePools.get(path?.nodepool_name ?? '');
    switch (endpoint) {
      case 'listPoolNodes':
        return { nodes: reversed ? nodes().toReversed() : nodes() };
      case 'listWorkloads':
        if (workloads) return { count: workloads.length, workloads };
        throw apiError(endpoint, { status: 404, code: 'APIGW.0101' });
      case 'showPool':
        return { name: POOL, phase: 'Running', labels: {}, ...pool };
      case 'listNodePools':
        return { nodePools: [...nodePools.values()].map(shown) };
      case 'showNodePool':
        if (found) return shown(found);
        throw unknownNodePool(endpoint);
      case 'patchNodePool':
        if (!found) throw unknownNodePool(endpoint);
        found.resources = merge(found.resources, body.spec.resources);
        return { resources: found.resources };
      case 'deleteNodePool':
        if (!found) throw unknownNodePool(endpoint);
        found.counts = { ...found.counts, available: 0, deleting: found.counts.available };
        return {};
      case 'batchResetNodes':
        return { jobId: 'job-1' };
      case 'listJobs':
        return { count: 0, jobs: [] };
      default:
        throw apiError(endpoint, { status: 404, code: 'APIGW.0101' });
    }
  }

  const client = clientOf((endpoint, input) => {
    requests.push({ endpoint: endpoint.name, input: structuredClone(input), at: now });
    api.before(endpoint.name, input);
    const reply = api.instead(endpoint.name, input) ?? structuredClone(answer(endpoint.name, input));
    api.after(endpoint.name, input);
    // As every list that was read says.
    return { unreadable: [], ...(reply as object) };
  });

  type Waiting = QueueMessage & { dueMs: number; messageId: string };
  let messageCount = 0;
  const queues = {
    'update-node-pool': [] as Waiting[],
    'delete-node-pool': [] as Waiting[],
    'reset-nodes': [] as Waiting[],
    follow: [] as Waiting[],
    deadLetters: [] as Waiting[],
  };
  const queue = (name: keyof typeof queues) => ({
    send(messages: readonly QueueMessage[]) {
      for (const message of messages) {
        messageCount += 1;
        const dueMs = now + (message.delaySeconds ?? 0) * 1000;
        queues[name].push({ ...message, dueMs, messageId: `m${messageCount}` });
      }
      return Promise.resolve();
    },
  });
  const shared = {
    store,
    rules: rulesOf(rulesText),
    clock,
    modelarts: () => client,
    newId: () => `id-${(messageCount += 1)}`,
    commands: {
      'update-node-pool': queue('update-node-pool'),
      'delete-node-pool': queue('delete-node-pool'),
      'reset-nodes': queue('reset-nodes'),
    },
    follow: queue('follow'),
    notices: { send: () => Promise.resolve() },
    deadLetters: queue('deadLetters'),
    maxReceives: 5,
  };
  const invocation = (): Invocation => ({
    log,
    beganAtMs: now,
    deadlineMs: now + 58_000,
    signal: new AbortController().signal,
  });
  const handlers = {
    'update-node-pool': handleCommands(updateNodePool),
    'delete-node-pool': handleCommands(deleteNodePool),
    'reset-nodes': handleCommands(resetNodes),
  };
  const consoleServices = shared;

  /** Takes what is due off a queue and hands it to its function, `copies` times at once. */
  async function drain(name: Exclude<keyof typeof queues, 'deadLetters'>, copies = 1): Promise<void> {
    const due = queues[name].filter(({ dueMs }) => dueMs <= now);
    queues[name] = queues[name].filter((message) => !due.includes(message));
    if (due.length === 0) return;
    const records = due.map(
      ({ messageId, body }): QueueRecord => ({ messageId, body, sentAtMs: now, receiveCount: 1 }),
    );
    const again = await Promise.all(
      Array.from({ length: copies }, () =>
        name === 'follow'
          ? pollCalls(records, shared, invocation())
          : handlers[name](records, shared, invocation()),
      ),
    );
    const ids = new Set(again.flat());
    for (const message of due)
      if (ids.has(message.messageId)) queues[name].push({ ...message, dueMs: now + 6 * MINUTE });
  }

  async function settleQueues(copies = 1): Promise<void> {
    for (const name of ['update-node-pool', 'delete-node-pool', 'reset-nodes', 'follow'] as const)
      await drain(name, copies);
  }

  return {
    store,
    pool,
    nodePools,
    addNodePool,
    requests,
    api,
    queues,
    drain,
    settleQueues,
    consoleServices,
    now: () => now,
    sent: (endpoint: 'patchNodePool' | 'deleteNodePool' | 'batchResetNodes') =>
      requests.filter((request) => request.endpoint === endpoint).map(({ input }) => input),
    /** Puts a workload on a node of a node pool. */
    run: (name: string, nodePool: string, status = 'Running') =>
      workloads?.push({ name, status, hostIps: [addressOf(nodePool, 0)] }),
    withoutWorkloads: () => void (workloads = undefined),
    withoutLabels: () => void (labelled = false),
    breakNode: (name: string) => void broken.add(name),
    reverseNodes: () => void (reversed = true),
    /** Moves the clock on in steps, working off what falls due. */
    async advance(ms: number, step = 5_000): Promise<void> {
      const end = now + ms;
      while (now < end) {
        now = Math.min(now + step, end);
        await settleQueues();
      }
    },
    receive: (...alerts: ReceivedAlert[]) =>
      receive(
        { source: 'alertmanager', bytes: 0, truncated: 0, alerts, unreadable: [] },
        shared,
        invocation(),
      ),
    remediations: (): Joined[] => remediationsIn(store.documents()),
    accept: (command: any) =>
      acceptCommand({ pool: 'train-a', mode: 'act', ...command }, consoleServices, 'ada'),
    approve: (id: string, hash: string, by = 'ada') => approve(id, { hash, by }, consoleServices),
    reject: (id: string, hash: string, by = 'ada') => reject(id, { hash, by }, consoleServices),
    remediation(id = 'c-1'): Joined {
      const found = remediationsIn(store.documents()).find((one) => one.id === id);
      if (!found) throw new Error(`The ledger has no ${id}`);
      return found;
    },
  };
}

/** Of a node, by its node pool and its place there. */
function addressOf(nodePool: string, index: number): string {
  return `10.0.${nodePool.at(-1)}.${index}`;
}

function shown({ name, resources, counts }: FakeNodePool) {
  return { name, resources, nodeCounts: counts };
}

/** RFC 7396. */
function merge(target: any, patch: any): any {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const merged = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value);
  }
  return merged;
}

/** The page's 400, with the words that the API has for a name it does not know. */
function unknownNodePool(endpoint: string): ModelArtsError {
  return apiError(endpoint, {
    status: 400,
    code: 'ModelArts.50004000',
    vendorMessage: 'Bad request. invalid nodepool name',
  });
}

/** A refusal for good, unless told otherwise. */
export function apiError(
  name: string,
  failure: Partial<Omit<ModelArtsFailure, 'endpoint' | 'path'>>,
): ModelArtsError {
  return new ModelArtsError({
    endpoint: { name, method: 'POST', idempotent: false },
    path: '/',
    outcome: 'refused',
    transient: false,
    ...failure,
  });
}
