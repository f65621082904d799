import * as z from 'zod';
import { defineEndpoint } from '#lib/modelarts/client/endpoint';
import { PoolJobPage } from '../replies/pool-job.ts';

const ListJobsQuery = z.strictObject({
  type: z.string().optional(),
  limit: z.int().min(1).max(500).optional(),
  /** Of records, as far as anyone knows (docs/modelarts-api.md 1.1). */
  offset: z.int().min(0).optional(),
  /** Milliseconds since the epoch. @default 30 days ago */
  since: z.int().min(0).optional(),
  /** Milliseconds since the epoch. @default now */
  until: z.int().min(0).optional(),
  resource: z.literal('pools').optional(),
  /** The pool's id; goes with `resource`. */
  name: z.string().min(1).optional(),
});

/** Lists jobs, those of one pool with `resource` and `name`. */
export const listJobs = defineEndpoint({
  name: 'listJobs',
  method: 'GET',
  path: '/v2/{project_id}/jobs',
  query: ListJobsQuery,
  reply: PoolJobPage,
  idempotent: true,
  page: 'Querying Tasks, https://support.huaweicloud.com/api-modelarts/ListJobs.html',
});
