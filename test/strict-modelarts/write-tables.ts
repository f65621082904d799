import {
  boolean,
  type Check,
  integer,
  isObject,
  listOf,
  mandatory,
  mapOfTexts,
  names,
  oneOf,
  optional,
  table,
  text,
} from './fields.ts';

/** The tables of the requests that change something, batch-reset's apart. */

/** Letters of any language, digits, spaces and `_.:=+-@`, no space at either end (page); lengths of TMS (facts.md 10, row 11). */
const tagText = (longest: number, not = '(?!)') =>
  text(
    new RegExp(String.raw`^(?! )(?!.* $)(?!${not})[\p{L}\p{M}\p{N} _.:=+\-@]{0,${longest}}$`, 'u'),
    'a text for a tag',
  );

/** "Batch Updating Nodes", tables 2 to 4. */
const batchUpdate = table({
  nodeNames: mandatory(names),
  action: mandatory(oneOf('openHaRedundant', 'closeHaRedundant', 'createTags', 'deleteTags')),
  haRedundantEnable: optional(boolean),
  haRedundantEffect: optional(oneOf('NoSchedule', 'NoExecute')),
  driver: optional(table({ version: optional(text()), updateStrategy: optional(text()) })),
  tags: optional(
    listOf(table({ key: mandatory(tagText(128, 'sys|_sys_|$')), value: mandatory(tagText(255)) })),
  ),
});

const keysOf = (tags: unknown): unknown[] =>
  Array.isArray(tags) ? tags.map((tag) => isObject(tag) && tag['key']) : [];

export function batchUpdateFaults(body: unknown): string[] {
  const { action, tags, haRedundantEnable } = isObject(body) ? body : {};
  const aboutTags = action === 'createTags' || action === 'deleteTags';
  return [
    ...batchUpdate(body, ''),
    ...(action === 'createTags' && new Set(keysOf(tags)).size < keysOf(tags).length
      ? ['tags: has a key twice']
      : []),
    ...(aboutTags && !(Array.isArray(tags) && tags.length > 0) ? [`tags: ${action} has none`] : []),
    ...(haRedundantEnable !== undefined && haRedundantEnable !== (action === 'openHaRedundant')
      ? ['haRedundantEnable: does not agree with action']
      : []),
  ];
}

