import type { RequestRow } from './row.ts';

/** Tables Taints and Taint. */
export const taintRows: readonly RequestRow[] = [
  { field: 'key', mandatory: true, type: 'String', accepts: ['k', 'a.b/c', 'a b'], refuses: [''] },
  { field: 'value', mandatory: false, type: 'String', accepts: ['v', ''] },
  {
    field: 'effect',
    mandatory: true,
    type: 'String',
    accepts: ['NoSchedule', 'PreferNoSchedule', 'NoExecute', 'Evict'],
    refuses: [''],
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
    source: 'docs/modelarts-api.md 10, rows 9 and 11',
  },
  {
    field: 'value',
    mandatory: true,
    type: 'String',
    accepts: ['v', '', 'CCE-x', 'v'.repeat(255)],
    refuses: ['v'.repeat(256)],
    source: 'docs/modelarts-api.md 10, row 11',
  },
];

/** Table NodeNetwork. */
export const networkRows: readonly RequestRow[] = [
  { field: 'vpc', mandatory: false, type: 'String', accepts: ['277e9abc-0e6b-431a-9232-cfd25d5fc566'] },
  { field: 'subnet', mandatory: false, type: 'String', accepts: ['03796378-c356-4c14-826b-e4913aa9c8b9'] },
  { field: 'securityGroups', mandatory: false, type: 'Array of strings', accepts: [[], ['a'], ['a', 'b']] },
];

/** Table CreatingStep: `own` is the type that the page lists, `other` the one of the other pages. */
export const creatingStepRows = (own: string, other: string): readonly RequestRow[] => [
  { field: 'step', mandatory: false, type: 'Integer', accepts: [0, 1, 2, 16, 384] },
  {
    field: 'type',
    mandatory: false,
    type: 'String',
    range: [own],
    accepts: [other],
    refuses: ['', 'Rack', 'cabinet'],
    source: 'docs/modelarts-api.md 10, row 12',
  },
];
