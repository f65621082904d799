import { azRows, poolResourceTables } from './pool-resource.ts';
import { errorRows, nodePoolNameRow, poolNameRow, projectIdRow } from './recurring.ts';
import type { PageRows, ResponseRow } from './row.ts';

const countsRow = (field: string): ResponseRow => ({
  field,
  type: 'PoolResourceFlavorCount object',
  accepts: [{ count: 3 }, { flavor: 'f', count: 2, maxCount: 2, azs: [], nodePool: 'np' }],
  exposed: `nodePool.nodeCounts.${field}`,
  as: ({ count }: { count: number }) => count,
  source: 'docs/design/modelarts-api.md 10, row 13',
});

export const deleteNodePoolRows: PageRows = {
  page: 'delete-node-pool',
  path: [projectIdRow, poolNameRow, nodePoolNameRow],
  request: [],
  response: [
    {
      table: 2,
      status: 200,
      at: '',
      rows: [
        { field: 'apiVersion', type: 'String', accepts: ['v2'] },
        { field: 'kind', type: 'String', accepts: ['NodePool'] },
        {
          field: 'metadata',
          type: 'NodePoolMetadata object',
          accepts: [{ name: 'np' }],
          exposed: 'nodePool.name',
          as: ({ name }: { name: string }) => name,
        },
        {
          field: 'spec',
          type: 'NodePoolSpec object',
          accepts: [{ resources: { flavor: 'f', count: 1 } }],
          exposed: 'nodePool.resources',
          as: ({ resources }: { resources: unknown }) => resources,
        },
        {
          field: 'status',
          type: 'NodePoolStatus object',
          accepts: [{ resources: { deleting: { count: 2 } } }],
          exposed: 'nodePool.nodeCounts',
          as: () => ({ creating: 0, available: 0, abnormal: 0, deleting: 2 }),
        },
      ],
    },
    {
      table: 3,
      status: 200,
      at: 'metadata',
      rows: [
        { field: 'name', type: 'String', accepts: ['nodepool-1', 'a.b-Default'], exposed: 'nodePool.name' },
      ],
    },
    {
      table: 4,
      status: 200,
      at: 'spec',
      rows: [
        {
          field: 'resources',
          type: 'PoolResource object',
          accepts: [{ flavor: 'f', count: 1, maxCount: 4 }],
          exposed: 'nodePool.resources',
        },
      ],
    },
    ...poolResourceTables({
      exposed: 'nodePool.resources',
      taintType: 'Taints',
      tagType: 'UserTags',
      tables: { resource: 5, taint: 6, tag: 7, network: 8, creatingStep: 9, os: 10 },
    }),
    {
      table: 11,
      status: 200,
      at: 'status',
      rows: [
        {
          field: 'resources',
          type: 'resources object',
          accepts: [{ creating: { count: 1 }, abnormal: { count: 2 } }],
          exposed: 'nodePool.nodeCounts',
          as: () => ({ creating: 1, available: 0, abnormal: 2, deleting: 0 }),
        },
      ],
    },
    {
      table: 12,
      status: 200,
      at: 'status.resources',
      rows: [countsRow('creating'), countsRow('available'), countsRow('abnormal'), countsRow('deleting')],
    },
    {
      table: 13,
      status: 200,
      at: 'status.resources.available',
      rows: [
        { field: 'flavor', type: 'String', accepts: ['modelarts.vm.2u4g.dcc'] },
        { field: 'count', type: 'Integer', accepts: [0, 7], exposed: 'nodePool.nodeCounts.available' },
        { field: 'maxCount', type: 'Integer', accepts: [0, 7] },
        {
          field: 'azs',
          type: 'Array of PoolNodeAz objects',
          accepts: [[], [{ az: 'cn-north-7c', count: 1 }]],
        },
        { field: 'nodePool', type: 'String', accepts: ['nodepool-1'] },
      ],
    },
    { table: 14, status: 200, at: 'spec.resources.azs.0', rows: azRows },
    { table: 15, status: 400, at: '', rows: errorRows },
  ],
};
