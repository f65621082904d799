import * as z from 'zod';
import { defineEndpoint } from '#lib/modelarts/client/endpoint';
import { WORKLOAD_STATUSES, WORKLOAD_TYPES, WorkloadPage } from '../replies/workload.ts';

const ListWorkloadsQuery = z.strictObject({
  limit: z.int().min(1).max(500).optional(),
  /** Number of records. */
  offset: z.int().min(0).optional(),
  type: z.enum(WORKLOAD_TYPES).optional(),
  status: z.enum(WORKLOAD_STATUSES).optional(),
});

/** Lists the workloads of a pool (docs/design/modelarts-api.md 3.6). */
export const listWorkloads = defineEndpoint({
  name: 'listWorkloads',
  method: 'GET',
  path: '/v2/{project_id}/pools/{pool_name}/workloads',
  query: ListWorkloadsQuery,
  reply: WorkloadPage,
  idempotent: true,
  page: 'https://support.huaweicloud.com/api-modelarts/ListWorkloads.html',
});
