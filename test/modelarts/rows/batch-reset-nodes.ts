import { errorRows, jobIdRows, poolNameRow, projectIdRow } from './recurring.ts';
import type { PageRows } from './row.ts';

export const batchResetNodesRows: PageRows = {
  page: 'batch-reset-nodes',
  path: [projectIdRow, poolNameRow],
  request: [
    {
      table: 2,
      at: '',
      rows: [
        {
          field: 'nodeNames',
          mandatory: true,
          type: 'Array of strings',
          accepts: [['os-node-created-lv29s'], ['a', 'b', 'c']],
          refuses: [[], ['a', '']],
          source: 'a call about no node, or one without a name, is never made',
        },
        {
          field: 'rollingConfig',
          mandatory: true,
          type: 'rollingConfig object',
          accepts: [{ strategy: 'RollingByNumber', maxUnavailable: 10 }],
          refuses: [{}],
          filledIn: true,
        },
        {
          field: 'nodeConfig',
          mandatory: true,
          type: 'Object',
          accepts: [
            {},
            { os: 'EulerOS 2.10', name: 'EulerOS', imageId: 'i', imageType: 'public', runtime: 'docker' },
          ],
          refuses: [{ surprise: 1 }, { runtime: 'podman' }, { imageId: 7 }],
          filledIn: true,
          source: 'docs/design/modelarts-api.md 10, row 1',
        },
      ],
    },
    {
      table: 3,
      at: 'rollingConfig',
      rows: [
        {
          field: 'strategy',
          mandatory: true,
          type: 'String',
          range: ['RollingByNumber', 'RollingByPercent'],
          accepts: [],
          refuses: ['rollingByNumber', 'RollingByCount', ''],
        },
        {
          field: 'maxUnavailable',
          mandatory: true,
          type: 'Integer',
          constraint: 'nodes, or percent of them, at the same time',
          accepts: [1, 10],
          refuses: [0, -1],
          where: [
            { given: { 'rollingConfig.strategy': 'RollingByNumber' }, accepts: [1, 101, 5000], refuses: [0] },
            { given: { 'rollingConfig.strategy': 'RollingByPercent' }, accepts: [1, 100], refuses: [0, 101] },
          ],
          source: 'docs/design/modelarts-api.md 10, row 2',
        },
      ],
    },
  ],
  response: [
    { table: 4, status: 200, at: '', rows: jobIdRows },
    { table: 5, status: 404, at: '', rows: errorRows },
  ],
};
