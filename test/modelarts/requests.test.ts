import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { describeIssues, requestWording } from '#lib/issues';
import {
  BatchMigrateNodesParameters,
  BatchMigrateNodesRequest,
} from '#lib/modelarts/requests/batch-migrate-nodes';
import { BatchResetNodesParameters, BatchResetNodesRequest } from '#lib/modelarts/requests/batch-reset-nodes';
import {
  BatchUpdateNodesParameters,
  BatchUpdateNodesRequest,
} from '#lib/modelarts/requests/batch-update-nodes';
import { PatchNodePoolRequest, PoolResourceChange } from '#lib/modelarts/requests/patch-node-pool';
import migratePage from './pages/batch-migrate-nodes.json' with { type: 'json' };
import resetPage from './pages/batch-reset-nodes.json' with { type: 'json' };
import updatePage from './pages/batch-update-nodes.json' with { type: 'json' };
import patchPage from './pages/update-node-pool.json' with { type: 'json' };

/** The objections of a schema to `value`, as one line; `undefined` when it accepts it. */
function refusal(schema: z.ZodType, value: unknown): string | undefined {
  const { error } = schema.safeParse(value, { error: requestWording });
  return error && describeIssues(error);
}

/** A copy of `base` with the value at a dotted path replaced; `undefined` takes the field out. */
function changed(base: unknown, path: string, value: unknown): unknown {
  const [name = '', ...rest] = path.split('.');
  const fields = new Map<string, unknown>(Object.entries(base ?? {}));
  if (rest.length > 0) fields.set(name, changed(fields.get(name), rest.join('.'), value));
  else if (value === undefined) fields.delete(name);
  else fields.set(name, value);
  return Array.isArray(base) ? [...fields.values()] : Object.fromEntries(fields);
}

interface Case {
  readonly field: string;
  readonly accepted?: readonly unknown[];
  /** Each refused for the field itself, or the field below it that `at` names. */
  readonly refused?: readonly unknown[];
  readonly at?: string;
  readonly says?: string;
}

function constraints(schema: z.ZodType, base: unknown, cases: readonly Case[]) {
  test.each(cases)('$field $at', ({ field, accepted = [], refused = [], at = '', says = '' }) => {
    for (const value of accepted) expect(refusal(schema, changed(base, field, value))).toBeUndefined();
    for (const value of refused) {
      const said = refusal(schema, changed(base, field, value));
      expect(said, `${field}: ${JSON.stringify(value)}`).toBeDefined();
      expect(said).toContain(`${at || field}: `);
      expect(said).toContain(says);
    }
  });
}

const longKey = 'k'.repeat(128);
const longValue = 'v'.repeat(255);

describe('batch-reset', () => {
  constraints(BatchResetNodesRequest, resetPage.request, [
    { field: 'nodeNames', accepted: [['a'], ['a', 'b']], refused: [undefined, [], 'a', null] },
    {
      field: 'nodeNames',
      at: 'nodeNames[1]',
      refused: [
        ['a', ''],
        ['a', 7],
      ],
    },
    { field: 'rollingConfig', refused: [undefined, 'RollingByNumber'] },
    {
      field: 'rollingConfig.strategy',
      accepted: ['RollingByNumber'],
      refused: [undefined, 'rollingByNumber', ''],
    },
    { field: 'rollingConfig.maxUnavailable', accepted: [1, 100], refused: [undefined, 0, -1, 1.5, '10'] },
    { field: 'rollingConfig.maxUnavailable', refused: [101], says: 'percentage from 1 to 100' },
    {
      field: 'rollingConfig',
      accepted: [{ strategy: 'RollingByNumber', maxUnavailable: 5000 }],
      at: 'rollingConfig.maxUnavailable',
      refused: [{ strategy: 'RollingByNumber', maxUnavailable: 0 }],
    },
    { field: 'nodeConfig', accepted: [{}], refused: [undefined, null, 'x'] },
    { field: 'nodeConfig.os', accepted: ['EulerOS 2.10'], refused: ['', 1] },
    { field: 'nodeConfig.name', accepted: ['EulerOS'], refused: [''] },
    { field: 'nodeConfig.imageId', refused: [''] },
    { field: 'nodeConfig.imageType', accepted: ['public'], refused: [''] },
    { field: 'nodeConfig.runtime', accepted: ['docker', 'containerd'], refused: ['cri-o'] },
  ]);
});

