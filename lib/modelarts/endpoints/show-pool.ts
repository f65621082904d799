import { defineEndpoint } from '#lib/modelarts/client/endpoint';
import { Pool } from '../replies/pool.ts';

/** Reads one pool. */
export const showPool = defineEndpoint({
  name: 'showPool',
  method: 'GET',
  path: '/v2/{project_id}/pools/{pool_name}',
  reply: Pool,
  isAbout: ({ name }, { pool_name }) => name === pool_name,
  idempotent: true,
  page: 'docs/design/modelarts-api.md 3.2; operation ShowPool of huaweicloud-sdk-python-v3',
});
