import * as z from 'zod';
import { defineEndpoint } from '#lib/modelarts/client/endpoint';
import { WorkloadStatistics } from '../replies/workload-statistics.ts';

/** Counts the workloads of a pool by kind and status (docs/design/modelarts-api.md 3.6). */
export const showWorkloadStatistics = defineEndpoint({
  name: 'showWorkloadStatistics',
  method: 'GET',
  path: '/v2/{project_id}/statistics/pools/{pool_name}/workloads',
  query: z.strictObject({}),
  reply: WorkloadStatistics,
  idempotent: true,
  page: 'https://support.huaweicloud.com/api-modelarts/ShowWorkloadStatistics.html',
});
