import { errorRows, poolNameRow, projectIdRow } from './recurring.ts';
import type { PageRows } from './row.ts';

const tag = { key: 'Env', value: 'prod' };
const tagged = { action: 'createTags', tags: [tag] };

export const batchUpdateNodesRows: PageRows = {
  page: 'batch-update-nodes',
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
          accepts: [['os-node-created-xzz78'], ['a', 'b']],
          refuses: [[], ['']],
          source: 'a call about no node, or one without a name, is never made',
        },
        {
          field: 'action',
          mandatory: true,
          type: 'String',
          range: ['openHaRedundant', 'closeHaRedundant'],
          accepts: [],
          refuses: ['openharedundant', 'upgradeDriver', 'true', ''],
          where: [{ given: { tags: [tag] }, accepts: ['createTags', 'deleteTags'], refuses: ['setTags'] }],
        },
        {
          field: 'haRedundantEnable',
          mandatory: false,
          type: 'Boolean',
          constraint: 'true enables HA redundancy, as openHaRedundant does',
          accepts: [true],
          refuses: [false],
          where: [
            { given: { action: 'closeHaRedundant' }, accepts: [undefined, false], refuses: [true] },
            { given: tagged, accepts: [undefined], refuses: [true, false] },
          ],
          source: 'docs/design/modelarts-api.md 10, row 7',
        },
        {
          field: 'haRedundantEffect',
          mandatory: false,
          type: 'String',
          range: ['NoSchedule', 'NoExecute'],
          accepts: [],
          refuses: ['PreferNoSchedule', 'noSchedule', ''],
          where: [{ given: tagged, accepts: ['NoSchedule'], refuses: ['None'] }],
        },
        {
          field: 'driver',
          mandatory: false,
          type: 'NodeDriver object',
          notInCommands: 'the page has no action that upgrades a driver',
          accepts: [{}, { version: '7.1.0.7.220-23.0.5', updateStrategy: 'force' }],
          refuses: [{ version: 7 }],
          where: [{ given: tagged, accepts: [{ version: '7.1' }] }],
        },
        {
          field: 'tags',
          mandatory: false,
          type: 'Array of NodeTag objects',
          constraint: 'the tags to be created or deleted',
          accepts: [[], [tag]],
          refuses: [[{ key: 'Env' }], [{ value: 'prod' }]],
          where: [
            {
              given: { action: 'createTags' },
              accepts: [[tag], [tag, { key: 'Cost Center', value: '' }]],
              refuses: [undefined, [], [tag, { ...tag, value: 'test' }]],
            },
            { given: { action: 'deleteTags' }, accepts: [[tag]], refuses: [undefined, [], [{ key: 'Env' }]] },
          ],
          source: 'docs/design/modelarts-api.md 8 and 10, row 10',
        },
      ],
    },
    {
      table: 3,
      at: 'driver',
      within: { driver: {} },
      rows: [
        {
          field: 'version',
          mandatory: false,
          type: 'String',
          accepts: ['7.1.0.7.220-23.0.5'],
          notInCommands: 'as the driver',
        },
        {
          field: 'updateStrategy',
          mandatory: false,
          type: 'String',
          accepts: ['force', 'idle'],
          notInCommands: 'as the driver',
        },
      ],
    },
    {
      table: 4,
      at: 'tags.0',
      within: tagged,
      rows: [
        {
          field: 'key',
          mandatory: true,
          type: 'String',
          constraint: 'letters, digits, spaces and _.:=+-@; no space at either end; not sys at the start',
          accepts: [
            'CostCenter',
            'a b',
            '_.:=+-@',
            '成本中心',
            'größe9',
            'my_sys_',
            'CCE-x',
            'k'.repeat(128),
          ],
          refuses: [
            '',
            ' a',
            'a ',
            'a/b',
            'a,b',
            'a\tb',
            'a\n',
            'a*',
            'sys',
            'sysadmin',
            '_sys_x',
            'k'.repeat(129),
          ],
          source: 'docs/design/modelarts-api.md 10, rows 9 and 11',
        },
        {
          field: 'value',
          mandatory: true,
          type: 'String',
          constraint: 'letters, digits, spaces and _.:=+-@; no space at either end',
          accepts: ['4711', 'a b', '_.:=+-@', '生产', 'sysadmin', '', 'v'.repeat(255)],
          refuses: [' a', 'a ', ' ', 'a#', 'a/b', 'a\n', 'v'.repeat(256)],
          source: 'docs/design/modelarts-api.md 10, row 11',
        },
      ],
    },
  ],
  response: [
    {
      table: 5,
      status: 200,
      at: '',
      within: { successNodeNames: [] },
      rows: [
        {
          field: 'successNodeNames',
          type: 'Array of strings',
          accepts: [['a', 'b'], [], [{ name: 'a', status: 'success' }]],
          exposed: 'succeeded',
          as: (names: readonly (string | { name: string })[]) =>
            names.map((named) => (typeof named === 'string' ? named : named.name)),
          source: 'docs/design/modelarts-api.md 10, row 4: the example has objects',
        },
        {
          field: 'failNodeNames',
          type: 'Array of strings',
          accepts: [['a', 'b'], []],
          exposed: 'failed',
          as: (names: readonly string[]) => names.map((name) => ({ name })),
        },
      ],
    },
    { table: 6, status: 404, at: '', rows: errorRows },
  ],
};
