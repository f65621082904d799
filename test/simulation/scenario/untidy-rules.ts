import type { Chance } from '#local/rehearsal/engine/chance';

export const UNTIDY_ALERTS = ['CardLost', 'LinkDown'] as const;

const LADDERS: readonly (readonly ('reset' | 'migrate' | 'notify')[])[] = [
  ['reset'],
  ['reset'],
  ['reset', 'migrate'],
  ['reset', 'migrate'],
  ['reset', 'notify'],
  ['reset', 'migrate', 'notify'],
  ['migrate', 'notify'],
];

/** Rules whose ladders have more than one rung. An odd answer must not lead to the next one. */
export function untidyRules(chance: Chance, isPair: boolean): string {
  const limit = (name: string, generous: string, tight: readonly string[]) =>
    isPair || chance.happens(0.6, name) ? generous : chance.pick(tight, `${name}/which`);
  return [
    'pools:',
    '  train-a:',
    '    id: pool-1f3d-6f5da086876d4cd084d36f8bd3346036',
    `    budget: { maxUnavailable: ${limit('budget', '100', ['1', '2', '34%'])}, perDay: ${limit('day', '100', ['3'])} }`,
    `    storm: ${limit('storm', '{ nodes: 100, within: 5m }', ['{ nodes: 3, within: 8m }'])}`,
    `    breaker: ${limit('breaker', '{ failures: 50, pause: 10m }', ['{ failures: 2, pause: 5m }'])}`,
    '  spare: { id: pool-2f3d-6f5da086876d4cd084d36f8bd3346036, budget: { maxUnavailable: 100%, perDay: 100% } }',
    'rules:',
    ...UNTIDY_ALERTS.map((name) => ruleOf(chance, name, isPair)),
    `polling: { first: ${chance.pick([10, 30], 'first')}s, every: ${chance.pick([15, 30], 'every')}s }`,
    'deadlines: { reset-nodes: 20m, migrate-nodes: 20m }',
    'notify:',
    '  - { kind: webhook, url: "http://chat.example.com/hooks/one", when: [failed, needs-human, awaiting-approval] }',
    '',
  ].join('\n');
}

function ruleOf(chance: Chance, name: string, isPair: boolean): string {
  const key = `rule/${name}`;
  const verify = chance.pick(
    ['', ', verify: { healthyFor: 1m, within: 6m }', ', verify: { healthyFor: 2m, within: 8m }'],
    `${key}/verify`,
  );
  const rungs = {
    reset: `      - { reset-nodes: { rollingConfig: { strategy: RollingByNumber, maxUnavailable: ${chance.between(1, 2, `${key}/rolling`)} } }${verify} }`,
    migrate: `      - { migrate-nodes: { toPoolName: spare, resourceSpec: { flavor: modelarts.bm.npu.8 } }${chance.pick(['', verify], `${key}/verifies-arrival`)} }`,
    notify: '      - notify: { severity: critical }',
  };
  return [
    `  - name: ${name.toLowerCase()}`,
    `    when: { source: alertmanager, labels: { alertname: ${name} } }`,
    '    node: { from: labels.instance }',
    '    pool: train-a',
    ...(chance.happens(0.3, `${key}/phase`) ? ['    phase: [Abnormal]'] : []),
    `    mode: ${isPair ? 'act' : chance.pick(['act', 'act', 'act', 'approve'], `${key}/mode`)}`,
    `    cooldown: ${chance.pick(['0s', '2m', '10m', '1h'], `${key}/cooldown`)}`,
    `    maxEvidenceAge: ${chance.pick(['10m', '30m'], `${key}/age`)}`,
    '    ladder:',
    ...chance.pick(LADDERS, `${key}/ladder`).map((rung) => rungs[rung]),
  ].join('\n');
}
