import type { WarningCode } from '#lib/rules/warnings/warning';

const TRAIN = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';
const SPARE = 'pool-77aa-6f5da086876d4cd084d36f8bd3346036';

/** The parts of a small rules file without any warning. Each part replaces the usual one. */
type Parts = {
  /** Settings of the pool `train-a`. */
  pool?: string;
  rules?: string[];
  more?: string;
  notify?: string;
};

/** One rule, as flow YAML: the given keys replace the usual ones. An empty text removes a key. */
export function rule(keys: Record<string, string> = {}): string {
  const all: Record<string, string> = {
    name: 'lost',
    when: '{ source: alertmanager, labels: { alertname: NT_NPU_CARD_LOSE } }',
    node: '{ from: labels.instance }',
    pool: 'train-a',
    mode: 'act',
    ladder: '[reset-nodes: {}]',
    ...keys,
  };
  const lines = Object.entries(all).filter(([, value]) => value !== '');
  return lines.map(([key, value], index) => `${index === 0 ? '  - ' : '    '}${key}: ${value}`).join('\n');
}

export function file({ pool = '', rules = [rule()], more = '', notify }: Parts = {}): string {
  return [
    'pools:',
    `  train-a: { id: ${TRAIN}${pool === '' ? '' : `, ${pool}`} }`,
    ...(rules.length > 0 ? ['rules:', ...rules] : []),
    notify ?? 'notify:\n  - { kind: webhook, url: "https://chat.example.com/hooks/1" }',
    more,
  ].join('\n');
}

const when = (text: string, more: Record<string, string> = {}) =>
  file({ rules: [rule({ when: text, ...more })], ...(text.includes('smn') && { more: TOPICS }) });
const TOPICS = 'sources: { smn: { topics: ["urn:smn:cn-north-4:0970dd7a:npu"] } }';
const spare = `\n  spare: { id: ${SPARE} }`;
const withSpare = (text: string) => text.replace('\nrules:', `${spare}\nrules:`);
const schedule = (keys: string) => file({ more: `schedules:\n  - { name: s, ${keys} }` });
const policy = (keys: string) =>
  file({
    rules: [rule({ ladder: tag('Env', 'prod') })],
    more: `tagPolicies:\n  - { name: p, pool: train-a, ${keys} }`,
  });
const tag = (key: string, value: string, action = 'createTags') =>
  `[update-nodes: { action: ${action}, tags: [{ key: ${key}, value: ${value} }] }]`;
const WEEKLY = 'windows: [{ start: "0 22 ? * SAT *", length: 6h, timezone: Europe/Berlin }]';
const window = (start: string, length = '6h', timezone = 'timezone: Europe/Berlin') =>
  file({
    pool: `windows: [{ start: "${start}", length: ${length}${timezone && `, ${timezone}`} }]`,
    rules: [rule({ maxEvidenceAge: '9d' })],
  });
const notified = (states: string, rules?: string[]) =>
  file({
    ...(rules && { rules }),
    notify: `notify:\n  - { kind: webhook, url: "https://chat.example.com/hooks/1", when: [${states}] }`,
  });

