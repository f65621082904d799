import { type Chance, createChance } from '#local/rehearsal/engine/chance';
import type { WorldNode, WorldPool } from '../../world/pool.ts';
import { withdrawalsOf } from '../inputs/withdrawals.ts';
import type { AlertEpisode, CommandInput, Input, Scenario } from '../scenario.ts';

const START_MS = Date.parse('2026-11-20T10:00:00Z');
const POOL = 'pool-1f3d-6f5da086876d4cd084d36f8bd3346036';

/** The subject of the races of a seed. */
type Flavour = {
  often: Record<string, number>;
  jobSeconds: readonly [number, number];
  polling: string;
  verify: string;
  /** How many nodes are asked for. */
  nodes: readonly number[];
  /** In the place of a reset. */
  rung?: string;
  rounds?: number;
};

const FLAVOURS: Record<string, Flavour> = {
  // Short jobs, and processes that stand still while others have done everything.
  'same node': {
    often: { stall: 40, slow: 4, 'delivered-twice': 5, fails: 0, 'suspended-for-good': 0, suspended: 0 },
    jobSeconds: [1, 2],
    polling: '{ first: 1s, every: 1s }',
    verify: '',
    nodes: [1, 1, 2],
  },
  // Many answers are lost at once, and jobs say nothing of nodes.
  'lost answers': {
    often: {
      'reset-after': 8,
      'bad-gateway-after': 5,
      'unavailable-before': 8,
      'silent-job': 5,
      'killed-after': 4,
      stall: 10,
    },
    jobSeconds: [20, 90],
    polling: '{ first: 5s, every: 10s }',
    verify: '',
    nodes: [3, 6, 9],
  },
  // Nodes that are well and then not, while it is watched whether they stay so.
  flapping: {
    often: { flaps: 30, fails: 0.2, 'breaks-again': 0.2, 'suspended-for-good': 0 },
    jobSeconds: [5, 30],
    polling: '{ first: 10s, every: 15s }',
    verify: ', verify: { healthyFor: 90s, within: 9m }',
    nodes: [2, 4],
  },
  // Ladders that end at once, and may be begun only once.
  rounds: {
    often: { stall: 30, slow: 4, 'delivered-twice': 3, 'node-fails': 0, 'node-silent': 0 },
    jobSeconds: [1, 2],
    polling: '{ first: 1s, every: 1s }',
    verify: '',
    nodes: [1, 2],
    rung: 'update-nodes: { action: createTags, tags: [ { key: CostCenter, value: "4711" } ] }',
    rounds: 1,
  },
};

/** Several rules, commands and batches want the same nodes at the same moment. */
export function generateRaces(seed: number): Scenario {
  const chance = createChance(seed);
  const flavour = FLAVOURS[chance.pick(Object.keys(FLAVOURS), 'flavour')]!;
  const { often, jobSeconds, nodes } = flavour;
  const count = chance.pick(nodes, 'count');
  const pool = poolOf(chance, count);
  const inputs: Input[] = [];
  const rounds = chance.between(1, 3, 'rounds');
  for (let round = 1; round <= rounds; round += 1)
    inputs.push(...crowd(chance, round, [...pool.nodes.keys()]));
  const lastsMs = rounds * 8 * 60_000;
  inputs.push(...withdrawalsOf(chance, { fromMs: START_MS, lastsMs }, 1));
  return {
    seed,
    startMs: START_MS,
    lastsMs,
    weather: chance.pick([0.5, 1, 1], 'weather'),
    skewMs: 0,
    pools: [pool],
    rulesText: rulesText(chance, flavour),
    often,
    jobSeconds,
    inputs: inputs.sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1)),
  };
}

function poolOf(chance: Chance, count: number): WorldPool {
  const hasDriver = chance.happens(0.5, 'driver');
  const nodes = Array.from(
    { length: count },
    (_, index): WorldNode => ({
      name: `os-node-created-a${String(index + 1).padStart(4, '0')}`,
      ip: `10.1.0.${index + 1}`,
      phase: 'Available',
      ...(hasDriver && { driver: 'Running' }),
      labels: {},
      nodePool: 'np-1',
      flavor: 'modelarts.bm.npu.8',
      staysBroken: false,
    }),
  );
  return {
    name: 'train-a',
    id: POOL,
    cluster: 'cluster-a',
    nodes: new Map(nodes.map((node) => [node.name, node])),
    nodePools: new Map(),
  };
}

