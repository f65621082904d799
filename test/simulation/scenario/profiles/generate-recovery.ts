import { type Chance, createChance } from '#local/rehearsal/engine/chance';
import type { WorldNode, WorldPool } from '../../world/pool.ts';
import type { OthersJobInput } from '../inputs/recovery-inputs.ts';
import type { AlertEpisode, CommandInput, Input, Scenario } from '../scenario.ts';
import { FLAVOURS, type RecoveryFlavour } from './recovery-flavours.ts';

const START_MS = Date.parse('2026-11-20T10:00:00Z');
const MINUTE_MS = 60_000;
const POOL = 'pool-1f3d-6f5da086876d4cd084d36f8bd3346036';
const SPARE = 'pool-2f3d-6f5da086876d4cd084d36f8bd3346036';

/** Everything that is left half done, and who finishes it. */
export function generateRecovery(seed: number): Scenario {
  const chance = createChance(seed);
  const flavour = chance.pick(
    Object.values(FLAVOURS).flatMap((one) => Array.from({ length: one.weight }, () => one)),
    'flavour',
  );
  const count = chance.pick(flavour.nodes, 'count');
  const ours = Array.from({ length: count }, (_, index) => nodeOf(chance, 'a', index));
  const theirs = [nodeOf(chance, 'x', 0), nodeOf(chance, 'x', 1)];
  const inputs = flavour.rounds.flatMap((minute, round) =>
    roundOf(chance, round + 1, START_MS + minute * MINUTE_MS, flavour, ours, theirs),
  );
  if (flavour.others)
    for (const node of ours) {
      if (chance.happens(0.4, `ancient/${node.name}`)) inputs.push(ancientJob(chance, node));
    }
  inputs.push(...besides(chance, flavour));
  return {
    seed,
    startMs: START_MS,
    lastsMs: flavour.minutes * MINUTE_MS,
    weather: chance.pick([0.4, 1, 1], 'weather'),
    skewMs: chance.pick(flavour.others ? [0, 60_000, -60_000, 110_000, -110_000] : [0, 0, -60_000], 'skew'),
    pools: [poolOf('train-a', POOL, [...ours, ...theirs]), poolOf('spare', SPARE, [nodeOf(chance, 's', 0)])],
    rulesText: rulesText(chance, flavour),
    often: flavour.often,
    jobSeconds: flavour.jobSeconds,
    inputs: inputs.sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1)),
  };
}

function nodeOf(chance: Chance, group: 'a' | 'x' | 's', index: number): WorldNode {
  return {
    name: `os-node-created-${group}${String(index + 1).padStart(4, '0')}`,
    ip: `10.${'axs'.indexOf(group) + 1}.0.${index + 1}`,
    phase: 'Available',
    ...(chance.happens(0.5, 'driver') && { driver: 'Running' }),
    labels: {},
    nodePool: 'np-1',
    flavor: 'modelarts.bm.npu.8',
    staysBroken: false,
  };
}

function poolOf(name: string, id: string, nodes: readonly WorldNode[]): WorldPool {
  return {
    name,
    id,
    cluster: `cluster-${name}`,
    nodes: new Map(nodes.map((node) => [node.name, node])),
    nodePools: new Map(),
  };
}