/** Kubernetes, "Labels and Selectors" and "Taints and Tolerations". */
const kubernetesKey = /^([a-z0-9]([a-z0-9-.]*[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;
const kubernetesValue = /^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/;
const taint = table({
  key: mandatory(text(kubernetesKey, 'a key of a label')),
  value: optional(text(kubernetesValue, 'a value of a label')),
  effect: mandatory(oneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute')),
});
const labels =
  (options?: { orNull: boolean }): Check =>
  (value, at) => [
    ...mapOfTexts(options)(value, at),
    ...Object.entries(isObject(value) ? value : {}).flatMap(([key, each]) => [
      ...text(kubernetesKey, 'a key of a label')(key, `${at}.${key}`),
      ...(typeof each === 'string' ? text(kubernetesValue, 'a value of a label')(each, `${at}.${key}`) : []),
    ]),
  ];
/** No key may be there twice. */
const tagsOf =
  (tag: Check): Check =>
  (value, at) => [
    ...listOf(tag)(value, at),
    ...(Array.isArray(value) && new Set(keysOf(value)).size < value.length ? [`${at}: has a key twice`] : []),
  ];
const userTag = table({
  key: mandatory(text(/^(?!CCE-|__type_baremetal)./s, 'a key of a UserTag')),
  value: mandatory(text()),
});
const network = (options?: { orNull: boolean }) =>
  table(
    { vpc: optional(text()), subnet: optional(text()), securityGroups: optional(listOf(text())) },
    options,
  );
const volumeType = mandatory(oneOf('SSD', 'GPSSD', 'SAS'));
/** "Disk size, in GiB", a string. */
const size = mandatory(text(/^0*[1-9]\d*$/, 'a number in a string'));

/** "Migrating Nodes in Batches", table 3 and those below it. */
const migrateResourceSpec = table({
  flavor: mandatory(text()),
  creatingStep: optional(table({ step: mandatory(integer(1)), type: mandatory(oneOf('hyperinstance')) })),
  nodePool: optional(text()),
  rootVolume: optional(table({ volumeType, size })),
  dataVolumes: optional(
    listOf(
      table({
        volumeType,
        size,
        count: optional(integer(1)),
        extendParams: mandatory(
          table({
            volumeGroup: mandatory(
              text(
                /^(vgpaas|default|vguser.*|vg-everest-localvolume-(persistent|ephemeral))$/,
                'a name of a disk group',
              ),
            ),
          }),
        ),
      }),
    ),
  ),
  volumeGroupConfigs: optional(
    listOf(
      table({
        volumeGroup: mandatory(text()),
        dockerThinPool: optional(integer()),
        lvmConfig: optional(
          table({ lvType: mandatory(oneOf('linear', 'striped')), path: optional(text(/^\/[\w.\-/]*$/)) }),
        ),
        types: optional(listOf(oneOf('volume', 'local'))),
      }),
    ),
  ),
  labels: optional(labels()),
  taints: optional(listOf(taint)),
  tags: optional(tagsOf(userTag)),
  network: optional(network()),
  extendParams: optional(
    table({
      dockerBaseSize: optional(text(/^(0|[5-9]\d|[1-4]\d\d|500)$/, '0, or 50 to 500')),
      postInstall: optional(
        text(/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, 'in base64'),
      ),
      runtime: optional(oneOf('docker', 'containerd')),
      labelPolicyOnExistingNodes: optional(oneOf('refresh', 'ignore')),
      taintPolicyOnExistingNodes: optional(oneOf('refresh', 'ignore')),
      tagPolicyOnExistingNodes: optional(oneOf('refresh', 'ignore')),
      XParameterPlaneSubnet: optional(text()),
      nodePoolName: optional(text(/^[a-z](?!.*-default$)[a-z0-9-]{0,48}[a-z0-9]$/, 'a name of a node pool')),
    }),
  ),
});

/** Tables 8 and 9: a configuration is for one of the data disks or for local ones, and a path only for one of the user's. */
function diskFaults({ dataVolumes, volumeGroupConfigs }: Record<string, unknown>): string[] {
  const groups = objectsIn(dataVolumes).map(({ extendParams }) =>
    isObject(extendParams) ? extendParams['volumeGroup'] : undefined,
  );
  const at = 'resourceSpec.volumeGroupConfigs';
  return [
    ...(groups.length > 0 && objectsIn(volumeGroupConfigs).length === 0 ? [`${at}: is mandatory`] : []),
    ...objectsIn(volumeGroupConfigs).flatMap(({ volumeGroup, lvmConfig, types }, index) => [
      ...(groups.includes(volumeGroup) || (Array.isArray(types) && types.includes('local'))
        ? []
        : [`${at}[${index}].volumeGroup: is none of dataVolumes`]),
      ...(isObject(lvmConfig) && 'path' in lvmConfig && !String(volumeGroup).startsWith('vguser')
        ? [`${at}[${index}].lvmConfig.path: takes effect only in user configuration`]
        : []),
    ]),
  ];
}

function objectsIn(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Table 2. `migrateNodeNames` is not mandatory there; a call without it is never meant (facts.md 10, row 21). */
const batchMigrate = table({
  migrateNodeNames: mandatory(names),
  fromClusterName: mandatory(text(/./)),
  toClusterName: mandatory(text(/./)),
  toPoolName: optional(text(/./)),
  resourceSpec: optional(migrateResourceSpec),
});

export function batchMigrateFaults(body: unknown, poolId: string): string[] {
  const { toPoolName = poolId, resourceSpec } = isObject(body) ? body : {};
  return [
    ...batchMigrate(body, ''),
    ...diskFaults(isObject(resourceSpec) ? resourceSpec : {}),
    ...(toPoolName !== poolId && resourceSpec === undefined
      ? ['resourceSpec: is mandatory when a node is migrated across resource pools']
      : []),
  ];
}

/** "The value 0 indicates that the size is not limited." */
const extendParams: Check = (value, at) => [
  ...mapOfTexts({ orNull: true })(value, at),
  ...(isObject(value) && typeof value['dockerBaseSize'] === 'string'
    ? text(/^\d+$/, 'a size')(value['dockerBaseSize'], `${at}.dockerBaseSize`)
    : []),
];

/** "Updating a Node Pool", tables 3 to 11. The type of creatingStep is `rack` there and `hyperinstance` elsewhere. */
const orNull = { orNull: true };
const nodePoolPatch = table({
  spec: mandatory(
    table({
      resources: mandatory(
        table(
          {
            flavor: mandatory(text(/./)),
            count: mandatory(integer()),
            maxCount: mandatory(integer()),
            azs: optional(listOf(table({ az: mandatory(text()), count: mandatory(integer()) }))),
            nodePool: optional(text()),
            taints: optional(listOf(taint)),
            labels: optional(labels(orNull)),
            tags: optional(tagsOf(userTag)),
            network: optional(network(orNull)),
            extendParams: optional(extendParams),
            creatingStep: optional(
              table({ step: optional(integer(1)), type: optional(oneOf('rack', 'hyperinstance')) }),
            ),
            os: optional(
              table({
                name: optional(text()),
                imageId: optional(text()),
                imageType: optional(oneOf('private')),
              }),
            ),
          },
          orNull,
        ),
      ),
    }),
  ),
});

export const nodePoolPatchFaults = (body: unknown): string[] => (nodePoolPatch satisfies Check)(body, '');
