import { expect, test } from 'vitest';
import { parseRules } from '#lib/rules/parse/parse';
import { rulesChanges } from '#local/rules-changes/changes';

const rule = (name: string, more: object = {}) => ({
  name,
  when: { labels: { alertname: name } },
  node: { from: 'labels.instance' },
  pool: 'train-a',
  ladder: [{ 'reset-nodes': {} }],
  ...more,
});

const file = (more: object = {}) => ({
  pools: { 'train-a': { id: 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036' } },
  rules: [rule('a'), rule('b'), rule('c', { mode: 'act' })],
  ...more,
});

const compiled = (content: object) => parseRules(JSON.stringify(content), 'poolkeeper.yml');

const changed = (before: object, after: object) =>
  rulesChanges(compiled(before), compiled(after)).map(({ text, acts }) => (acts ? `! ${text}` : text));

const reset = { 'reset-nodes': {} };
const mark = { 'update-nodes': { action: 'createTags', tags: [{ key: 'Inspect', value: 'npu' }] } };
const spare = { spare: { id: 'pool-77aa-6f5da086876d4cd084d36f8bd3346036' } };
const notice = { kind: 'webhook', url: 'https://chat.example.com/hooks/a-secret-path' };
const nightly = {
  name: 'nightly',
  cron: '0 20 * * ? *',
  'update-node-pool': { pool: 'train-a', nodePool: 'np-1', resources: { count: 2, maxCount: 2 } },
};
const tagged = { name: 'tagged', pool: 'train-a', require: { Env: 'prod' } };

test.each<[string, object, object, string[]]>([
  ['the same rules', file(), file(), []],
  [
    'rules that act now, before everything else',
    file(),
    file({
      polling: { every: '1m' },
      rules: [
        rule('a', { mode: 'act' }),
        rule('b', { mode: 'act' }),
        rule('c', { mode: 'act', cooldown: '2h' }),
      ],
    }),
    ['! 2 rules now act: a and b', 'rule c: cooldown from 1 h to 2 h', 'polling.every from 30 s to 1 min'],
  ],
  [
    'rules that are new, gone, or more cautious',
    file(),
    file({ rules: [rule('c'), rule('d'), rule('e', { mode: 'act' }), rule('f', { mode: 'approve' })] }),
    [
      '! 1 rule is new, and acts: e',
      '1 rule is new, and waits for a person: f',
      '1 rule is new, and only observes: d',
      '1 rule now only observes: c',
      '2 rules are gone: a and b',
    ],
  ],
  [
    'a rule that waits for a person instead',
    file(),
    file({ rules: [rule('a', { mode: 'approve' }), rule('b'), rule('c', { mode: 'approve' })] }),
    ['2 rules now wait for a person: a and c'],
  ],
  [
    'the order of rules',
    file(),
    file({ rules: [rule('b'), rule('a'), rule('c', { mode: 'act' })] }),
    ['the order of the rules has changed: the first one that matches takes the alert'],
  ],
  [
    'a longer ladder of a rule that acts',
    file(),
    file({
      pools: { ...file().pools, ...spare },
      rules: [rule('a'), rule('b'), rule('c', { mode: 'act', ladder: [mark, reset] })],
    }),
    [
      '! 1 rule now acts in more steps: c',
      'rule c: ladder from reset-nodes to update-nodes and reset-nodes',
      '1 pool is new: spare',
    ],
  ],
  [
    'a rung that waits for a person',
    file({
      rules: [rule('c', { mode: 'act', ladder: [reset, { notify: {} }, { ...reset, mode: 'approve' }] })],
    }),
    file({ rules: [rule('c', { mode: 'act', ladder: [reset, { notify: {} }, reset] })] }),
    ['! 1 rule now acts in more steps: c', 'rule c: ladder[2].mode from approve to none'],
  ],
  [
    'conditions',
    file(),
    file({
      rules: [
        rule('a', { when: { labels: { alertname: 'NT_*' }, severity: 'critical' } }),
        rule('b'),
        rule('c', { mode: 'act' }),
      ],
    }),
    ['rule a: when.labels.alertname from a to NT_*; when.severity from none to critical'],
  ],
  [
    'the numbers of a pool',
    file({ pools: { 'train-a': { ...file().pools['train-a'], budget: { maxUnavailable: 2 } } } }),
    file({
      pools: {
        'train-a': {
          ...file().pools['train-a'],
          budget: { maxUnavailable: 4, perDay: '30%' },
          storm: { within: '5m' },
        },
      },
    }),
    [
      'pool train-a: budget.maxUnavailable from 2 to 4; budget.perDay from 20% to 30%; storm.within from 10 min to 5 min',
    ],
  ],
  [
    'a window in place of none, which has no short words',
    file(),
    file({
      pools: {
        'train-a': { ...file().pools['train-a'], windows: [{ start: '0 22 ? * SAT *', length: '6h' }] },
      },
    }),
    ['pool train-a: windows has changed'],
  ],
  [
    'schedules and tag policies, which act unless they say otherwise',
    file({ schedules: [{ ...nightly, mode: 'observe' }] }),
    file({ schedules: [{ ...nightly, cron: '0 21 * * ? *' }], tagPolicies: [tagged] }),
    [
      '! 1 tag policy is new, and acts: tagged',
      '! 1 schedule now acts: nightly',
      'schedule nightly: cron from 0 20 * * ? * to 0 21 * * ? *',
    ],
  ],
  [
    'recipients by their names, and never their addresses',
    file({ notify: [notice] }),
    file({
      notify: [
        { ...notice, when: ['failed'] },
        { ...notice, name: 'night watch' },
      ],
    }),
    [
      '1 recipient of notices is new: night watch',
      '1 recipient of notices has other settings: webhook at chat.example.com',
    ],
  ],
  [
    'that another person must approve',
    file(),
    file({ approvals: { by: 'another' }, deadlines: { 'reset-nodes': '3h' } }),
    ['deadlines.reset-nodes from 45 min to 3 h', 'approvals.by from anyone to another'],
  ],
])('says %s', (_name, before, after, expected) => {
  expect(changed(before, after)).toEqual(expected);
});

test('many changed rules of a pack are counted', () => {
  const withPack = (mode: string) =>
    file({ extends: 'pack/npu', pack: { pool: 'train-a', mode }, rules: [] });
  const [waiting, ...rest] = changed(withPack('observe'), withPack('act'));
  expect(waiting).toMatch(/^\d+ rules now wait for a person: NT_NPU_DEVICE, /);
  expect(rest).toEqual([]);
  const [added] = changed(file({ rules: [] }), withPack('observe'));
  expect(added).toMatch(/^\d\d+ rules are new, and only observe: \S+, .* and \d+ more$/);
  const several = Array.from({ length: 20 }, (_, index) => rule(`r${index}`));
  const other = several.map((one) => ({ ...one, cooldown: '2h' }));
  const lines = changed(file({ rules: several }), file({ rules: other }));
  expect(lines).toHaveLength(13);
  expect(lines.at(-1)).toBe('8 more rules with other values');
});