function rulesText(chance: Chance, { polling, verify, ladder, cooldowns }: RecoveryFlavour): string {
  const limits =
    'budget: { maxUnavailable: 100, perDay: 100 }, storm: { nodes: 100 }, breaker: { failures: 100, pause: 1m }';
  const rolling = 'rollingConfig: { strategy: RollingByNumber, maxUnavailable: 1 }';
  const rung = {
    reset: (image: string) => `{ reset-nodes: { ${rolling}${image} }${verify} }`,
    migrate: () => '{ migrate-nodes: { toPoolName: spare, resourceSpec: { flavor: modelarts.bm.npu.8 } } }',
    notify: () => '{ notify: { severity: critical } }',
  };
  // Those of two rules are not joined.
  const rules = Object.entries({ CardLost: '', LinkDown: ', nodeConfig: { imageId: image-b }' }).flatMap(
    ([name, image]) => [
      `  - name: ${name.toLowerCase()}`,
      `    when: { source: alertmanager, labels: { alertname: ${name} } }`,
      '    node: { from: labels.instance }',
      '    pool: train-a',
      `    mode: ${chance.happens(0.06, `${name}/observes`) ? 'observe' : 'act'}`,
      `    cooldown: ${chance.pick(cooldowns, `${name}/cooldown`)}`,
      '    maxEvidenceAge: 2h',
      '    rounds: { max: 9, within: 1d }',
      '    ladder:',
      ...chance.pick(ladder, `${name}/ladder`).map((kind) => `      - ${rung[kind](image)}`),
    ],
  );
  return [
    'pools:',
    `  train-a: { id: ${POOL}, ${limits} }`,
    `  spare: { id: ${SPARE}, ${limits} }`,
    'rules:',
    ...rules,
    `polling: ${polling}`,
    'deadlines: { reset-nodes: 30m, migrate-nodes: 30m }',
    'notify:',
    '  - { kind: webhook, url: "http://chat.example.com/hooks/one", when: [failed, needs-human] }',
    '',
  ].join('\n');
}

/** Alerts and commands about a few nodes within a minute or two, and the deeds of other people at the same time. */
function roundOf(
  chance: Chance,
  round: number,
  fromMs: number,
  flavour: RecoveryFlavour,
  ours: readonly WorldNode[],
  theirs: readonly WorldNode[],
): Input[] {
  const key = `round-${round}`;
  const atMs = fromMs + chance.between(0, 30_000, `${key}/at`);
  const wanted = chance.shuffle(ours, `${key}/wanted`).slice(0, chance.pick(flavour.wanted, `${key}/many`));
  const inputs: Input[] = [];
  for (const { name } of wanted) {
    const own = `${key}-${name}`;
    const voices = chance.pick(flavour.voices, `${own}/voices`);
    inputs.push({
      kind: 'node',
      id: `${own}-breaks`,
      atMs: atMs - 2_000,
      pool: POOL,
      node: name,
      happens: 'breaks',
    });
    for (let number = 1; number <= voices; number += 1) {
      const id = `${own}-${number}`;
      const whenMs = atMs + (number - 1) * flavour.gapMs + chance.between(0, flavour.spreadMs, `${id}/at`);
      const isAlert = flavour.isOnlyAlerts || chance.happens(0.6, `${id}/alert`);
      inputs.push(isAlert ? alertOf(chance, id, name, whenMs, flavour) : commandOf(chance, id, name, whenMs));
    }
    if (flavour.others && chance.happens(0.6, `${own}/others`))
      inputs.push(othersJob(chance, `${own}-others`, name, atMs, theirs));
  }
  // Right where something is under way.
  if (chance.happens(0.6, `${key}/sweep`))
    inputs.push({
      kind: 'sweep',
      id: `${key}-sweep`,
      atMs: atMs + chance.between(1_000, 40_000, `${key}/sweep/at`),
      times: chance.between(1, 2, `${key}/sweep/times`),
    });
  return inputs;
}

function alertOf(
  chance: Chance,
  id: string,
  node: string,
  atMs: number,
  { resolves }: RecoveryFlavour,
): AlertEpisode {
  const alertname = chance.pick(['CardLost', 'LinkDown'], `${id}/name`);
  const soonMs = atMs + chance.between(20, 500, `${id}/soon`) * 1000;
  return {
    kind: 'alert',
    id,
    atMs,
    pool: POOL,
    node,
    alertname,
    byAddress: chance.happens(0.15, `${id}/address`),
    fingerprint: `fp-${id}`,
    startsAtMs: atMs - 4_000,
    repeatMs: 120_000,
    deliveries: chance.between(1, 2, `${id}/deliveries`),
    resolves: chance.happens(resolves, `${id}/resolves`) ? { atMs: soonMs } : 'never',
    twice: chance.happens(0.2, `${id}/twice`),
  };
}

