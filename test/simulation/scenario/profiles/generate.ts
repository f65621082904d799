import { type Chance, createChance } from '#local/rehearsal/engine/chance';
import type { WorldNode, WorldPool } from '../../world/pool.ts';
import { withdrawalsOf } from '../inputs/withdrawals.ts';
import { type Later, rulesText } from '../rules-text.ts';
import type { AlertEpisode, CommandInput, Input, NodeInput, Scenario } from '../scenario.ts';

const START_MS = Date.parse('2026-11-20T10:00:00Z');
const MINUTE_MS = 60_000;

/** The situation of a seed: pools, rules, and what happens. */
export function generateScenario(seed: number): Scenario {
  const chance = createChance(seed);
  const pools = [poolOf(chance, 'train-a', 1), poolOf(chance, 'spare', 2)];
  const lastsMs = chance.between(4, 30, 'lasts') * MINUTE_MS;
  const { text, alertnames, isTight } = rulesText(chance);
  return {
    seed,
    startMs: START_MS,
    lastsMs,
    weather: chance.pick([0, 0.5, 1, 1, 2], 'weather'),
    skewMs: chance.pick([0, 0, -60_000, 60_000, -3_000], 'skew'),
    pools,
    rulesText: text,
    inputs: inputsOf(chance, pools, lastsMs, { alertnames, isTight }),
  };
}

function poolOf(chance: Chance, name: string, number: number): WorldPool {
  const id = `pool-${number}f3d-6f5da086876d4cd084d36f8bd3346036`;
  const count = chance.pick([1, 2, 3, 4, 4, 6, 6, 12, 20], `${name}/count`);
  // Nodes share supernodes, or cabinets, or nothing that anybody knows of.
  const domain = chance.pick(
    [undefined, undefined, 'os.modelarts.node/spod.id', 'cce.kubectl.kubernetes.io/cabinet'],
    `${name}/domain`,
  );
  const size = chance.between(2, 4, `${name}/domain/size`);
  const hopeless = chance.pick([0.1, 0.1, 0.1, 0.7], `${name}/hopeless`);
  const hasDriver = chance.happens(0.6, `${name}/driver`);
  const nodes = Array.from({ length: count }, (_, index): WorldNode => {
    const key = `${name}/${index}`;
    const broken = chance.happens(0.1, `${key}/broken`);
    return {
      name: `os-node-created-${name === 'train-a' ? 'a' : 's'}${String(index + 1).padStart(4, '0')}`,
      ip: `10.${number}.0.${index + 1}`,
      phase: broken ? 'Abnormal' : 'Available',
      ...(hasDriver && { driver: broken ? 'Abnormal' : 'Running' }),
      labels: {
        'os.modelarts.node/cluster': `cluster-${name}`,
        ...(domain && { [domain]: `domain-${Math.floor(index / size)}` }),
      },
      nodePool: 'np-1',
      flavor: 'modelarts.bm.npu.8',
      ...(chance.happens(0.08, `${key}/workload`) && { workload: `train-${index}` }),
      staysBroken: chance.happens(hopeless, `${key}/stays-broken`),
    };
  });
  return {
    name,
    id,
    cluster: `cluster-${name}`,
    nodes: new Map(nodes.map((node) => [node.name, node])),
    nodePools: new Map([
      ['np-1', { name: 'np-1', resources: { flavor: 'modelarts.bm.npu.8', count, maxCount: count } }],
    ]),
  };
}