describe('batch-update', () => {
  const tags = { nodeNames: ['a'], action: 'createTags', tags: [{ key: 'Env', value: 'prod' }] };

  constraints(BatchUpdateNodesRequest, updatePage.request, [
    { field: 'nodeNames', refused: [undefined, []] },
    { field: 'action', accepted: ['closeHaRedundant'], refused: [undefined, 'upgradeDriver', 'true'] },
    { field: 'haRedundantEnable', accepted: [true], refused: [false, 'true'] },
    { field: 'haRedundantEffect', accepted: ['NoSchedule', 'NoExecute'], refused: ['PreferNoSchedule'] },
    { field: 'driver', accepted: [{}, { version: '7.1', updateStrategy: 'force' }] },
    { field: 'driver.version', refused: ['', 7] },
    { field: 'tags', accepted: [tags.tags, []] },
  ]);
  constraints(BatchUpdateNodesRequest, { nodeNames: ['a'], action: 'closeHaRedundant' }, [
    { field: 'haRedundantEnable', accepted: [false], refused: [true] },
  ]);
  constraints(BatchUpdateNodesRequest, tags, [
    { field: 'action', accepted: ['deleteTags'] },
    { field: 'tags', refused: [undefined, []], says: 'mandatory' },
    { field: 'tags', accepted: [[...tags.tags, { key: 'env', value: 'prod' }]] },
    {
      field: 'tags',
      at: 'tags[1].key',
      refused: [
        [...tags.tags, { key: 'Env', value: 'test' }],
        [...tags.tags, ...tags.tags],
      ],
      says: 'is given twice: Env',
    },
    { field: 'haRedundantEnable', refused: [true, false], says: 'is refused with createTags' },
    // The page binds no other field to an action.
    { field: 'haRedundantEffect', accepted: ['NoSchedule'], refused: ['no'] },
    { field: 'driver', accepted: [{ version: '7.1' }] },
    {
      field: 'tags.0.key',
      at: 'tags[0].key',
      accepted: ['CostCenter', 'a b', '_.:=+-@', '成本中心', 'größe9', longKey, 'my_sys_', 'System', 'CCE-x'],
      refused: [undefined, '', ' a', 'a ', 'a/b', 'a,b', 'a\tb', 'sys', 'sysadmin', '_sys_x', `${longKey}k`],
    },
    {
      field: 'tags.0.value',
      at: 'tags[0].value',
      accepted: ['4711', '', 'x@y', 'sysadmin', longValue],
      refused: [undefined, ' a', 'a ', 'a#', `${longValue}v`, 1],
    },
  ]);
});

test('a wrong tag is named once', () => {
  const tags = [{ key: 'sysadmin', value: 'v' }];
  const { error } = BatchUpdateNodesParameters.safeParse({ action: 'createTags', tags });
  expect(error?.issues.map(({ path }) => path)).toEqual([['tags', 0, 'key']]);
});

describe('batch-update, deleteTags', () => {
  const tags = [{ key: 'Env', value: 'prod' }];
  constraints(BatchUpdateNodesRequest, { nodeNames: ['a'], action: 'deleteTags', tags }, [
    // A tag goes by its key and its value: one of several values may be the one that is there.
    { field: 'tags', accepted: [[...tags, { key: 'Env', value: 'test' }]] },
    { field: 'tags', at: 'tags[1].key', refused: [[...tags, ...tags]], says: 'is given twice: Env' },
  ]);
});