function commandOf(chance: Chance, id: string, node: string, atMs: number): CommandInput {
  return {
    kind: 'command',
    id,
    atMs,
    via: chance.pick(['queue', 'console'] as const, `${id}/via`),
    action: 'reset-nodes',
    body: {
      id,
      action: 'reset-nodes',
      pool: 'train-a',
      nodes: [node],
      parameters: {
        rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 },
        nodeConfig: { imageId: `image-${id}` },
      },
      mode: 'act',
    },
  };
}

/** Never for our node alone, unless no call of ours is of its kind: it could not be distinguished from our job. */
function othersJob(
  chance: Chance,
  id: string,
  node: string,
  atMs: number,
  theirs: readonly WorldNode[],
): OthersJobInput {
  const [first = '', second = ''] = theirs.map(({ name }) => name);
  const type = chance.pick(['reset-nodes', 'reset-nodes', 'reboot-node', 'replace-node'], `${id}/type`);
  const nodes = chance.pick([[first], [first, second], [second], [node, first]], `${id}/nodes`);
  return {
    kind: 'others-job',
    id,
    atMs: atMs + chance.between(-60, 150, `${id}/at`) * 1000,
    pool: POOL,
    nodes,
    type,
    isSilent: type !== 'reset-nodes' && chance.happens(0.5, `${id}/silent`),
  };
}

/** A job for exactly one of our nodes, long before our first call. */
function ancientJob(chance: Chance, { name }: WorldNode): OthersJobInput {
  const id = `ancient-${name}`;
  const atMs = START_MS + chance.between(125, 175, `${id}/at`) * 1000;
  return {
    kind: 'others-job',
    id,
    atMs,
    pool: POOL,
    nodes: [name],
    type: 'reset-nodes',
    isSilent: false,
  };
}

/** Emptied queues, outages of the API, messages that no function can process, sweeps, and a person who releases nodes. */
function besides(chance: Chance, { minutes, purges, outages, rounds }: RecoveryFlavour): Input[] {
  const timeOf = (key: string) => START_MS + chance.between(60, minutes * 60, `${key}/at`) * 1000;
  const inputs: Input[] = [];
  for (let number = 1; number <= chance.pick(purges, 'purges'); number += 1) {
    const id = `purge-${number}`;
    const queue = chance.pick(['reset-nodes', 'poll-jobs', 'poll-jobs', 'notify'], `${id}/queue`);
    inputs.push({ kind: 'purge', id, atMs: timeOf(id), queue });
  }
  for (let number = 1; number <= chance.pick(outages, 'outages'); number += 1) {
    const id = `outage-${number}`;
    const beginsMs = START_MS + chance.pick(rounds, `${id}/round`) * MINUTE_MS;
    inputs.push({
      kind: 'outage',
      id,
      atMs: beginsMs + chance.between(0, 180, `${id}/at`) * 1000,
      lastsMs: chance.between(20, 200, `${id}/lasts`) * 1000,
    });
  }
  if (chance.happens(0.2, 'poison'))
    inputs.push({
      kind: 'poison',
      id: 'poison',
      atMs: START_MS + rounds[0]! * MINUTE_MS + chance.between(0, 60, 'poison/at') * 1000,
      queue: chance.pick(['reset-nodes', 'poll-jobs'], 'poison/queue'),
      body: chance.pick(['not json', '{"action":"reset-nodes"}', '{"callId":5}'], 'poison/body'),
    });
  for (let number = 1; number <= chance.pick([0, 1, 3], 'sweeps'); number += 1) {
    const id = `sweep-${number}`;
    inputs.push({ kind: 'sweep', id, atMs: timeOf(id), times: chance.between(1, 2, `${id}/times`) });
  }
  if (chance.happens(0.15, 'release'))
    inputs.push({ kind: 'release', id: 'release', atMs: timeOf('release') });
  if (chance.happens(0.2, 'withdrawal'))
    inputs.push({ kind: 'withdrawal', id: 'withdrawal', atMs: timeOf('withdrawal'), of: 'any' });
  return inputs;
}
