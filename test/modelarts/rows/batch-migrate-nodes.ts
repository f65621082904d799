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
import { errorRows, jobIdRows, poolNameRow, projectIdRow } from './recurring.ts';
import type { PageRows, RequestRow } from './row.ts';

const spec = 'resourceSpec';
const dataVolume = { volumeType: 'SSD', size: '500', extendParams: { volumeGroup: 'vgpaas' } };
const disks = {
  'resourceSpec.dataVolumes': [dataVolume],
  'resourceSpec.volumeGroupConfigs': [{ volumeGroup: 'vgpaas' }],
};
const inUserDisk = {
  'resourceSpec.dataVolumes.0.extendParams.volumeGroup': 'vguser1',
  'resourceSpec.volumeGroupConfigs.0.volumeGroup': 'vguser1',
};

const clusterNameRow: RequestRow = {
  field: 'fromClusterName',
  mandatory: true,
  type: 'String',
  accepts: ['lite-cluster-1dc682c4-e04d-11ee-bda6-0255ac1001ba', 'pool-9d3f'],
  refuses: [''],
  filledIn: true,
};

const volumeTypeRow: RequestRow = {
  field: 'volumeType',
  mandatory: true,
  type: 'String',
  range: ['SSD', 'GPSSD', 'SAS'],
  accepts: [],
  refuses: ['ssd', 'HDD', 'ESSD', ''],
};

const sizeRow: RequestRow = {
  field: 'size',
  mandatory: true,
  type: 'String',
  constraint: 'GiB',
  accepts: ['50', '100', '32768'],
  refuses: ['', '0', '00', '50GB', '-1', '1.5', 'large'],
  source: 'docs/design/modelarts-api.md 10, row 23',
};

const policyRow = (field: string): RequestRow => ({
  field,
  mandatory: false,
  type: 'String',
  range: ['refresh', 'ignore'],
  constraint: 'empty means refresh',
  accepts: [''],
  refuses: ['Refresh', 'update', 'none'],
});

