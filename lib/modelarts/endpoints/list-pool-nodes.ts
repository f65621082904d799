import * as z from 'zod';
import { defineEndpoint } from '#lib/modelarts/client/endpoint';
import { PoolNodePage } from '../replies/pool-node.ts';

const ListPoolNodesQuery = z.strictObject({
  /** The last page's `continueToken`. */
  continue: z.string().optional(),
  limit: z.int().min(1).max(500).optional(),
});

/** Lists the nodes of a pool. */
export const listPoolNodes = defineEndpoint({
  name: 'listPoolNodes',
  method: 'GET',
  path: '/v2/{project_id}/pools/{pool_name}/nodes',
  query: ListPoolNodesQuery,
  reply: PoolNodePage,
  idempotent: true,
  page: 'https://support.huaweicloud.com/api-modelarts/ListPoolNodes.html',
});
