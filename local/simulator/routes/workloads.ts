import { type Node, WorkloadStatus, WorkloadType } from '../world/node.ts';
import type { Pool } from '../world/pool.ts';
import { countWorkloads } from '../world/workload-counts.ts';
import { poolInPath, queryInteger, queryWord, type Route } from './route.ts';

/**
 * ListWorkloads (https://support.huaweicloud.com/api-modelarts/ListWorkloads.html). `hostIps`, a list of addresses with
 * commas, links a workload with its nodes. Terraform sends `limit` and `offset` (of records). Without `type` and `status` the
 * list has running training jobs: the page does not state it.
 */
export const listWorkloads: Route = {
  endpoint: 'list-workloads',
  method: 'GET',
  path: '/v2/{project_id}/pools/{pool_name}/workloads',
  handle(request, world) {
    const pool = poolInPath(request, world);
    const type = queryWord(request.query, 'type', WorkloadType.options) ?? 'train';
    const status = queryWord(request.query, 'status', WorkloadStatus.options) ?? 'Running';
    const limit = queryInteger(request.query, 'limit', { byDefault: 500, max: 500 });
    const offset = queryInteger(request.query, 'offset', { byDefault: 0 });
    const items = workloadsOf(pool).flatMap(({ name, nodes, ...own }) => {
      if (type !== own.type || status !== own.status) return [];
      return {
        apiVersion: 'v2',
        kind: 'Workload',
        type,
        namespace: pool.id,
        name,
        jobName: name,
        uid: world.random.uuid('workload', name),
        jobUUID: world.random.uuid('workload job', name),
        flavor: nodes[0]?.flavor,
        status,
        // No node has been found yet for what is in a queue.
        ...(status !== 'Queue' && { hostIps: nodes.map((node) => node.privateIp).join(',') }),
      };
    });
    return { apiVersion: 'v2', kind: 'WorkloadList', items: items.slice(offset, offset + limit) };
  },
};

/**
 * ShowWorkloadStatistics (https://support.huaweicloud.com/api-modelarts/ShowWorkloadStatistics.html). No page says whether `x-infer`
 * is counted: here it is not.
 */
export const showWorkloadStatistics: Route = {
  endpoint: 'show-workload-statistics',
  method: 'GET',
  path: '/v2/{project_id}/statistics/pools/{pool_name}/workloads',
  handle(request, world) {
    const items = countWorkloads(workloadsOf(poolInPath(request, world)));
    return { statistics: { total: items.length, items } };
  },
};

/** The workloads on the nodes of a pool. */
function workloadsOf({ nodes }: Pick<Pool, 'nodes'>) {
  return [...Map.groupBy(nodes.values(), ({ workload }: Node) => workload)].flatMap(([name, hosts]) => {
    const { workloadType = 'train', workloadStatus = 'Running' } = hosts[0] ?? {};
    return name === undefined ? [] : [{ name, type: workloadType, status: workloadStatus, nodes: hosts }];
  });
}
