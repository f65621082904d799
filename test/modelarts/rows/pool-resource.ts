import type { ResponseRow, ResponseTable } from './row.ts';

interface Numbers {
  readonly resource: number;
  readonly az?: number;
  readonly taint: number;
  readonly tag: number;
  readonly network: number;
  readonly creatingStep: number;
  readonly os: number;
}

/** The table PoolResource of an answer, and those below it: the same on two pages, but for their numbers and type names. */
export function poolResourceTables(page: {
  readonly exposed: string;
  readonly taintType: string;
  readonly tagType: string;
  readonly tables: Numbers;
}): ResponseTable[] {
  const { exposed, taintType, tagType, tables } = page;
  const table = (number: number, place: string, rows: readonly ResponseRow[]): ResponseTable => ({
    table: number,
    status: 200,
    at: ['spec.resources', place].filter(Boolean).join('.'),
    rows: rows.map((row) => ({ ...row, exposed: [exposed, place, row.field].filter(Boolean).join('.') })),
  });
  return [
    table(tables.resource, '', [
      { field: 'flavor', type: 'String', accepts: ['modelarts.vm.gpu.t4u8'] },
      { field: 'count', type: 'Integer', accepts: [0, 1, 2000] },
      { field: 'maxCount', type: 'Integer', accepts: [0, 1, 2000] },
      { field: 'azs', type: 'Array of PoolNodeAz objects', accepts: [[], [{ az: 'cn-north-7c', count: 1 }]] },
      { field: 'nodePool', type: 'String', accepts: ['nodePool-1'] },
      {
        field: 'taints',
        type: `Array of ${taintType} objects`,
        accepts: [[], [{ key: 'k', value: 'v', effect: 'NoSchedule' }]],
      },
      { field: 'labels', type: 'Map<String,String>', accepts: [{}, { team: 'llm' }] },
      { field: 'tags', type: `Array of ${tagType} objects`, accepts: [[], [{ key: 'k', value: 'v' }]] },
      { field: 'network', type: 'NodeNetwork object', accepts: [{}, { vpc: 'v' }] },
      { field: 'extendParams', type: 'Map<String,String>', accepts: [{}, { dockerBaseSize: '0' }] },
      {
        field: 'creatingStep',
        type: 'CreatingStep object',
        accepts: [{}, { step: 16, type: 'hyperinstance' }],
      },
      { field: 'os', type: 'Os object', accepts: [{}, { name: 'EulerOS' }] },
    ]),
    ...(tables.az === undefined ? [] : [table(tables.az, 'azs.0', azRows)]),
    table(tables.taint, 'taints.0', [
      { field: 'key', type: 'String', accepts: ['k'] },
      { field: 'value', type: 'String', accepts: ['v', ''] },
      { field: 'effect', type: 'String', accepts: ['NoSchedule', 'any'] },
    ]),
    table(tables.tag, 'tags.0', [
      { field: 'key', type: 'String', accepts: ['k', 'CCE-k'] },
      { field: 'value', type: 'String', accepts: ['v', ''] },
    ]),
    table(tables.network, 'network', [
      { field: 'vpc', type: 'String', accepts: ['277e9abc-0e6b-431a-9232-cfd25d5fc566'] },
      { field: 'subnet', type: 'String', accepts: ['03796378-c356-4c14-826b-e4913aa9c8b9'] },
      { field: 'securityGroups', type: 'Array of strings', accepts: [[], ['a', 'b']] },
    ]),
    table(tables.creatingStep, 'creatingStep', [
      { field: 'step', type: 'Integer', accepts: [1, 16] },
      {
        field: 'type',
        type: 'String',
        accepts: ['hyperinstance', 'rack', 'unheard-of'],
        source: 'docs/design/modelarts-api.md 10, row 12',
      },
    ]),
    table(tables.os, 'os', [
      { field: 'name', type: 'String', accepts: ['EulerOS 2.10'] },
      { field: 'imageId', type: 'String', accepts: ['3f2ee6e8-b19b-4683-8c9d-c10b197d51d6'] },
      { field: 'imageType', type: 'String', accepts: ['private', 'unheard-of'] },
    ]),
  ];
}

export const azRows: readonly ResponseRow[] = [
  { field: 'az', type: 'String', accepts: ['cn-north-7c'] },
  { field: 'count', type: 'Integer', accepts: [0, 1] },
];
