import { type Answer, gatewayError, modelArtsError } from './answer.ts';
import type { Operation, StrictNode, StrictPool } from './pool.ts';
import type { RecordedRequest } from './record.ts';
import { batchResetFaults, listJobsFaults, listNodesFaults, nodeNamesOf, noParameters } from './tables.ts';

type Found = { pool: StrictPool; name: string };

/** One documented operation: where it is, what its page says of the request, and what it does. */
export type OperationPage = {
  operation: Operation;
  method: 'GET' | 'POST';
  /** Below `/v2/{project_id}`, with the pool's id and one further name. */
  path: RegExp;
  faults: (request: RecordedRequest) => string[];
  answer: (found: Found, request: RecordedRequest, now: number) => Answer;
};

const poolPath = String.raw`/pools/(?<pool>[^/]+)`;

export const operationPages: readonly OperationPage[] = [
  {
    operation: 'batch-reset',
    method: 'POST',
    path: new RegExp(`^${poolPath}/nodes/batch-reset$`),
    faults: ({ query, body }) => [...noParameters(query), ...batchResetFaults(body)],
    answer: ({ pool }, { body }, now) => {
      const nodeNames = nodeNamesOf(body);
      if (nodeNames.some((name) => !pool.nodes.has(name))) return nodeNotFound;
      const refusal = pool.refusal(nodeNames);
      if (refusal) return refusal;
      if (nodeNames.some((name) => pool.isBusy(name, now))) {
        return modelArtsError(400, '50004000', 'Bad request. A task is running on the node.');
      }
      return { status: 200, body: { job_id: pool.start(nodeNames, now).id } };
    },
  },
  {
    operation: 'list-jobs',
    method: 'GET',
    path: /^\/jobs$/,
    faults: ({ query }) => listJobsFaults(query),
    answer: ({ pool }, { query }, now) => {
      const since = Number(query.get('since') ?? now - 30 * 86_400_000);
      const until = Number(query.get('until') ?? now);
      const offset = Number(query.get('offset') ?? 0);
      const jobs = pool.jobs.filter(
        (job) => job.isShown(now) && job.acceptedAt >= since && job.acceptedAt <= until,
      );
      const page = jobs.slice(offset, offset + Number(query.get('limit') ?? 100));
      return { status: 200, body: { count: jobs.length, items: page.map((job) => job.show(now)) } };
    },
  },
  {
    operation: 'show-job',
    method: 'GET',
    path: /^\/jobs\/(?<name>[^/]+)$/,
    faults: ({ query }) => noParameters(query),
    answer: ({ pool, name }, _, now) => {
      const job = pool.jobs.find(({ id }) => id === name);
      return job?.isShown(now)
        ? { status: 200, body: job.show(now) }
        : modelArtsError(404, '50015001', 'job not found');
    },
  },
  {
    operation: 'list-nodes',
    method: 'GET',
    path: new RegExp(`^${poolPath}/nodes$`),
    faults: ({ query }) => listNodesFaults(query),
    answer: ({ pool }, { query }) => {
      const nodes = [...pool.nodes.values()];
      const start = Number(query.get('continue') || 0);
      const end = start + (Number(query.get('limit')) || 500);
      const left = Math.max(0, nodes.length - end);
      return {
        status: 200,
        body: {
          apiVersion: 'v2',
          kind: 'NodeList',
          metadata: left > 0 ? { continue: String(end), remainingItemCount: left } : {},
          items: nodes.slice(start, end).map(showNode),
        },
      };
    },
  },
  {
    operation: 'show-node',
    method: 'GET',
    path: new RegExp(`^${poolPath}/nodes/(?<name>[^/]+)$`),
    faults: ({ query }) => noParameters(query),
    answer: ({ pool, name }) => {
      const node = pool.nodes.get(name);
      return node ? { status: 200, body: showNode(node) } : nodeNotFound;
    },
  },
  {
    operation: 'list-node-pools',
    method: 'GET',
    path: new RegExp(`^${poolPath}/nodepools$`),
    faults: ({ query }) => noParameters(query),
    answer: ({ pool }) => ({
      status: 200,
      body: { apiVersion: 'v2', kind: 'NodePoolList', items: [showNodePool(pool)] },
    }),
  },
  {
    operation: 'show-node-pool',
    method: 'GET',
    path: new RegExp(`^${poolPath}/nodepools/(?<name>[^/]+)$`),
    faults: ({ query }) => noParameters(query),
    answer: ({ pool, name }) =>
      name === nodePoolName
        ? { status: 200, body: showNodePool(pool) }
        : modelArtsError(400, '50004000', 'Bad request. invalid nodepool name'),
  },
  {
    operation: 'show-pool',
    method: 'GET',
    path: new RegExp(`^${poolPath}$`),
    faults: ({ query }) => noParameters(query),
    answer: ({ pool }) => ({
      status: 200,
      body: {
        apiVersion: 'v2',
        kind: 'Pool',
        metadata: { name: pool.id, labels: { 'os.modelarts/name': `named-${pool.id.slice(0, 9)}` } },
        spec: { type: 'Dedicate', scope: ['Train'], resources: [resources(pool)], controlMode: 0 },
        status: { phase: 'Running', resources: { available: [resources(pool)] } },
      },
    }),
  },
];

export const poolNotFound = modelArtsError(404, '50015001', 'pool not found');
export const nodeNotFound = modelArtsError(404, '50015001', 'node not found');
export const apiNotFound = gatewayError(404, '0101', 'The API does not exist or has not been published.');

const flavor = 'modelarts.bm.npu.arm.8snt9b';
const nodePoolName = `${flavor}-default`;

function resources(pool: StrictPool): object {
  return { flavor, count: pool.nodes.size, maxCount: pool.nodes.size };
}

/** Entries with nothing in them are left out (facts.md 3.1). */
function showNodePool(pool: StrictPool): object {
  const count = (phase: string) => [...pool.nodes.values()].filter((node) => node.phase === phase).length;
  const shares = Object.entries({ Available: 'available', Abnormal: 'abnormal', Creating: 'creating' })
    .filter(([phase]) => count(phase) > 0)
    .map(([phase, key]) => [key, { flavor, count: count(phase), maxCount: count(phase) }]);
  return {
    apiVersion: 'v2',
    kind: 'NodePool',
    metadata: { name: nodePoolName },
    spec: { resources: resources(pool) },
    status: { resources: Object.fromEntries(shares) },
  };
}

/** Node (facts.md 2.2). */
function showNode({ name, privateIp, phase }: StrictNode): object {
  const whole = { cpu: '192', memory: '1536Gi', 'huawei.com/ascend-snt9': '8' };
  return {
    apiVersion: 'v2',
    kind: 'Node',
    metadata: {
      name,
      creationTimestamp: '2026-08-01T02:03:04Z',
      labels: { 'os.modelarts.node/nodepoolname': nodePoolName, 'os.modelarts/billing.status': '0' },
      annotations: {},
    },
    spec: { flavor, os: { name: 'EulerOS-2.10', imageType: 'public' }, extendParams: {} },
    status: { phase, az: 'cn-north-4a', privateIp, resources: whole, availableResources: whole },
  };
}
