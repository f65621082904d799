import { modelArtsError } from './answer.ts';
import { nodeNotFound, nodePoolNotFound, type OperationPage, poolPath } from './page.ts';
import { countWorkloads, showNode, showNodePool, showPool, showWorkload } from './shown.ts';
import { listJobsFaults, listNodesFaults, listWorkloadsFaults, noParameters } from './tables.ts';

export const readingPages: readonly OperationPage[] = [
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
    answer: ({ pool }, { query }, now) => {
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
          items: nodes.slice(start, end).map((node) => showNode(pool, node, now)),
        },
      };
    },
  },
  {
    operation: 'show-node',
    method: 'GET',
    path: new RegExp(`^${poolPath}/nodes/(?<name>[^/]+)$`),
    faults: ({ query }) => noParameters(query),
    answer: ({ pool, name }, _, now) => {
      const node = pool.nodes.get(name);
      return node ? { status: 200, body: showNode(pool, node, now) } : nodeNotFound;
    },
  },
  {
    operation: 'list-node-pools',
    method: 'GET',
    path: new RegExp(`^${poolPath}/nodepools$`),
    faults: ({ query }) => noParameters(query),
    answer: ({ pool }) => {
      const items = [...pool.nodePools.values()].map((nodePool) => showNodePool(pool, nodePool));
      return { status: 200, body: { apiVersion: 'v2', kind: 'NodePoolList', items } };
    },
  },
  {
    operation: 'show-node-pool',
    method: 'GET',
    path: new RegExp(`^${poolPath}/nodepools/(?<name>[^/]+)$`),
    faults: ({ query }) => noParameters(query),
    answer: ({ pool, name }) => {
      const nodePool = pool.nodePools.get(name);
      return nodePool ? { status: 200, body: showNodePool(pool, nodePool) } : nodePoolNotFound;
    },
  },
  {
    operation: 'show-pool',
    method: 'GET',
    path: new RegExp(`^${poolPath}$`),
    faults: ({ query }) => noParameters(query),
    answer: ({ pool }) => ({ status: 200, body: showPool(pool) }),
  },
  {
    operation: 'list-workloads',
    method: 'GET',
    path: new RegExp(`^${poolPath}/workloads$`),
    faults: ({ query }) => listWorkloadsFaults(query),
    answer: ({ pool }, { query }) => {
      const workloads = [...pool.busyAddresses].map((address, index) => showWorkload(pool, address, index));
      const start = Number(query.get('offset') ?? 0);
      const items = workloads.slice(start, start + (Number(query.get('limit')) || 500));
      return { status: 200, body: { apiVersion: 'v1', kind: 'WorkloadList', items } };
    },
  },
  {
    operation: 'show-workload-statistics',
    method: 'GET',
    path: new RegExp(`^/statistics${poolPath}/workloads$`),
    faults: ({ query }) => noParameters(query),
    answer: ({ pool }) => ({ status: 200, body: countWorkloads(pool.busyAddresses.size) }),
  },
];
