import type { Chance } from '#local/rehearsal/engine/chance';
import { TOPICS } from '../cloud/smn.ts';
import { SPARE, TRAIN } from './inputs/limits-inputs.ts';
import type { Form } from './inputs/report-inputs.ts';

const TAG = 'tags: [ { key: Down, value: "yes" } ]';
const RESET = '{ reset-nodes: { rollingConfig: { strategy: RollingByNumber, maxUnavailable: 2 } } }';

/** Whose pools a sender may reach. */
export const LIMITS: Readonly<Record<string, 'train-a' | 'spare'>> = {
  'team-a': 'train-a',
  'team-s': 'spare',
};

/** Each rule, the source that it is for, and where an alert of that source names its node and its pool. */
const RULES: readonly [name: string, when: string, node: string, pool: string][] = [
  ['metric', '{ source: smn, event: npu_device_temperature }', 'labels.resource_name', 'train-a'],
  ['card', '{ source: smn, event: NPUSMICardNotFound }', 'labels.resource_name', 'train-a'],
  ['aom', '{ source: smn, event: ma-node-npu-lost }', 'labels.resource_name', '{ from: labels.pool }'],
  ['cloudevents', '{ source: cloudevents }', 'labels.node', '{ from: labels.pool }'],
  ['eventbridge', '{ source: eventbridge }', 'labels.node', '{ from: labels.pool }'],
  ['kubernetes', '{ source: kubernetes }', 'labels.node', '{ from: labels.cluster }'],
];

/** The rule that takes an alert of a form. */
export function ruleFor(form: Form): string {
  if (form === 'cloud-eye') return 'metric';
  if (form === 'cloud-eye-event') return 'card';
  if (form === 'aom') return 'aom';
  if (form.startsWith('ce-')) return 'cloudevents';
  return form === 'device-fault' || form === 'node-condition' ? 'kubernetes' : 'eventbridge';
}

/** Rules for every source but Alertmanager, and the limits of senders. Some rules undo their own action. */
export function sendersRules(chance: Chance, isPair: boolean): string {
  const isUndone = chance.happens(0.5, 'undone');
  const ladder = isUndone ? `[ { update-nodes: { action: createTags, ${TAG} } } ]` : `[ ${RESET} ]`;
  const budget = isPair || chance.happens(0.6, 'budget') ? '100' : '1';
  return [
    'pools:',
    `  train-a: { id: ${TRAIN}, budget: { maxUnavailable: ${budget}, perDay: 100 }, storm: { nodes: 100 }, breaker: { failures: 100, pause: 1m } }`,
    `  spare: { id: ${SPARE}, budget: { maxUnavailable: 100, perDay: 100 }, storm: { nodes: 100 }, breaker: { failures: 100, pause: 1m } }`,
    'sources:',
    `  smn: { topics: ["${TOPICS.open}", "${TOPICS.limited}"] }`,
    'senders:',
    `  "${TOPICS.limited}": { pools: [${LIMITS['team-s']}] }`,
    ...Object.entries(LIMITS).map(([name, pool]) => `  ${name}: { pools: [${pool}] }`),
    'rules:',
    ...RULES.flatMap(([name, when, node, pool]) => [
      `  - name: ${name}`,
      `    when: ${when}`,
      `    node: { from: ${node} }`,
      `    pool: ${pool}`,
      '    mode: act',
      `    cooldown: ${isPair ? '2h' : chance.pick(['0s', '5m'], `${name}/cooldown`)}`,
      '    maxEvidenceAge: 2h',
      `    ladder: ${ladder}`,
      ...(isUndone ? [`    onResolved: [ { update-nodes: { action: deleteTags, ${TAG} } } ]`] : []),
    ]),
    'polling: { first: 10s, every: 20s }',
    'deadlines: { reset-nodes: 12m, update-nodes: 6m }',
    'notify:',
    '  - { kind: webhook, url: "http://chat.example.com/hooks/one", when: [failed, needs-human] }',
    '',
  ].join('\n');
}