describe('batch-migrate', () => {
  constraints(BatchMigrateNodesRequest, migratePage.request, [
    { field: 'migrateNodeNames', refused: [undefined, []] },
    { field: 'fromClusterName', refused: [undefined, ''] },
    { field: 'toClusterName', refused: [undefined, ''] },
    { field: 'toPoolName', accepted: [undefined], refused: [''] },
    { field: 'resourceSpec', refused: [undefined], says: 'mandatory if nodes go to another pool' },
    { field: 'resourceSpec.flavor', refused: [undefined, ''] },
    { field: 'resourceSpec.nodePool', accepted: ['np-1'], refused: [''] },
    {
      field: 'resourceSpec.creatingStep',
      accepted: [undefined, { step: 16, type: 'hyperinstance' }, { step: 1, type: 'rack' }],
    },
    {
      field: 'resourceSpec.creatingStep',
      at: 'resourceSpec.creatingStep.step',
      refused: [
        {},
        { type: 'hyperinstance' },
        ...[0, -1, 1.5, '16'].map((step) => ({ step, type: 'hyperinstance' })),
      ],
    },
    {
      field: 'resourceSpec.creatingStep',
      at: 'resourceSpec.creatingStep.type',
      refused: [{}, { step: 16 }, { step: 16, type: 'cabinet' }],
    },
    { field: 'resourceSpec.labels', accepted: [{}, { 'a.b/c_d': '' }] },
    { field: 'resourceSpec.labels', at: 'resourceSpec.labels["any key"]', refused: [{ 'any key': 'v' }] },
    { field: 'resourceSpec.labels', at: 'resourceSpec.labels.k', refused: [{ k: 'any value' }] },
    { field: 'resourceSpec.labels', refused: ['team', ['team']] },
    { field: 'resourceSpec.labels.team', refused: [1, {}] },
    {
      field: 'resourceSpec.taints',
      accepted: [
        [{ key: 'a', effect: 'NoSchedule' }],
        [{ key: 'x.y/a', value: 'b', effect: 'NoExecute' }],
        [{ key: 'a', effect: 'PreferNoSchedule' }],
      ],
    },
    {
      field: 'resourceSpec.taints',
      at: 'resourceSpec.taints[0].effect',
      refused: [[{ key: 'a' }], [{ key: 'a', effect: 1 }], [{ key: 'a', effect: 'Evict' }]],
    },
    {
      field: 'resourceSpec.taints',
      at: 'resourceSpec.taints[0].key',
      refused: [[{ effect: 'NoSchedule' }], [{ key: 'a b', effect: 'NoSchedule' }]],
    },
    {
      field: 'resourceSpec.taints',
      at: 'resourceSpec.taints[0].value',
      refused: [[{ key: 'a', value: '-', effect: 'NoSchedule' }]],
    },
    {
      field: 'resourceSpec.tags',
      accepted: [
        [{ key: 'my-CCE-', value: '' }],
        [
          { key: 'a', value: '1' },
          { key: 'A', value: '1' },
        ],
      ],
    },
    {
      field: 'resourceSpec.tags',
      at: 'resourceSpec.tags[1].key',
      refused: [
        [
          { key: 'a', value: '1' },
          { key: 'a', value: '2' },
        ],
      ],
    },
    {
      field: 'resourceSpec.tags',
      at: 'resourceSpec.tags[0].key',
      refused: [
        [{ key: 'CCE-x', value: 'v' }],
        [{ key: '__type_baremetal', value: 'v' }],
        [{ key: '', value: 'v' }],
        [{ value: 'v' }],
      ],
    },
    { field: 'resourceSpec.tags', at: 'resourceSpec.tags[0].value', refused: [[{ key: 'k' }]] },
    { field: 'resourceSpec.network.vpc', accepted: ['277e9abc'], refused: [''] },
    { field: 'resourceSpec.network.subnet', accepted: ['03796378'], refused: [''] },
    { field: 'resourceSpec.network.securityGroups', accepted: [[], ['sg']], refused: ['sg'] },
    { field: 'resourceSpec.rootVolume', accepted: [{ volumeType: 'GPSSD', size: '50' }] },
    { field: 'resourceSpec.rootVolume', accepted: [{ volumeType: 'SAS', size: '0050' }] },
    {
      field: 'resourceSpec.rootVolume',
      at: 'resourceSpec.rootVolume.volumeType',
      refused: [{ volumeType: 'HDD', size: '50' }],
    },
    {
      field: 'resourceSpec.rootVolume',
      at: 'resourceSpec.rootVolume.size',
      refused: [
        { volumeType: 'SSD' },
        ...[50, '', '0', '50GB', '-1'].map((size) => ({ volumeType: 'SSD', size })),
      ],
    },
    {
      field: 'resourceSpec.extendParams.dockerBaseSize',
      accepted: ['0', '50', '99', '499', '500'],
      refused: ['49', '501', '050', '', 50],
    },
    {
      field: 'resourceSpec.extendParams.postInstall',
      accepted: ['ZWNobyBoaQ=='],
      refused: ['echo hi', 'ZWNobyBoaQ', '===='],
    },
    { field: 'resourceSpec.extendParams.runtime', accepted: ['docker', 'containerd'], refused: ['podman'] },
    ...['labelPolicyOnExistingNodes', 'taintPolicyOnExistingNodes', 'tagPolicyOnExistingNodes'].map(
      (policy) => ({
        field: `resourceSpec.extendParams.${policy}`,
        accepted: ['refresh', 'ignore'],
        refused: ['update', true],
      }),
    ),
    { field: 'resourceSpec.extendParams.XParameterPlaneSubnet', accepted: ['subnet-1'], refused: [''] },
    {
      field: 'resourceSpec.extendParams.nodePoolName',
      accepted: ['a1', 'np-1', 'default', `a${'b'.repeat(49)}`],
      refused: ['a', '1a', 'A1', 'np_1', 'np-', 'x-default', `a${'b'.repeat(50)}`],
    },
  ]);

  test('needs no resourceSpec where the nodes stay in their pool', () => {
    const stay = { migrateNodeNames: ['a'], fromClusterName: 'c', toClusterName: 'c' };
    expect(refusal(BatchMigrateNodesRequest, stay)).toBeUndefined();
    expect(refusal(BatchMigrateNodesRequest, { ...stay, toClusterName: 'd' })).toContain(
      'resourceSpec: is mandatory',
    );
    expect(refusal(BatchMigrateNodesRequest, { ...stay, toPoolName: 'p' })).toContain(
      'resourceSpec: is mandatory',
    );
  });

  test('the plane subnet must not be the subnet of the nodes', () => {
    const spec = { flavor: 'f', network: { subnet: 's' }, extendParams: { XParameterPlaneSubnet: 's' } };
    expect(refusal(BatchMigrateNodesRequest, { ...migratePage.request, resourceSpec: spec })).toContain(
      'resourceSpec.extendParams.XParameterPlaneSubnet: must not be the subnet',
    );
  });
});

