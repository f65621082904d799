import {
  creatingStepRows,
  labelsRow,
  networkRows,
  notTaints,
  notUserTags,
  taintRows,
  taintsOfOneKey,
  userTagRows,
} from './node-pool-objects.ts';
import { poolResourceTables } from './pool-resource.ts';
import { errorRows, nodePoolNameRow, poolNameRow, projectIdRow } from './recurring.ts';
import type { PageRows } from './row.ts';

const resources = 'spec.resources';

export const updateNodePoolRows: PageRows = {
  page: 'update-node-pool',
  path: [projectIdRow, poolNameRow, nodePoolNameRow],
  header: {
    table: 2,
    at: '',
    rows: [
      { field: 'Content-Type', mandatory: true, type: 'String', accepts: ['application/merge-patch+json'] },
    ],
  },
  request: [
    {
      table: 3,
      at: '',
      rows: [
        {
          field: 'spec',
          mandatory: true,
          type: 'NodePoolSpec object',
          accepts: [{ resources: { flavor: 'modelarts.vm.2u4g.dcc', count: 1, maxCount: 1 } }],
          refuses: [{}],
        },
      ],
    },
    {
      table: 4,
      at: 'spec',
      rows: [
        {
          field: 'resources',
          mandatory: true,
          type: 'PoolResource object',
          constraint: 'an object, not a list',
          accepts: [{ flavor: 'modelarts.vm.2u4g.dcc', count: 1, maxCount: 1 }],
          refuses: [{}, [], [{ flavor: 'modelarts.vm.2u4g.dcc', count: 1, maxCount: 1 }]],
          source: 'docs/design/modelarts-api.md 10, row 18',
        },
      ],
    },
    {
      table: 5,
      at: resources,
      rows: [
        {
          field: 'flavor',
          mandatory: true,
          type: 'String',
          accepts: ['modelarts.vm.gpu.t4u8'],
          refuses: [''],
          filledIn: true,
        },
        {
          field: 'count',
          mandatory: true,
          type: 'Integer',
          accepts: [0, 1],
          refuses: [-1],
          where: [{ given: { 'spec.resources.maxCount': 9 }, accepts: [8, 9] }],
          filledIn: true,
        },
        {
          field: 'maxCount',
          mandatory: true,
          type: 'Integer',
          constraint: 'count in a physical pool, at least count in a logical one',
          accepts: [1, 5],
          refuses: [0, -1],
          where: [{ given: { 'spec.resources.count': 3 }, accepts: [3, 4], refuses: [2] }],
          filledIn: true,
          source: 'page delete-node-pool, table 5, row maxCount',
        },
        {
          field: 'azs',
          mandatory: false,
          type: 'Array of PoolNodeAz objects',
          accepts: [[], [{ az: 'cn-north-4a', count: 1 }]],
          refuses: [[{}]],
          nullDeletes: true,
        },
        { field: 'nodePool', mandatory: false, type: 'String', accepts: ['nodePool-1', 'a.b-Default'] },
        {
          field: 'taints',
          mandatory: false,
          type: 'Array of Taint objects',
          accepts: [[], [{ key: 'k', value: 'v', effect: 'NoExecute' }], taintsOfOneKey],
          refuses: notTaints,
          nullDeletes: true,
        },
        { ...labelsRow, nullDeletes: true },
        {
          field: 'tags',
          mandatory: false,
          type: 'Array of UserTag objects',
          accepts: [[], [{ key: 'k', value: 'v' }]],
          refuses: notUserTags,
          nullDeletes: true,
        },
        {
          field: 'network',
          mandatory: false,
          type: 'NodeNetwork object',
          accepts: [{}, { vpc: 'v', subnet: 's', securityGroups: ['g'] }, { subnet: null }],
          nullDeletes: true,
        },
        {
          field: 'extendParams',
          mandatory: false,
          type: 'Map<String,String>',
          constraint: 'dockerBaseSize, 0 for no limit',
          accepts: [
            {},
            { dockerBaseSize: '0' },
            { dockerBaseSize: '50', runtime: 'docker' },
            { dockerBaseSize: '7' },
            { dockerBaseSize: null },
            { labelPolicyOnExistingNodes: 'ignore' },
            { unheardOf: 'x' },
          ],
          refuses: [
            ...[0, 'abc', '', '-1', '1.5', '050', '50G'].map((dockerBaseSize) => ({ dockerBaseSize })),
            { runtime: 'podman' },
            { labelPolicyOnExistingNodes: 'Ignore' },
            { postInstall: 'echo hi' },
          ],
          nullDeletes: true,
        },
        {
          field: 'creatingStep',
          mandatory: false,
          type: 'CreatingStep object',
          accepts: [{}, { step: 8, type: 'rack' }, { step: 8 }],
          refuses: [{ type: 'tower' }],
          nullDeletes: true,
        },
        {
          field: 'os',
          mandatory: false,
          type: 'Os object',
          accepts: [{}, { name: 'EulerOS', imageId: 'i', imageType: 'private' }],
          refuses: [{ imageType: 'public' }],
          nullDeletes: true,
        },
      ],
    },
    {
      table: 6,
      at: 'spec.resources.azs.0',
      within: { 'spec.resources.azs': [{ az: 'cn-north-4a', count: 1 }] },
      rows: [
        {
          field: 'az',
          mandatory: true,
          type: 'String',
          accepts: ['cn-north-4a', 'cn-north-7c'],
          refuses: [''],
        },
        { field: 'count', mandatory: true, type: 'Integer', accepts: [0, 1, 100], refuses: [-1] },
      ],
    },
    {
      table: 7,
      at: 'spec.resources.taints.0',
      within: { 'spec.resources.taints': [{ key: 'k', effect: 'NoSchedule' }] },
      rows: taintRows,
    },
    {
      table: 8,
      at: 'spec.resources.tags.0',
      within: { 'spec.resources.tags': [{ key: 'k', value: 'v' }] },
      rows: userTagRows,
    },
    { table: 9, at: 'spec.resources.network', rows: networkRows(true) },
    { table: 10, at: 'spec.resources.creatingStep', rows: creatingStepRows('rack', 'hyperinstance') },
    {
      table: 11,
      at: 'spec.resources.os',
      rows: [
        { field: 'name', mandatory: false, type: 'String', accepts: ['EulerOS 2.10'] },
        {
          field: 'imageId',
          mandatory: false,
          type: 'String',
          accepts: ['3f2ee6e8-b19b-4683-8c9d-c10b197d51d6'],
        },
        {
          field: 'imageType',
          mandatory: false,
          type: 'String',
          range: ['private'],
          accepts: [],
          refuses: ['', 'public', 'Private'],
        },
      ],
    },
  ],
  response: [
    {
      table: 12,
      status: 200,
      at: '',
      rows: [
        {
          field: 'spec',
          type: 'NodePoolSpec object',
          accepts: [{ resources: { flavor: 'f' } }],
          exposed: 'resources',
          as: (spec: { resources: unknown }) => spec.resources,
        },
      ],
    },
    {
      table: 13,
      status: 200,
      at: 'spec',
      rows: [
        {
          field: 'resources',
          type: 'PoolResource object',
          accepts: [{ flavor: 'f', count: 2, maxCount: 2 }],
          exposed: 'resources',
        },
      ],
    },
    ...poolResourceTables({
      exposed: 'resources',
      taintType: 'Taint',
      tagType: 'UserTag',
      tables: { resource: 14, az: 15, taint: 16, tag: 17, network: 18, creatingStep: 19, os: 20 },
    }),
    { table: 21, status: 400, at: '', rows: errorRows },
  ],
};
