import * as z from 'zod';
import { defineEndpoint } from '../endpoint.ts';
import { WorkloadPage } from '../replies/workload.ts';

const ListWorkloadsQuery = z.strictObject({
  limit: z.int().min(1).max(500).optional(),
  /** Of records. */
  offset: z.int().min(0).optional(),
  type: z.string().optional(),
  status: z.string().optional(),
});

/** Lists what runs on a pool. On no page: only Huawei's Terraform provider calls it (docs/modelarts-api.md 3.2). */
export const listWorkloads = defineEndpoint({
  name: 'listWorkloads',
  method: 'GET',
  path: '/v2/{project_id}/pools/{pool_id}/workloads',
  query: ListWorkloadsQuery,
  reply: WorkloadPage,
  idempotent: true,
  page: 'undocumented; terraform-provider-huaweicloud, data_source_huaweicloud_modelartsv2_resource_pool_workloads.go',
});