const dataVolume = (volumeGroup: string) => ({
  volumeType: 'SSD',
  size: '100',
  count: 2,
  extendParams: { volumeGroup },
});

const migrationWith = (volumeGroup: string, volumeGroupConfigs: unknown) => ({
  ...migratePage.request,
  resourceSpec: { flavor: 'f', dataVolumes: [dataVolume(volumeGroup)], volumeGroupConfigs },
});

/** The objections to a migration with one data disk and a matching configuration. */
const saidOfVolume = (volumeGroup: string, config: object) =>
  refusal(BatchMigrateNodesRequest, migrationWith(volumeGroup, [{ volumeGroup, ...config }]));

describe('data volumes of a migration', () => {
  test.each([
    'vgpaas',
    'default',
    'vguser',
    'vguser1',
    'vguser23',
    'vguser-data',
    'vg-everest-localvolume-persistent',
    'vg-everest-localvolume-ephemeral',
  ])('the disk group %s is one', (group) => expect(saidOfVolume(group, {})).toBeUndefined());
  test.each(['vgpaas1', 'Default', 'vgusr1', 'vg-everest', ''])('the disk group "%s" is none', (group) =>
    expect(saidOfVolume(group, {})).toContain(
      'resourceSpec.dataVolumes[0].extendParams.volumeGroup: must be vgpaas',
    ),
  );

  test('a container disk share is a percentage, and of vgpaas only', () => {
    for (const dockerThinPool of [0, 1, 90, 100])
      expect(saidOfVolume('vgpaas', { dockerThinPool })).toBeUndefined();
    for (const dockerThinPool of [-1, 101, 1.5, '90']) {
      expect(saidOfVolume('vgpaas', { dockerThinPool })).toContain('volumeGroupConfigs[0].dockerThinPool: ');
    }
    expect(saidOfVolume('default', { dockerThinPool: 90 })).toContain(
      'resourceSpec.volumeGroupConfigs[0].dockerThinPool: is allowed only if volumeGroup is vgpaas',
    );
  });

  test.each(['/data', '/a.b/c-d_e', '/data/', '/', undefined])('a mount path may be %j', (path) => {
    expect(saidOfVolume('vguser1', { lvmConfig: { lvType: 'striped', path } })).toBeUndefined();
  });
  test.each(['vgpaas', 'default', 'vg-everest-localvolume-persistent'])(
    'no mount path for a disk of %s',
    (group) => {
      expect(saidOfVolume(group, { lvmConfig: { lvType: 'linear', path: '/data' } })).toContain(
        'resourceSpec.volumeGroupConfigs[0].lvmConfig.path: takes effect only for a disk that is mounted to a path',
      );
    },
  );
  test.each(['data', '/a b', '', '/a$'])('a mount path may not be %j', (path) => {
    expect(saidOfVolume('vguser1', { lvmConfig: { lvType: 'linear', path } })).toContain('lvmConfig.path: ');
  });
  test.each([undefined, 'mirror'])('a write mode may not be %j', (lvType) => {
    expect(saidOfVolume('vguser1', { lvmConfig: { lvType } })).toContain('lvmConfig.lvType: ');
  });

  test.each([[[]], [['volume']], [['local']], [['volume', 'local']]])('storage types may be %j', (types) => {
    expect(saidOfVolume('vgpaas', { types })).toBeUndefined();
  });
  test.each([[['disk']], ['local']])('storage types may not be %j', (types) => {
    expect(saidOfVolume('vgpaas', { types })).toContain('volumeGroupConfigs[0].types');
  });

  test.each([
    [undefined, 'resourceSpec.volumeGroupConfigs: is mandatory with dataVolumes'],
    [[], 'volumeGroupConfigs: is mandatory'],
    [[{ volumeGroup: 'vguser1' }], 'volumeGroupConfigs[0].volumeGroup: must be one of dataVolumes: vgpaas'],
  ])('custom data disks need a configuration that refers to them: %j', (configs, says) => {
    expect(refusal(BatchMigrateNodesRequest, migrationWith('vgpaas', configs))).toContain(says);
  });
  test.each([[[{ volumeGroup: 'vgpaas' }]], [[{ volumeGroup: 'vgpaas', types: ['volume'] }]]])(
    'a configuration needs the data disks that it is for: %j',
    (volumeGroupConfigs) => {
      const resourceSpec = { flavor: 'f', volumeGroupConfigs };
      expect(refusal(BatchMigrateNodesRequest, { ...migratePage.request, resourceSpec })).toContain(
        'resourceSpec.volumeGroupConfigs[0].volumeGroup: must be one of dataVolumes, and there are none',
      );
    },
  );
  test('a configuration of local disks refers to none of them', () => {
    const configs = [{ volumeGroup: 'vguser1', types: ['local'] }];
    expect(refusal(BatchMigrateNodesRequest, migrationWith('vgpaas', configs))).toBeUndefined();
  });

  constraints(BatchMigrateNodesRequest, migrationWith('vgpaas', [{ volumeGroup: 'vgpaas' }]), [
    {
      field: 'resourceSpec.dataVolumes.0.count',
      at: 'resourceSpec.dataVolumes[0].count',
      accepted: [undefined, 1],
      refused: [0, -3, 1.5, '1'],
    },
    {
      field: 'resourceSpec.dataVolumes.0.size',
      at: 'resourceSpec.dataVolumes[0].size',
      refused: [undefined, 100],
    },
    {
      field: 'resourceSpec.dataVolumes.0.volumeType',
      at: 'resourceSpec.dataVolumes[0].volumeType',
      accepted: ['SAS'],
      refused: [undefined, 'sas'],
    },
    {
      field: 'resourceSpec.dataVolumes.0.extendParams',
      at: 'resourceSpec.dataVolumes[0].extendParams',
      refused: [undefined],
    },
  ]);
});