/** For each warning: a file that has it alone, the place and a part of its words, and the corrected file without any. */
export const cases: Record<WarningCode, { wrong: string; says: string; right: string }> = {
  'regular-expression': {
    wrong: when('{ source: alertmanager, labels: { alertname: "NT_NPU_.*" } }'),
    says: 'Write NT_NPU_*',
    right: when('{ source: alertmanager, labels: { alertname: NT_NPU_* } }'),
  },
  'list-in-text': {
    wrong: when('{ source: alertmanager, severity: "critical,major" }'),
    says: 'Write a list: [critical, major]',
    right: when('{ source: alertmanager, severity: [critical, major] }'),
  },
  'space-around': {
    wrong: when('{ source: alertmanager, severity: "critical " }'),
    says: 'begins or ends with a space',
    right: when('{ source: alertmanager, severity: critical }'),
  },
  'never-matches': {
    wrong: when('{ source: scheduled-event, labels: { state: pending } }'),
    says: 'the possible values are inquiring, scheduled',
    right: when('{ source: scheduled-event, labels: { state: inquiring } }'),
  },
  'unusual-value': {
    wrong: when('{ source: smn, severity: critical }'),
    says: 'did you mean "Critical"?',
    right: when('{ source: smn, severity: Critical }'),
  },
  'unusual-label': {
    wrong: when('{ source: alertmanager, labels: { AlertName: x } }'),
    says: 'spells this label "alertname"',
    right: when('{ source: alertmanager, labels: { alertname: x } }'),
  },
  'no-rule': {
    wrong: file({ rules: ['  []'] }),
    says: 'every alert is ignored, and only commands of people do something',
    right: file(),
  },
  'no-condition': {
    wrong: file({ rules: [rule({ when: '' })] }),
    says: 'takes every alert of every sender, and calls the API',
    right: file(),
  },
  'redundant-condition': {
    wrong: when('[{ source: alertmanager, severity: c* }, { source: alertmanager, severity: critical }]'),
    says: 'when[0] of the same rule takes every alert',
    right: when('[{ source: alertmanager, severity: c* }, { source: alertmanager, severity: major }]'),
  },
  'unreachable-rule': {
    wrong: file({ rules: [rule({ name: 'all', when: '{ labels: { alertname: NT_* } }' }), rule()] }),
    says: 'rule all above takes every alert that it would take. Move it above that rule',
    right: file({ rules: [rule(), rule({ name: 'all', when: '{ labels: { alertname: NT_* } }' })] }),
  },
  'duplicate-rule': {
    wrong: file({ rules: [rule({ mode: 'observe' }), rule({ name: 'second' })] }),
    says: 'differs only in its mode (observe there, act here)',
    right: file(),
  },
  'not-a-node': {
    wrong: file({ rules: [rule({ node: '{ from: labels.pod }' })] }),
    says: 'pod is no name or address of a node',
    right: file({ rules: [rule({ node: '{ from: [labels.pod, labels.node] }' })] }),
  },
  'any-pool': {
    wrong: withSpare(file({ rules: [rule({ pool: '{ from: labels.pool }' })] })),
    says: 'may name every pool of this file',
    right: withSpare(file({ rules: [rule({ pool: '{ from: labels.pool, of: [train-a, spare] }' })] })),
  },
  'unused-pool': {
    wrong: withSpare(file()),
    says: 'only commands of people reach it',
    right: withSpare(
      file({
        rules: [rule({ ladder: '[migrate-nodes: { toPoolName: spare, resourceSpec: { flavor: same } }]' })],
      }),
    ),
  },
  'unusual-pool-id': {
    wrong: file().replace(TRAIN, 'Train-Pool'),
    says: 'not its display name',
    right: file(),
  },
  'sender-without-rule': {
    wrong: withSpare(
      file({
        rules: [rule({ ladder: '[migrate-nodes: { toPoolName: spare, resourceSpec: { flavor: same } }]' })],
        more: 'senders: { prom: { pools: [spare] } }',
      }),
    ),
    says: 'no rule is about spare',
    right: file({ more: 'senders: { prom: { pools: [train-a] } }' }),
  },
  'unused-topics': {
    wrong: file({ more: TOPICS }),
    says: 'no rule takes an alert of source smn',
    right: when('{ source: smn, event: NPUSMICardNotFound }'),
  },
  'no-recipient': {
    wrong: file({ notify: '' }),
    says: 'no person hears of a failure',
    right: file(),
  },
  'approval-unheard': {
    wrong: notified('failed, needs-human', [rule({ mode: 'approve' })]),
    says: 'no recipient gets awaiting-approval',
    right: notified('needs-human, awaiting-approval', [rule({ mode: 'approve' })]),
  },
  'trouble-unheard': {
    wrong: notified('failed'),
    says: 'no recipient gets needs-human',
    right: notified('needs-human'),
  },
  'unused-recipient': {
    wrong: `${file()}\n`.replace(
      'notify:',
      'notify:\n  - { kind: webhook, url: "https://other.example.com/", when: [observed] }',
    ),
    says: 'into the state observed',
    right: file().replace(
      'notify:',
      'notify:\n  - { kind: webhook, url: "https://other.example.com/", when: [succeeded] }',
    ),
  },
  'duplicate-recipient': {
    wrong: file().replace(
      'notify:',
      'notify:\n  - { kind: webhook, url: "https://chat.example.com/hooks/1" }',
    ),
    says: 'has the same address as notify[0]',
    right: file(),
  },
  'secret-in-url': {
    wrong: file({
      notify:
        'notify:\n  - { kind: slack, url: "https://hooks.slack.com/services/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" }',
    }),
    says: 'its path looks like a secret',
    right: file({ notify: 'notify:\n  - { kind: slack, url: "${secret:SLACK_URL}" }' }),
  },
  'mode-without-effect': {
    wrong: file({ rules: [rule({ mode: 'observe', ladder: '[{ reset-nodes: {}, mode: act }]' })] }),
    says: 'the rule says observe, and the more cautious mode counts',
    right: file({ rules: [rule({ mode: 'act', ladder: '[{ reset-nodes: {}, mode: approve }]' })] }),
  },
  'acts-without-report': {
    wrong: when('{ source: alertmanager, state: [alerting, nodata], labels: { alertname: x } }'),
    says: 'on alerts in the state nodata, which report no fault',
    right: when('{ source: alertmanager, state: [alerting, nodata], labels: { alertname: x } }', {
      mode: 'observe',
    }),
  },
  'schedule-acts': {
    wrong: schedule('cron: "0 1 ? * SAT *", reset-nodes: { pool: train-a, nodes: [n-1] }'),
    says: 'a schedule without a mode acts',
    right: schedule('cron: "0 1 ? * SAT *", mode: act, reset-nodes: { pool: train-a, nodes: [n-1] }'),
  },
  'phase-excludes-action': {
    wrong: file({ rules: [rule({ phase: '[Creating]' })] }),
    says: 'needs one that is Available or Abnormal',
    right: file({ rules: [rule({ phase: '[Abnormal]' })] }),
  },
  'same-pool': {
    wrong: file({
      rules: [rule({ ladder: '[migrate-nodes: { toPoolName: train-a, resourceSpec: { flavor: same } }]' })],
    }),
    says: 'into pool train-a, where it is already',
    right: withSpare(
      file({
        rules: [rule({ ladder: '[migrate-nodes: { toPoolName: spare, resourceSpec: { flavor: same } }]' })],
      }),
    ),
  },
  'repeated-rung': {
    wrong: file({ rules: [rule({ ladder: '[reset-nodes: {}, notify: {}, notify: {}]' })] }),
    says: 'people get the notice twice',
    right: file({ rules: [rule({ ladder: '[reset-nodes: {}, reset-nodes: {}, notify: {}]' })] }),
  },
  'never-resolves': {
    wrong: when('{ source: smn, event: NPUSMICardNotFound }', {
      ladder: tag('Hot', 'npu'),
      onResolved: tag('Hot', 'npu', 'deleteTags'),
    }),
    says: 'no message says that it is over',
    right: when('{ source: smn, labels: { alertname: npu-temperature } }', {
      ladder: tag('Hot', 'npu'),
      onResolved: tag('Hot', 'npu', 'deleteTags'),
    }),
  },
  'stays-isolated': {
    wrong: file({ rules: [rule({ ladder: '[update-nodes: { action: openHaRedundant }]' })] }),
    says: 'nothing returns it',
    right: file({
      rules: [
        rule({
          ladder: '[update-nodes: { action: openHaRedundant }]',
          onResolved: '[update-nodes: { action: closeHaRedundant }]',
        }),
      ],
    }),
  },
  'tag-stays': {
    wrong: file({
      rules: [rule({ ladder: tag('Hot', 'npu'), onResolved: tag('hot', 'npu', 'deleteTags') })],
    }),
    says: 'the ladder creates Hot=npu',
    right: file({
      rules: [rule({ ladder: tag('Hot', 'npu'), onResolved: tag('Hot', 'npu', 'deleteTags') })],
    }),
  },
  'nothing-to-accept': {
    wrong: when('{ source: scheduled-event, labels: { state: scheduled } }', {
      ladder: '[accept-event: {}]',
    }),
    says: 'Add inquiring to labels.state',
    right: when('{ source: scheduled-event, labels: { state: [inquiring, scheduled] } }', {
      ladder: '[accept-event: {}]',
    }),
  },
  'budget-allows-nothing': {
    wrong: file({ pool: 'budget: { maxUnavailable: 0 }' }),
    says: 'every reset-nodes in this pool is skipped',
    right: file({ pool: 'budget: { maxUnavailable: 1 }' }),
  },
  'budget-too-small': {
    wrong: file({ pool: 'budget: { maxUnavailable: 5, perDay: 2 }' }),
    says: 'perDay (2) is less than maxUnavailable (5)',
    right: file({ pool: 'budget: { maxUnavailable: 2, perDay: 5 }' }),
  },
  'no-storm': {
    wrong: file({ pool: 'storm: { nodes: 100% }' }),
    says: 'nothing is ever a storm',
    right: file({ pool: 'storm: { nodes: 50% }' }),
  },
  'rounds-without-effect': {
    wrong: file({ rules: [rule({ cooldown: '3d', rounds: '{ max: 3, within: 7d }' })] }),
    says: '3 ladders of a node do not fit into 7d',
    right: file({ rules: [rule({ cooldown: '2d', rounds: '{ max: 3, within: 7d }' })] }),
  },
  'short-evidence': {
    wrong: file({ pool: 'storm: { within: 1m }', rules: [rule({ maxEvidenceAge: '2m' })] }),
    says: 'an alert that waits for 2m',
    right: file({ rules: [rule({ maxEvidenceAge: '20m' })] }),
  },
  'long-evidence': {
    wrong: file({ rules: [rule({ maxEvidenceAge: '2d' })] }),
    says: 'it goes to a person after 1d',
    right: file({ rules: [rule({ maxEvidenceAge: '1d' })] }),
  },
  'storm-outlives-evidence': {
    wrong: file({ pool: 'storm: { within: 2h }' }),
    says: 'use more than storm.within',
    right: file({ pool: 'storm: { within: 30m }' }),
  },
  'window-never-opens': {
    wrong: window('0 22 31 2 ? *'),
    says: 'this window never opens again',
    right: window('0 22 ? * * *'),
  },
  'window-too-rare': {
    wrong: file({
      pool: 'windows: [{ start: "0 22 1 * ? *", length: 6h, timezone: Europe/Berlin }]',
      rules: [rule({ maxEvidenceAge: '9d', mode: 'observe' })],
    }),
    says: 'otherwise it is skipped',
    right: window('0 22 ? * SUN *'),
  },
  'short-window': {
    wrong: window('0 22 ? * * *', '20m'),
    says: 'reset-nodes may take 45m',
    right: window('0 22 ? * * *', '1h'),
  },
  'window-in-utc': {
    wrong: window('0 22 ? * * *', '6h', '').replace('windows:', 'region: cn-north-4, windows:'),
    says: 'at 22:00 UTC, which is 06:00 in Asia/Shanghai',
    right: window('0 22 ? * * *', '6h', 'timezone: UTC').replace('windows:', 'region: cn-north-4, windows:'),
  },
  'inverted-offset': {
    wrong: window('0 22 ? * * *', '6h', 'timezone: Etc/GMT+8'),
    says: 'Etc/GMT+8 is UTC-08:00',
    right: window('0 22 ? * * *', '6h', 'timezone: Asia/Shanghai'),
  },
  'evidence-before-window': {
    wrong: file({ pool: WEEKLY }),
    says: 'Alertmanager repeats an alert after 4h by default',
    right: file({ pool: WEEKLY, rules: [rule({ maxEvidenceAge: '5h' })] }),
  },
  'approval-before-window': {
    wrong: file({ pool: WEEKLY, rules: [rule({ mode: 'approve' })] }),
    says: 'an approval holds for 1d',
    right: file({ rules: [rule({ mode: 'approve' })] }),
  },
  'schedule-never-fires': {
    wrong: schedule(
      'cron: "0 1 1 1 ? 2020", update-node-pool: { pool: train-a, nodePool: np-1, resources: { count: 1 } }',
    ),
    says: 'the schedule never fires again',
    right: schedule(
      'cron: "0 1 1 1 ? *", update-node-pool: { pool: train-a, nodePool: np-1, resources: { count: 1 } }',
    ),
  },
  'schedule-fires-often': {
    wrong: schedule(
      'cron: "* 20 * * ? *", update-node-pool: { pool: train-a, nodePool: np-1, resources: { count: 1 } }',
    ),
    says: 'fires 60 times in each hour of its hours (20)',
    right: schedule(
      'cron: "0 20 * * ? *", update-node-pool: { pool: train-a, nodePool: np-1, resources: { count: 1 } }',
    ),
  },
  'tag-conflict': {
    wrong: policy('forbid: { Env: "*" }'),
    says: 'tag policy p removes it',
    right: policy('forbid: { Env: test }'),
  },
  'reassert-too-often': {
    wrong: policy('require: { Owner: a }, reassert: 5m'),
    says: 'compared every 15m',
    right: policy('require: { Owner: a }, reassert: 1h'),
  },
  'unused-allowance': {
    wrong: file().replace('notify:', '# poolkeeper: allow any-pol\nnotify:'),
    says: 'did you mean any-pool?',
    right: file({ notify: '' }).replace('mode: act', 'mode: act # poolkeeper: allow no-recipient (a trial)'),
  },
};
