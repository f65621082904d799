import type { Chance } from '#local/rehearsal/engine/chance';
import { START_MS } from './corners/corner.ts';
import { SPARE, TRAIN } from './inputs/limits-inputs.ts';

const OPEN = '{ update-nodes: { action: openHaRedundant } }';
const SOFT = '{ accept-event: { redeployConfig: { type: SOFT } } }';
const VERIFIED = `{ accept-event: { redeployConfig: { type: SOFT } }, verify: { healthyFor: 1m, within: 6m } }`;
const HARD = '{ accept-event: { redeployConfig: { type: HARD } } }';

const DRAIN = '{ migrate-nodes: { toPoolName: spare, resourceSpec: { flavor: same } } }';

/** The moment of a `notBefore`, so many minutes after the beginning of a world. */
export function momentAt(minutes: number): string {
  return new Date(START_MS + minutes * 60_000).toISOString().replace('.000Z', 'Z');
}

/** It begins long ago, in the middle of the world, or after its deadline. */
const laterAt = (minutes: number) =>
  `{ accept-event: { notBefore: "${momentAt(minutes)}", redeployConfig: { type: SOFT } } }`;

const LADDERS: readonly string[] = [
  `[ ${SOFT} ]`,
  `[ ${SOFT} ]`,
  `[ ${OPEN}, ${SOFT} ]`,
  `[ ${OPEN}, ${SOFT} ]`,
  `[ ${VERIFIED}, { notify: {} } ]`,
  `[ ${HARD} ]`,
  '[ { accept-event: {} } ]',
  `[ ${OPEN}, { notify: {} } ]`,
  `[ ${DRAIN}, { notify: {} } ]`,
  `[ ${DRAIN}, ${SOFT} ]`,
  `[ ${laterAt(-30)} ]`,
  `[ ${laterAt(25)} ]`,
  `[ ${laterAt(90)}, { notify: {} } ]`,
];

const MINUTES = ['', '', '0/10', '5/15', '0/30'];

/** Rules for planned maintenance, and one for an alert about the same nodes. A pair has no limit that is ever reached. */
export function maintenanceRules(chance: Chance, isPair: boolean, key: string): string {
  const pick = (name: string, generous: string, tight: readonly string[]) =>
    isPair || chance.happens(0.6, `${key}/${name}`) ? generous : chance.pick(tight, `${key}/${name}/which`);
  const minutes = isPair ? '' : chance.pick(MINUTES, `${key}/window`);
  const window = minutes === '' ? '' : `, windows: [ { start: "${minutes} * * * ? *", length: 4m } ]`;
  const ladder = isPair ? `[ ${SOFT} ]` : chance.pick(LADDERS, `${key}/ladder`);
  const hasSteps = !isPair && ladder.includes('openHa');
  const modes = ['act', 'act', 'act', 'approve', 'observe'];
  return [
    'pools:',
    `  train-a: { id: ${TRAIN}, budget: { maxUnavailable: ${pick('budget', '100', ['1', '2'])}, perDay: ${pick('day', '100', ['2'])} }, storm: { nodes: ${pick('storm', '100', ['2'])} }, breaker: { failures: ${ladder.includes('openHa') ? '100' : pick('breaker', '100', ['1'])}, pause: 3m }${window} }`,
    `  spare: { id: ${SPARE}, budget: { maxUnavailable: 100, perDay: 100 } }`,
    'rules:',
    '  - name: planned',
    '    when: { source: scheduled-event, labels: { state: inquiring } }',
    '    node: { from: labels.node }',
    `    pool: ${isPair ? 'train-a' : chance.pick(['train-a', 'train-a', '{ from: labels.pool }'], `${key}/pool`)}`,
    `    mode: ${isPair ? 'act' : chance.pick(modes, `${key}/mode`)}`,
    `    cooldown: ${isPair ? '1h' : chance.pick(['0s', '10m'], `${key}/cooldown`)}`,
    `    maxEvidenceAge: ${isPair ? '1h' : chance.pick(['15m', '1h'], `${key}/age`)}`,
    `    ladder: ${ladder}`,
    ...(hasSteps ? ['    onResolved: [ { update-nodes: { action: closeHaRedundant } } ]'] : []),
    '  - name: failed',
    '    when: { source: scheduled-event, labels: { state: failed } }',
    '    node: { from: labels.node }',
    '    pool: train-a',
    '    mode: act',
    '    ladder: [ { notify: {} } ]',
    '  - name: cardlost',
    '    when: { source: alertmanager, labels: { alertname: CardLost } }',
    '    node: { from: labels.instance }',
    '    pool: train-a',
    '    mode: act',
    '    cooldown: 2m',
    '    maxEvidenceAge: 30m',
    '    ladder: [ { reset-nodes: { rollingConfig: { strategy: RollingByNumber, maxUnavailable: 2 } } } ]',
    'polling: { first: 10s, every: 30s }',
    'deadlines: { reset-nodes: 12m, migrate-nodes: 12m, update-nodes: 6m, accept-event: 40m }',
    'notify:',
    '  - { kind: webhook, url: "http://chat.example.com/hooks/one", when: [failed, needs-human, awaiting-approval] }',
    '',
  ].join('\n');
}