describe('node pool update', () => {
  constraints(PatchNodePoolRequest, patchPage.request, [
    { field: 'spec', refused: [undefined] },
    { field: 'spec.resources', refused: [undefined, []] },
    { field: 'spec.resources.flavor', refused: [undefined, ''] },
    { field: 'spec.resources.count', accepted: [0], refused: [undefined, -1, 1.5, '1'] },
    { field: 'spec.resources.maxCount', accepted: [1, 9], refused: [undefined, '1'] },
    { field: 'spec.resources.maxCount', refused: [0], says: 'must be at least count' },
    { field: 'spec.resources.nodePool', accepted: [undefined, 'np-1'], refused: [''] },
    { field: 'spec.resources.azs', accepted: [[{ az: 'cn-north-4a', count: 1 }]] },
    { field: 'spec.resources.azs', at: 'spec.resources.azs[0].az', refused: [[{ count: 1 }]] },
    {
      field: 'spec.resources.azs',
      at: 'spec.resources.azs[0].count',
      refused: [[{ az: 'a' }], [{ az: 'a', count: -1 }]],
    },
    { field: 'spec.resources.labels', accepted: [{ a: 'b' }], refused: [['a']] },
    { field: 'spec.resources.taints', accepted: [[], [{ key: 'a', effect: 'NoExecute' }]] },
    { field: 'spec.resources.tags', accepted: [[{ key: 'a', value: 'b' }]] },
    {
      field: 'spec.resources.tags',
      at: 'spec.resources.tags[0].key',
      refused: [[{ key: 'CCE-a', value: 'b' }]],
    },
    {
      field: 'spec.resources.extendParams',
      accepted: [{ dockerBaseSize: '0' }, { dockerBaseSize: '50', other: 'x' }],
    },
    // The range 50 to 500 is batch-migrate's: this page has none.
    { field: 'spec.resources.extendParams.dockerBaseSize', accepted: ['7', null], refused: [0, 'abc', '-1'] },
    { field: 'spec.resources.extendParams.other', refused: [1, {}] },
    {
      field: 'spec.resources.creatingStep',
      accepted: [
        { step: 2, type: 'rack' },
        { step: 2, type: 'hyperinstance' },
      ],
    },
    { field: 'spec.resources.os', accepted: [{}, { name: 'EulerOS', imageId: 'i', imageType: 'private' }] },
    { field: 'spec.resources.os.imageType', refused: ['public'] },
    // A merge patch: null takes away what may be absent, and nothing else.
    ...['labels', 'taints', 'tags', 'azs', 'network', 'extendParams', 'creatingStep', 'os'].map((field) => ({
      field: `spec.resources.${field}`,
      accepted: [null],
    })),
    { field: 'spec.resources.labels.old', accepted: [null, 'x'], refused: [7, 'a b'] },
    { field: 'spec.resources.network.subnet', accepted: [null], refused: [''] },
    ...['flavor', 'count', 'maxCount', 'nodePool'].map((field) => ({
      field: `spec.resources.${field}`,
      refused: [null],
    })),
  ]);
});

