import * as z from 'zod';
import { defineEndpoint } from '#lib/modelarts/client/endpoint';
import { PoolJobPage } from '../replies/pool-job.ts';

const ListJobsQuery = z.strictObject({
  type: z.string().optional(),
  limit: z.int().min(1).max(500).optional(),
  /** Number of records, according to all known sources (docs/design/modelarts-api.md 1.1). */
  offset: z.int().min(0).optional(),
  /** Milliseconds since the epoch. @default 30 days ago */
  since: z.int().min(0).optional(),
  /** Milliseconds since the epoch. @default now */
  until: z.int().min(0).optional(),
  resource: z.literal('pools').optional(),
  /** The pool's id. It needs `resource`. */
  name: z.string().min(1).optional(),
});

/** Lists jobs. With `resource` and `name` it lists those of one pool. */
export const listJobs = defineEndpoint({
  name: 'listJobs',
  method: 'GET',
  path: '/v2/{project_id}/jobs',
  query: ListJobsQuery,
  reply: PoolJobPage,
  idempotent: true,
  page: 'Querying Tasks, https://support.huaweicloud.com/api-modelarts/ListJobs.html',
});