export const batchMigrateNodesRows: PageRows = {
  page: 'batch-migrate-nodes',
  path: [projectIdRow, poolNameRow],
  request: [
    {
      table: 2,
      at: '',
      rows: [
        {
          field: 'migrateNodeNames',
          mandatory: false,
          type: 'Array of strings',
          accepts: [['os-node-created-zrxm7'], ['a', 'b']],
          refuses: [[], ['']],
          absence: 'refused',
          source: 'docs/design/modelarts-api.md 10, row 21',
        },
        clusterNameRow,
        { ...clusterNameRow, field: 'toClusterName' },
        {
          field: 'toPoolName',
          mandatory: false,
          type: 'String',
          accepts: ['pool-9d3f-6f5da086876d4cd084d36f8bd3346036'],
        },
        {
          field: spec,
          mandatory: false,
          type: 'MigrateResourceSpec object',
          constraint: 'mandatory across resource pools, as the example is',
          accepts: [{ flavor: 'modelarts.vm.2u4g' }],
          refuses: [{}],
          absence: 'refused',
          where: [
            { given: { toPoolName: undefined }, refuses: [undefined, {}] },
            {
              given: { toPoolName: undefined, toClusterName: 'c', fromClusterName: 'c' },
              accepts: [undefined, { flavor: 'modelarts.vm.2u4g' }],
            },
            { given: { toClusterName: 'c', fromClusterName: 'c' }, refuses: [undefined] },
          ],
          source: 'the row itself, and docs/design/modelarts-api.md 10, row 23',
        },
      ],
    },
    {
      table: 3,
      at: spec,
      rows: [
        {
          field: 'flavor',
          mandatory: true,
          type: 'String',
          accepts: ['modelarts.vm.2u4g', 'modelarts.bm.npu.arm.8snt9b.d'],
          refuses: [''],
        },
        {
          field: 'creatingStep',
          mandatory: false,
          type: 'CreatingStep object',
          constraint: 'a cabinet or supernode is specified by its step',
          accepts: [{ step: 16, type: 'hyperinstance' }],
          refuses: [{}, { step: 16 }, { type: 'hyperinstance' }, { step: 16, type: 'tower' }],
        },
        { field: 'nodePool', mandatory: false, type: 'String', accepts: ['nodePool-1', 'a.b-Default'] },
        {
          field: 'rootVolume',
          mandatory: false,
          type: 'RootVolume object',
          accepts: [{ volumeType: 'SSD', size: '150' }],
          refuses: [{}, { volumeType: 'SSD' }, { size: '150' }],
        },
        {
          field: 'dataVolumes',
          mandatory: false,
          type: 'Array of DataVolumeItem objects',
          accepts: [[]],
          refuses: [[{}]],
          where: [
            {
              given: { 'resourceSpec.volumeGroupConfigs': [{ volumeGroup: 'vgpaas' }] },
              accepts: [[dataVolume]],
            },
          ],
        },
        {
          field: 'volumeGroupConfigs',
          mandatory: false,
          type: 'Array of VolumeGroupConfig objects',
          constraint: 'mandatory where there is a custom data disk',
          accepts: [[], [{ volumeGroup: 'vgpaas', types: ['local'] }]],
          refuses: [[{}], [{ volumeGroup: 'vgpaas' }], [{ volumeGroup: 'vgpaas', types: ['volume'] }]],
          where: [
            {
              given: { 'resourceSpec.dataVolumes': [dataVolume] },
              accepts: [[{ volumeGroup: 'vgpaas', dockerThinPool: 90 }]],
              refuses: [undefined, []],
            },
          ],
        },
        labelsRow,
        {
          field: 'taints',
          mandatory: false,
          type: 'Array of Taints objects',
          accepts: [[], [{ key: 'k', value: 'v', effect: 'NoSchedule' }], taintsOfOneKey],
          refuses: notTaints,
        },
        {
          field: 'tags',
          mandatory: false,
          type: 'Array of UserTags objects',
          accepts: [[], [{ key: 'k', value: 'v' }]],
          refuses: notUserTags,
        },
        {
          field: 'network',
          mandatory: false,
          type: 'NodeNetwork object',
          accepts: [{}, { vpc: 'v', subnet: 's', securityGroups: ['g'] }],
        },
        {
          field: 'extendParams',
          mandatory: false,
          type: 'ResourceExtendParams object',
          accepts: [{}, { dockerBaseSize: '100', runtime: 'containerd' }],
        },
      ],
    },
    {
      table: 4,
      at: 'resourceSpec.creatingStep',
      within: { 'resourceSpec.creatingStep': { step: 16, type: 'hyperinstance' } },
      rows: creatingStepRows('hyperinstance', 'rack', {
        absence: 'refused',
        source: 'table 3, row creatingStep: "the step information needs to be specified"',
      }),
    },
    {
      table: 5,
      at: 'resourceSpec.rootVolume',
      within: { 'resourceSpec.rootVolume': { volumeType: 'SSD', size: '150' } },
      rows: [volumeTypeRow, sizeRow],
    },
    {
      table: 6,
      at: 'resourceSpec.dataVolumes.0',
      within: disks,
      rows: [
        volumeTypeRow,
        sizeRow,
        {
          field: 'count',
          mandatory: false,
          type: 'Integer',
          constraint: 'a number of disks',
          accepts: [1, 8],
          refuses: [0, -3],
        },
        {
          field: 'extendParams',
          mandatory: true,
          type: 'VolumeExtendParams object',
          accepts: [{ volumeGroup: 'vgpaas' }],
          refuses: [{}],
        },
      ],
    },
    {
      table: 7,
      at: 'resourceSpec.dataVolumes.0.extendParams',
      within: { ...disks, 'resourceSpec.volumeGroupConfigs.0.types': ['local'] },
      rows: [
        {
          field: 'volumeGroup',
          mandatory: true,
          type: 'String',
          range: [
            'vgpaas',
            'default',
            'vguser',
            'vg-everest-localvolume-persistent',
            'vg-everest-localvolume-ephemeral',
          ],
          constraint: 'vguser takes an ending for its path',
          accepts: ['vguser1', 'vguser2', 'vguser-data'],
          refuses: ['', 'vgpaas1', 'Default', 'vgroot', 'vg-everest-localvolume'],
        },
      ],
    },
    {
      table: 8,
      at: 'resourceSpec.volumeGroupConfigs.0',
      within: disks,
      rows: [
        {
          field: 'volumeGroup',
          mandatory: true,
          type: 'String',
          constraint: 'a group of dataVolumes',
          accepts: ['vgpaas'],
          refuses: ['', 'vguser1', 'default'],
          where: [
            {
              given: { 'resourceSpec.dataVolumes.0.extendParams.volumeGroup': 'vguser1' },
              accepts: ['vguser1'],
              refuses: ['vgpaas', 'vguser2'],
            },
            { given: { 'resourceSpec.volumeGroupConfigs.0.types': ['local'] }, accepts: ['vguser1'] },
          ],
        },
        {
          field: 'dockerThinPool',
          mandatory: false,
          type: 'Integer',
          constraint: 'a percentage; only where volumeGroup is vgpaas',
          accepts: [0, 1, 90, 100],
          refuses: [-1, 101],
          where: [{ given: inUserDisk, accepts: [undefined], refuses: [0, 90] }],
        },
        {
          field: 'lvmConfig',
          mandatory: false,
          type: 'LvmConfig object',
          constraint: 'a path only where the disk is mounted to one',
          accepts: [{ lvType: 'linear' }, { lvType: 'striped' }],
          refuses: [{}, { path: '/data' }, { lvType: 'striped', path: '/data' }],
          where: [{ given: inUserDisk, accepts: [{ lvType: 'striped', path: '/data' }] }],
        },
        {
          field: 'types',
          mandatory: false,
          type: 'Array of strings',
          range: [['volume'], ['local']],
          accepts: [[], ['volume', 'local']],
          refuses: [['disk'], ['Volume'], ['']],
        },
      ],
    },
    {
      table: 9,
      at: 'resourceSpec.volumeGroupConfigs.0.lvmConfig',
      within: {
        ...disks,
        ...inUserDisk,
        'resourceSpec.volumeGroupConfigs.0.lvmConfig': { lvType: 'linear' },
      },
      rows: [
        {
          field: 'lvType',
          mandatory: true,
          type: 'String',
          range: ['linear', 'striped'],
          accepts: [],
          refuses: ['', 'Linear', 'mirror'],
        },
        {
          field: 'path',
          mandatory: false,
          type: 'String',
          constraint: 'an absolute path of digits, letters, periods, hyphens and underscores',
          accepts: ['/data', '/a.b/c-d_e/9'],
          refuses: ['', 'data', './data', '/a b', '/a$', '/ä'],
        },
      ],
    },
    {
      table: 10,
      at: 'resourceSpec.taints.0',
      within: { 'resourceSpec.taints': [{ key: 'k', effect: 'NoSchedule' }] },
      rows: taintRows,
    },
    {
      table: 11,
      at: 'resourceSpec.tags.0',
      within: { 'resourceSpec.tags': [{ key: 'k', value: 'v' }] },
      rows: userTagRows,
    },
    { table: 12, at: 'resourceSpec.network', rows: networkRows(false) },
    {
      table: 13,
      at: 'resourceSpec.extendParams',
      rows: [
        {
          field: 'dockerBaseSize',
          mandatory: false,
          type: 'String',
          constraint: '50 to 500, or 0 for no limit',
          accepts: ['0', '50', '99', '100', '499', '500'],
          refuses: ['', '1', '49', '501', '50.5', '50G', '-50', 'unlimited'],
        },
        {
          field: 'postInstall',
          mandatory: false,
          type: 'String',
          constraint: 'encoded with Base64',
          accepts: ['ZWNobyBoaQ==', 'aGk='],
          refuses: ['echo hi', 'ZWNobyBoaQ', '#!/bin/sh'],
        },
        {
          field: 'runtime',
          mandatory: false,
          type: 'String',
          range: ['docker', 'containerd'],
          accepts: [],
          refuses: ['', 'Docker', 'podman'],
        },
        policyRow('labelPolicyOnExistingNodes'),
        policyRow('taintPolicyOnExistingNodes'),
        policyRow('tagPolicyOnExistingNodes'),
        {
          field: 'XParameterPlaneSubnet',
          mandatory: false,
          type: 'String',
          constraint: 'not the subnet of the nodes or the containers',
          accepts: ['03796378-c356-4c14-826b-e4913aa9c8b9'],
          where: [{ given: { 'resourceSpec.network.subnet': 's' }, accepts: ['t'], refuses: ['s'] }],
        },
        {
          field: 'nodePoolName',
          mandatory: false,
          type: 'String',
          constraint:
            '2 to 50 lower-case letters, hyphens and digits, a letter first, neither a hyphen nor -default last',
          accepts: ['a1', 'np-1', 'a--b', 'default', 'a-default-1', `a${'b'.repeat(49)}`],
          refuses: [
            '',
            'a',
            '1a',
            '-a',
            'A1',
            'aB',
            'np_1',
            'np.1',
            'np-',
            'x-default',
            'np\n',
            `a${'b'.repeat(50)}`,
          ],
        },
      ],
    },
  ],
  response: [
    { table: 14, status: 200, at: '', rows: jobIdRows },
    { table: 15, status: 404, at: '', rows: errorRows },
  ],
};