describe('unknown fields', () => {
  const objects: [string, z.ZodType, unknown, string][] = [
    ['batch-reset', BatchResetNodesRequest, resetPage.request, 'surprise'],
    ['batch-reset', BatchResetNodesRequest, resetPage.request, 'rollingConfig.surprise'],
    ['batch-reset', BatchResetNodesRequest, resetPage.request, 'nodeConfig.surprise'],
    ['batch-update', BatchUpdateNodesRequest, updatePage.request, 'surprise'],
    ['batch-update', BatchUpdateNodesRequest, updatePage.request, 'driver.surprise'],
    ['batch-migrate', BatchMigrateNodesRequest, migratePage.request, 'surprise'],
    ...['', 'creatingStep.', 'rootVolume.', 'network.', 'extendParams.'].map(
      (object): [string, z.ZodType, unknown, string] => [
        'batch-migrate',
        BatchMigrateNodesRequest,
        migratePage.request,
        `resourceSpec.${object}surprise`,
      ],
    ),
    ['update-node-pool', PatchNodePoolRequest, patchPage.request, 'surprise'],
    ...['', 'resources.', 'resources.network.', 'resources.creatingStep.', 'resources.os.'].map(
      (object): [string, z.ZodType, unknown, string] => [
        'update-node-pool',
        PatchNodePoolRequest,
        patchPage.request,
        `spec.${object}surprise`,
      ],
    ),
  ];
  test.each(objects)('%s refuses %4$s', (_, schema, base, field) => {
    expect(refusal(schema, changed(base, field, 1))).toMatch(/surprise: is unknown; the fields here are \w+/);
  });

  test('the message names what is allowed', () => {
    expect(refusal(BatchResetNodesRequest, changed(resetPage.request, 'rollingConfig.max', 1))).toBe(
      'rollingConfig.max: is unknown; the fields here are strategy, maxUnavailable',
    );
  });
});

