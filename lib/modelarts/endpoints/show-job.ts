import { defineEndpoint } from '#lib/modelarts/client/endpoint';
import { PoolJob } from '../replies/pool-job.ts';

/**
 * Reads one job. No page describes it, only Huawei's Terraform provider calls it (docs/design/modelarts-api.md 1.2). A 404 may
 * therefore mean that the job is still too young, or that the operation does not exist. `listJobs` is the documented way.
 */
export const showJob = defineEndpoint({
  name: 'showJob',
  method: 'GET',
  path: '/v2/{project_id}/jobs/{job_id}',
  reply: PoolJob,
  isAbout: ({ jobId }, { job_id }) => jobId === job_id,
  idempotent: true,
  page: 'undocumented; terraform-provider-huaweicloud, resource_huaweicloud_modelartsv2_node_batch_reset.go',
});
