import type { RequestRow } from './row.ts';

const kubernetes = 'the syntax of a Kubernetes label';
const name63 = 'n'.repeat(63);
const labelKeys = [
  'k',
  'Team',
  'a.b/c',
  'node-role.kubernetes.io/x_y.z',
  name63,
  `${'p'.repeat(63)}.io/${name63}`,
];
const notLabelKeys = [
  'a b',
  '/a',
  'a/',
  'a/b/c',
  'A.b/c',
  'a..b/c',
  '-a',
  'a-',
  '_a',
  `${name63}n`,
  `${'p.'.repeat(127)}/a`,
];
const labelValues = ['v', '', 'A.b_c-9', name63];
const notLabelValues = ['a b', '-v', 'v-', 'ü', `${name63}n`];

/** Field `labels` of the tables MigrateResourceSpec and PoolResource. */
export const labelsRow: RequestRow = {
  field: 'labels',
  mandatory: false,
  type: 'Map<String,String>',
  constraint: kubernetes,
  accepts: [
    {},
    { team: 'llm', 'a.b/c': '' },
    ...labelKeys.map((key) => ({ [key]: 'v' })),
    ...labelValues.map((value) => ({ team: value })),
  ],
  refuses: [
    ...['', ...notLabelKeys].map((key) => ({ [key]: 'v' })),
    ...notLabelValues.map((value) => ({ team: value })),
  ],
};

/** Lists of taints that are refused as a whole: Kubernetes takes one for each key and effect. */
export const notTaints = [
  [{}],
  [
    { key: 'k', value: 'a', effect: 'NoSchedule' },
    { key: 'k', value: 'b', effect: 'NoSchedule' },
  ],
];

/** Two effects of one key are two taints. */
export const taintsOfOneKey = [
  { key: 'k', effect: 'NoSchedule' },
  { key: 'k', effect: 'NoExecute' },
];

/** Lists of tags that are refused as a whole. */
export const notUserTags = [
  [{}],
  [
    { key: 'k', value: 'a' },
    { key: 'k', value: 'b' },
  ],
];

/** Tables Taints and Taint. */
export const taintRows: readonly RequestRow[] = [
  {
    field: 'key',
    mandatory: true,
    type: 'String',
    constraint: kubernetes,
    accepts: labelKeys,
    refuses: ['', ...notLabelKeys],
  },
  {
    field: 'value',
    mandatory: false,
    type: 'String',
    constraint: kubernetes,
    accepts: labelValues,
    refuses: notLabelValues,
  },
  {
    field: 'effect',
    mandatory: true,
    type: 'String',
    constraint: 'the effects that Kubernetes knows',
    accepts: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'],
    refuses: ['', 'Evict', 'noschedule'],
  },
];

/** Tables UserTags and UserTag. */
export const userTagRows: readonly RequestRow[] = [
  {
    field: 'key',
    mandatory: true,
    type: 'String',
    constraint: 'neither CCE- nor __type_baremetal at the start',
    accepts: [
      'CostCenter',
      'my-CCE-',
      'cce-x',
      'CCE',
      'x__type_baremetal',
      'a/b',
      'sysadmin',
      'k'.repeat(128),
    ],
    refuses: ['', 'CCE-', 'CCE-x', '__type_baremetal', '__type_baremetal_x', 'k'.repeat(129)],
    source: 'docs/design/modelarts-api.md 10, rows 9 and 11',
  },
  {
    field: 'value',
    mandatory: true,
    type: 'String',
    accepts: ['v', '', 'CCE-x', 'v'.repeat(255)],
    refuses: ['v'.repeat(256)],
    source: 'docs/design/modelarts-api.md 10, row 11',
  },
];

/** Table NodeNetwork. @param nullDeletes whether it is part of a merge patch */
export const networkRows = (nullDeletes: boolean): readonly RequestRow[] =>
  [
    { field: 'vpc', type: 'String', accepts: ['277e9abc-0e6b-431a-9232-cfd25d5fc566'] },
    { field: 'subnet', type: 'String', accepts: ['03796378-c356-4c14-826b-e4913aa9c8b9'] },
    { field: 'securityGroups', type: 'Array of strings', accepts: [[], ['a'], ['a', 'b']] },
  ].map((row) => ({ ...row, mandatory: false, ...(nullDeletes && { nullDeletes: true as const }) }));

/**
 * Table CreatingStep: `own` is the type that the page lists, `other` the one of the other pages.
 *
 * @param absence whether the object says nothing without both of its fields
 */
export const creatingStepRows = (
  own: string,
  other: string,
  absence?: { absence: 'refused'; source: string },
): readonly RequestRow[] => [
  {
    field: 'step',
    mandatory: false,
    type: 'Integer',
    constraint: 'a step of the flavor',
    accepts: [1, 2, 16, 384],
    refuses: [0, -1],
    ...absence,
  },
  {
    field: 'type',
    mandatory: false,
    type: 'String',
    range: [own],
    accepts: [other],
    refuses: ['', 'Rack', 'cabinet'],
    source: 'docs/design/modelarts-api.md 10, row 12',
    ...absence,
  },
];