describe('parameters, the requests less their nodes', () => {
  test('of a reset: nodeConfig may be left out', () => {
    const { nodeNames: _, nodeConfig, ...rest } = resetPage.request;
    expect(BatchResetNodesParameters.parse(rest)).toEqual({ ...rest, nodeConfig: {} });
    expect(BatchResetNodesParameters.parse({ ...rest, nodeConfig })).toEqual({ ...rest, nodeConfig });
    expect(refusal(BatchResetNodesParameters, resetPage.request)).toContain('nodeNames: is unknown');
  });

  test('of an update: the same rules between fields', () => {
    expect(refusal(BatchUpdateNodesParameters, { action: 'openHaRedundant' })).toBeUndefined();
    expect(refusal(BatchUpdateNodesParameters, { action: 'createTags' })).toContain('tags: is mandatory');
    // The page has no action for it: what a node would do is not known.
    expect(
      refusal(BatchUpdateNodesParameters, {
        action: 'createTags',
        tags: [{ key: 'Env', value: 'prod' }],
        driver: { version: '7.1', updateStrategy: 'force' },
      }),
    ).toContain('driver: is refused: the page Batch Updating Nodes has no action that upgrades a driver');
    // By the page, `true` isolates the node. The guards of tags do not expect that.
    for (const haRedundantEnable of [true, false]) {
      const body = { action: 'deleteTags', tags: [{ key: 'Env', value: 'prod' }], haRedundantEnable };
      expect(refusal(BatchUpdateNodesParameters, body)).toContain(
        'haRedundantEnable: is refused with deleteTags',
      );
    }
  });

  test('of a migration: clusters may be left out, resourceSpec not', () => {
    const { toPoolName, resourceSpec } = migratePage.request;
    expect(refusal(BatchMigrateNodesParameters, { toPoolName, resourceSpec })).toBeUndefined();
    expect(refusal(BatchMigrateNodesParameters, { toPoolName })).toContain('resourceSpec: is mandatory');
  });

  test('of a node pool: any part, but some part', () => {
    expect(refusal(PoolResourceChange, { count: 2, maxCount: 2 })).toBeUndefined();
    expect(refusal(PoolResourceChange, { count: 2, maxCount: 1 })).toContain(
      'maxCount: must be at least count',
    );
    expect(refusal(PoolResourceChange, {})).toBe('must change something');
  });
});