function inputsOf(
  chance: Chance,
  pools: readonly WorldPool[],
  lastsMs: number,
  { alertnames, isTight }: { alertnames: readonly string[]; isTight: boolean },
): Input[] {
  const [pool] = pools;
  const names = [...pool!.nodes.keys()];
  const favourite = chance.pick(names, 'favourite');
  const nodeOf = (key: string) =>
    chance.happens(0.45, `${key}/favourite`) ? favourite : chance.pick(names, `${key}/node`);
  const timeOf = (key: string) => START_MS + chance.between(0, lastsMs, `${key}/at`);
  const inputs: Input[] = [];

  // Many nodes at once, or one after another, or here and there.
  const stormMs = chance.happens(0.2, 'storm')
    ? START_MS + chance.between(0, lastsMs / 2, 'storm/at')
    : undefined;
  const count = stormMs === undefined ? chance.between(1, 7, 'alerts') : chance.between(4, 10, 'alerts');
  for (let index = 0; index < count; index += 1) {
    const key = `alert-${index + 1}`;
    const isOfStorm = stormMs !== undefined && chance.happens(0.8, `${key}/storm`);
    const atMs = isOfStorm
      ? stormMs + chance.between(0, chance.pick([20, 120, 500], 'storm/lasts'), `${key}/storm/at`) * 1000
      : timeOf(key);
    const node = isOfStorm ? chance.pick(names, `${key}/storm/node`) : nodeOf(key);
    const alertname = chance.pick(alertnames, `${key}/name`);
    const agoMs = chance.pick([5_000, 30_000, 10 * MINUTE_MS, 3 * 60 * MINUTE_MS], `${key}/ago`);
    if (chance.happens(0.8, `${key}/breaks`))
      inputs.push({
        kind: 'node',
        id: `${key}-break`,
        atMs: atMs - chance.between(0, 20, `${key}/before`) * 1000,
        pool: pool!.id,
        node,
        happens: 'breaks',
      });
    const episode: AlertEpisode = {
      kind: 'alert',
      id: key,
      atMs,
      pool: pool!.id,
      node,
      alertname,
      byAddress: chance.happens(0.25, `${key}/address`),
      fingerprint: `fp-${alertname}-${node}${chance.happens(0.2, `${key}/other`) ? '-2' : ''}`,
      startsAtMs: atMs - agoMs,
      repeatMs: chance.pick([20_000, 60_000, 240_000], `${key}/repeat`),
      deliveries: chance.between(1, 5, `${key}/deliveries`),
      resolves: chance.pick<AlertEpisode['resolves']>(
        [
          { with: 'node' },
          { atMs: atMs + chance.between(1, 900, `${key}/resolves`) * 1000 },
          { atMs: atMs + chance.between(1, 20, `${key}/soon`) * 1000 },
          'never',
        ],
        `${key}/end`,
      ),
      twice: chance.happens(0.25, `${key}/twice`),
    };
    inputs.push(episode);
    if (!chance.happens(0.25, `${key}/anew`)) continue;
    // It begins to fire once more.
    const anewMs = atMs + chance.between(1, 15, `${key}/anew/after`) * MINUTE_MS;
    inputs.push({
      ...episode,
      id: `${key}-anew`,
      atMs: anewMs,
      startsAtMs: anewMs - 2_000,
      resolves: chance.pick<AlertEpisode['resolves']>(
        [{ with: 'node' }, { atMs: anewMs + chance.between(20, 400, `${key}/anew/ends`) * 1000 }],
        `${key}/anew/end`,
      ),
    });
  }
  for (let index = 0; index < chance.between(0, 3, 'commands'); index += 1)
    inputs.push(commandOf(chance, index, pool!, { nodeOf, timeOf, isTight }));
  for (let index = 0; index < chance.between(0, 4, 'happenings'); index += 1) {
    const key = `node-${index + 1}`;
    inputs.push({
      kind: 'node',
      id: key,
      atMs: timeOf(key),
      pool: pool!.id,
      node: nodeOf(key),
      happens: chance.pick<NodeInput['happens']>(
        [
          'breaks',
          'recovers',
          'recovers',
          'is-checked',
          'is-removed',
          'is-replaced',
          'gets-workload',
          'loses-workload',
        ],
        `${key}/what`,
      ),
    });
  }
  for (let index = 0; index < chance.pick([0, 0, 0, 1, 2], 'poison'); index += 1) {
    const key = `poison-${index + 1}`;
    const body = chance.pick(
      [
        'not json',
        '{"action":"reset-nodes"}',
        '{"action":"reset-nodes","pool":"nowhere","nodes":["a"],"parameters":{"rollingConfig":{"strategy":"RollingByNumber","maxUnavailable":1}}}',
        '{"callId":5}',
      ],
      `${key}/body`,
    );
    inputs.push({
      kind: 'poison',
      id: key,
      atMs: timeOf(key),
      queue: chance.pick(['reset-nodes', 'poll-jobs'], `${key}/queue`),
      body,
    });
  }
  for (let index = 0; index < chance.pick([0, 0, 1, 2], 'sweeps'); index += 1) {
    const key = `sweep-${index + 1}`;
    inputs.push({ kind: 'sweep', id: key, atMs: timeOf(key), times: chance.between(1, 2, `${key}/times`) });
  }
  if (chance.happens(0.2, 'rules'))
    inputs.push({
      kind: 'rules',
      id: 'rules',
      atMs: timeOf('rules'),
      text: rulesText(
        chance,
        chance.pick<Later>(
          [{ mode: 'observe' }, { mode: 'approve' }, { budget: '1' }, { budget: '0' }, { dropsRule: true }],
          'rules/how',
        ),
      ).text,
    });
  if (chance.happens(0.35, 'release'))
    inputs.push({ kind: 'release', id: 'release', atMs: timeOf('release') });
  for (let index = 0; index < chance.between(0, 4, 'decisions'); index += 1) {
    const key = `decision-${index + 1}`;
    inputs.push({
      kind: 'decision',
      id: key,
      atMs: timeOf(key),
      decision: chance.pick(
        ['approve', 'approve', 'approve', 'reject', 'approve-wrong-hash'] as const,
        `${key}/what`,
      ),
    });
  }
  inputs.push(...withdrawalsOf(chance, { fromMs: START_MS, lastsMs }, 2));
  return inputs.sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));
}

function commandOf(
  chance: Chance,
  index: number,
  pool: WorldPool,
  {
    nodeOf,
    timeOf,
    isTight,
  }: { nodeOf: (key: string) => string; timeOf: (key: string) => number; isTight: boolean },
): CommandInput {
  const key = `command-${index + 1}`;
  const atMs = timeOf(key);
  const count = chance.pick([1, 1, 2, 3], `${key}/count`);
  const nodes = [...new Set(Array.from({ length: count }, (_, number) => nodeOf(`${key}/${number}`)))];
  const image = chance.pick([undefined, 'image-b'], `${key}/image`);
  return {
    kind: 'command',
    id: key,
    atMs,
    via: chance.pick(['queue', 'console'] as const, `${key}/via`),
    action: 'reset-nodes',
    body: {
      id: key,
      action: 'reset-nodes',
      pool: chance.pick([pool.name, pool.id], `${key}/pool`),
      nodes,
      parameters: {
        rollingConfig: {
          strategy: 'RollingByNumber',
          maxUnavailable: chance.between(1, 2, `${key}/rolling`),
        },
        ...(image && { nodeConfig: { imageId: image } }),
      },
      // Without any it may wait for a place for a day.
      ...((isTight || chance.happens(0.7, `${key}/evidence`)) && {
        evidenceAt: new Date(atMs - chance.between(0, 900, `${key}/age`) * 1000).toISOString(),
      }),
      mode: chance.pick(['act', 'act', 'approve', 'observe'], `${key}/mode`),
      ...(chance.happens(0.15, `${key}/interrupt`) && { options: { interruptWorkloads: true } }),
    },
  };
}
