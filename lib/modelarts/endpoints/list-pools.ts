import { defineEndpoint } from '#lib/modelarts/client/endpoint';
import { PoolList } from '../replies/pool.ts';

/** Lists the pools of the project that are there or are being made, all at once. */
export const listPools = defineEndpoint({
  name: 'listPools',
  method: 'GET',
  path: '/v2/{project_id}/pools',
  reply: PoolList,
  idempotent: true,
  page: 'https://support.huaweicloud.com/api-modelarts/ListPools.html',
});