function rulesText(chance: Chance, { polling, verify, rung, rounds = 9 }: Flavour): string {
  const rules = ['CardLost', 'LinkDown'].flatMap((name) => [
    `  - name: ${name.toLowerCase()}`,
    `    when: { source: alertmanager, labels: { alertname: ${name} } }`,
    '    node: { from: labels.instance }',
    '    pool: train-a',
    '    mode: act',
    `    cooldown: ${chance.pick(['2m', '10m', '1h'], `${name}/cooldown`)}`,
    '    maxEvidenceAge: 1h',
    `    rounds: { max: ${rounds}, within: 1d }`,
    `    ladder: [ { ${rung ?? `reset-nodes: { rollingConfig: { strategy: RollingByNumber, maxUnavailable: ${chance.pick([1, 2], `${name}/rolling`)} } }`}${verify} } ]`,
  ]);
  return [
    'pools:',
    `  train-a: { id: ${POOL}, budget: { maxUnavailable: 100, perDay: 100 }, storm: { nodes: 100 }, breaker: { failures: 100, pause: 1m } }`,
    'rules:',
    ...rules,
    `polling: ${polling}`,
    'deadlines: { reset-nodes: 10m }',
    '',
  ].join('\n');
}

/** Alerts of two rules and commands of several people, all about a few nodes, within seconds. */
function crowd(chance: Chance, round: number, names: readonly string[]): Input[] {
  const key = `round-${round}`;
  const atMs = START_MS + ((round - 1) * 8 + 1) * 60_000 + chance.between(0, 50_000, `${key}/at`);
  const spreadMs = chance.pick([300, 3_000, 12_000], `${key}/spread`);
  const wanted = chance.shuffle(names, `${key}/wanted`).slice(0, chance.between(1, 5, `${key}/many`));
  const inputs: Input[] = wanted.map((node) => ({
    kind: 'node',
    id: `${key}-${node}-breaks`,
    atMs: atMs - 2_000,
    pool: POOL,
    node,
    happens: 'breaks',
  }));
  for (const node of wanted) {
    for (let number = 1; number <= chance.between(2, 4, `${key}/${node}/voices`); number += 1) {
      const own = `${key}-${node}-${number}`;
      const whenMs = atMs + chance.between(0, spreadMs, `${own}/at`);
      inputs.push(
        chance.happens(0.5, `${own}/alert`)
          ? alertOf(chance, own, node, whenMs)
          : commandOf(chance, own, node, wanted, whenMs),
      );
    }
  }
  return inputs;
}

function alertOf(chance: Chance, id: string, node: string, atMs: number): AlertEpisode {
  const alertname = chance.pick(['CardLost', 'LinkDown'], `${id}/name`);
  return {
    kind: 'alert',
    id,
    atMs,
    pool: POOL,
    node,
    alertname,
    byAddress: chance.happens(0.2, `${id}/address`),
    fingerprint: `fp-${id}`,
    startsAtMs: atMs - 4_000,
    repeatMs: 60_000,
    deliveries: 2,
    resolves: chance.pick<AlertEpisode['resolves']>([{ with: 'node' }, 'never', 'never'], `${id}/end`),
    twice: chance.happens(0.3, `${id}/twice`),
  };
}

function commandOf(
  chance: Chance,
  id: string,
  node: string,
  wanted: readonly string[],
  atMs: number,
): CommandInput {
  const others = wanted.filter((other) => other !== node && chance.happens(0.2, `${id}/with/${other}`));
  return {
    kind: 'command',
    id,
    atMs,
    via: chance.pick(['queue', 'queue', 'console'] as const, `${id}/via`),
    action: 'reset-nodes',
    body: {
      id,
      action: 'reset-nodes',
      pool: 'train-a',
      nodes: [node, ...others],
      parameters: {
        rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 },
        // Not everything may be joined.
        ...(chance.happens(0.5, `${id}/image`) && { nodeConfig: { imageId: `image-${id}` } }),
      },
      mode: 'act',
    },
  };
}
