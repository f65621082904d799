import type { Chance } from '#local/rehearsal/engine/chance';

/** How the rules file has become more cautious since. */
export type Later = { mode?: 'observe' | 'approve'; budget?: string; dropsRule?: boolean };

/** A rules file as a person might write it, and the names of the alerts that its rules, and none of them, answer. */
export function rulesText(
  chance: Chance,
  later: Later = {},
): { text: string; alertnames: string[]; isTight: boolean } {
  const isTight = chance.happens(0.6, 'limits/tight');
  const count = chance.between(1, 3, 'rules');
  const names = ['CardLost', 'LinkDown', 'DiskFull'].slice(0, count);
  const rules = names.slice(later.dropsRule ? 1 : 0).map((name) => ruleOf(chance, name, later));
  const text = [
    'pools:',
    '  train-a:',
    '    id: pool-1f3d-6f5da086876d4cd084d36f8bd3346036',
    ...limitsText(chance, isTight, later),
    '  spare: { id: pool-2f3d-6f5da086876d4cd084d36f8bd3346036, budget: { maxUnavailable: 100%, perDay: 100% } }',
    ...(rules.length > 0 ? ['rules:', ...rules] : ['rules: []']),
    `polling: { first: ${chance.pick([10, 30, 60], 'polling/first')}s, every: ${chance.pick([15, 30, 60], 'polling/every')}s }`,
    `deadlines: { reset-nodes: ${chance.pick([12, 20], 'deadline')}m }`,
    'notify:',
    '  - { kind: webhook, url: "http://chat.example.com/hooks/one", when: [failed, needs-human, awaiting-approval] }',
    ...(chance.happens(0.5, 'notify/second')
      ? [
          `  - { kind: webhook, url: "http://pager.example.com/two", when: [needs-human, succeeded, deferred], digest: ${chance.pick(['0s', '40s', '5m', '20m'], 'notify/digest')} }`,
        ]
      : []),
    '',
  ].join('\n');
  return {
    text,
    alertnames: [...names, ...(chance.happens(0.15, 'unknown-alert') ? ['Unknown'] : [])],
    isTight,
  };
}

/** Limits that nothing ever comes near, or one or several that are soon reached. */
function limitsText(chance: Chance, isTight: boolean, later: Later): string[] {
  const pick = (name: string, generous: string, tight: readonly string[]) =>
    isTight && chance.happens(0.5, `limits/${name}`) ? chance.pick(tight, `limits/${name}/which`) : generous;
  const windows = pick('windows', '', ['0/12', '4/12', '0/30']);
  return [
    `    budget: { maxUnavailable: ${later.budget ?? pick('unavailable', '100%', ['1', '1', '2', '5%', '34%', '50%'])}, perDay: ${pick('day', '100%', ['1', '2', '20%', '50%'])} }`,
    `    storm: ${pick('storm', '{ nodes: 100%, within: 5m }', ['{ nodes: 2, within: 5m }', '{ nodes: 3, within: 8m }'])}`,
    `    breaker: ${pick('breaker', '{ failures: 50, pause: 10m }', ['{ failures: 1, pause: 3m }', '{ failures: 2, pause: 5m }', '{ failures: 3, pause: 2m }'])}`,
    ...(windows === ''
      ? []
      : [
          `    windows: [ { start: "${windows} * * * ? *", length: ${chance.pick(['3m', '6m'], 'limits/length')} } ]`,
        ]),
  ];
}

const LADDERS: readonly (readonly ('reset' | 'other image' | 'notify')[])[] = [
  ['reset'],
  ['reset'],
  ['reset'],
  ['reset', 'notify'],
  ['reset', 'other image'],
  ['reset', 'other image', 'notify'],
  ['notify', 'reset'],
  ['notify'],
  ['reset', 'notify', 'other image'],
];

function ruleOf(chance: Chance, name: string, later: Later): string {
  const key = `rule/${name}`;
  const mode = later.mode ?? chance.pick(['act', 'act', 'act', 'act', 'approve', 'observe'], `${key}/mode`);
  const verify = chance.pick(
    [
      '',
      ', verify: { healthyFor: 1m, within: 6m }',
      ', verify: { healthyFor: 3m, within: 8m }',
      ', verify: { healthyFor: 0s, within: 2m }',
    ],
    `${key}/verify`,
  );
  const strategy = chance.pick(
    ['RollingByNumber, maxUnavailable: 1', 'RollingByNumber, maxUnavailable: 3'],
    `${key}/strategy`,
  );
  return [
    `  - name: ${name.toLowerCase()}`,
    `    when: { source: alertmanager, labels: { alertname: ${name} } }`,
    '    node: { from: labels.instance }',
    `    pool: ${chance.pick(['train-a', '{ from: labels.pool }'], `${key}/pool`)}`,
    ...(chance.happens(0.35, `${key}/phase`) ? ['    phase: [Abnormal]'] : []),
    `    mode: ${mode}`,
    `    cooldown: ${chance.pick(['0s', '2m', '10m', '1h'], `${key}/cooldown`)}`,
    `    maxEvidenceAge: ${chance.pick(['2m', '10m', '30m'], `${key}/age`)}`,
    ...(chance.happens(0.2, `${key}/interrupt`) ? ['    interruptWorkloads: true'] : []),
    ...(chance.happens(0.3, `${key}/rounds`)
      ? [`    rounds: { max: ${chance.between(1, 2, `${key}/rounds/max`)}, within: 1h }`]
      : []),
    '    ladder:',
    ...chance
      .pick(LADDERS, `${key}/ladder`)
      .map((rung) =>
        rung === 'reset'
          ? `      - { reset-nodes: { rollingConfig: { strategy: ${strategy} } }${verify} }`
          : rung === 'other image'
            ? `      - { reset-nodes: { rollingConfig: { strategy: ${strategy} }, nodeConfig: { imageId: image-b } }${verify} }`
            : '      - notify: { severity: critical }',
      ),
  ].join('\n');
}
