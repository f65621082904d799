import { type Chance, createChance } from '#local/rehearsal/engine/chance';
import type { WorldNode, WorldPool } from '../../world/pool.ts';
import type { CommandInput, DecisionInput, Input, Scenario } from '../scenario.ts';
import { generateWide } from './generate-wide.ts';

const START_MS = Date.parse('2026-11-20T10:00:00Z');
const MINUTE_MS = 60_000;
const TRAIN = 'pool-1f3d-6f5da086876d4cd084d36f8bd3346036';
const SPARE = 'pool-2f3d-6f5da086876d4cd084d36f8bd3346036';
const TOPICS = ['migrate', 'update', 'scale', 'delete', 'everything'] as const;
type Topic = (typeof TOPICS)[number];

/** An accepted request takes effect at once, late, or otherwise; and its answer comes, or is lost. */
const BELATED = {
  'arrives-late': 2,
  'arrives-in-work': 3,
  'change-late': 3,
  'deletion-late': 8,
  'shows-late': 3,
};
const IN_VAIN = {
  'never-arrives': 2,
  'stays-behind': 2,
  'change-in-part': 3,
  'change-never': 3,
  'deletion-never': 3,
  'deletion-stops': 3,
  'shows-never': 3,
};
const UNANSWERED = { 'reset-after': 4, 'bad-gateway-after': 4, 'broken-off': 4, 'dies-meanwhile': 6 };
const OFTEN: readonly Record<string, number>[] = [
  {},
  BELATED,
  { ...BELATED, ...IN_VAIN },
  UNANSWERED,
  { ...BELATED, ...UNANSWERED },
];

/** People, programs, schedules and policies ask for everything but resets, at the same time. */
export function generateActions(seed: number): Scenario {
  const chance = createChance(seed);
  if (chance.happens(0.35, 'wide')) return generateWide(seed, chance);
  const topic = chance.pick(TOPICS, 'topic');
  const pools = [trainingPool(chance), sparePool(chance)];
  // Now and then a plan waits for longer than it may.
  const waitsLong = (topic === 'delete' || topic === 'scale') && chance.happens(0.2, 'long');
  const lastsMs = waitsLong ? 27 * 60 * MINUTE_MS : chance.between(10, 40, 'lasts') * MINUTE_MS;
  return {
    seed,
    startMs: START_MS,
    lastsMs,
    weather: chance.pick([0, 0.5, 1, 1, 2], 'weather'),
    often: chance.pick(OFTEN, 'often'),
    skewMs: chance.pick([0, 0, -60_000, 60_000], 'skew'),
    pools,
    rulesText: rulesText(chance, topic),
    jobSeconds: [20, 150],
    inputs: inputsOf(chance, topic, pools[0]!, waitsLong ? 30 * MINUTE_MS : lastsMs, waitsLong),
  };
}

function nodeOf(chance: Chance, pool: 'a' | 's', index: number, labels: Record<string, string>): WorldNode {
  const key = `${pool}/${index}`;
  const broken = chance.happens(0.1, `${key}/broken`);
  return {
    name: `os-node-created-${pool}${String(index + 1).padStart(4, '0')}`,
    ip: `10.${pool === 'a' ? 1 : 2}.0.${index + 1}`,
    phase: broken ? 'Abnormal' : 'Available',
    labels: {
      'os.modelarts.node/cluster': pool === 'a' ? 'cluster-train-a' : 'cluster-spare',
      'os.modelarts.node/underlying.instance.id': `instance-${pool}-${index + 1}`,
      ...labels,
    },
    nodePool: pool === 'a' ? `np-${(index % nodePoolsOf(chance).length) + 1}` : 'np-9',
    flavor: 'modelarts.bm.npu.8',
    ...(chance.happens(0.12, `${key}/workload`) && { workload: `train-${index}` }),
    staysBroken: false,
  };
}

/** Now and then a pool has one node pool alone: it is to stay. */
function nodePoolsOf(chance: Chance): readonly string[] {
  return ['np-1', 'np-2', 'np-3'].slice(0, chance.happens(0.25, 'node-pool/one') ? 1 : 3);
}

function trainingPool(chance: Chance): WorldPool {
  const count = chance.pick([2, 3, 5, 8], 'count');
  const hasSupernode = count > 3 && chance.happens(0.5, 'supernode');
  const nodes = Array.from({ length: count }, (_, index) =>
    nodeOf(
      chance,
      'a',
      index,
      hasSupernode && index < 2 ? { 'os.modelarts.node/batch.uid': 'supernode-1' } : {},
    ),
  );
  const nodePools = nodePoolsOf(chance).map((name) => {
    const own = nodes.filter(({ nodePool }) => nodePool === name).length;
    const resources = { nodePool: name, flavor: 'modelarts.bm.npu.8', count: own, maxCount: own, labels: {} };
    return { name, resources };
  });
  return {
    name: 'train-a',
    id: TRAIN,
    cluster: 'cluster-train-a',
    nodes: new Map(nodes.map((node) => [node.name, node])),
    nodePools: new Map(nodePools.map((nodePool) => [nodePool.name, nodePool])),
  };
}

function sparePool(chance: Chance): WorldPool {
  const count = chance.pick([0, 1, 2], 'spare/count');
  const nodes = Array.from({ length: count }, (_, index) => nodeOf(chance, 's', index, {}));
  return {
    name: 'spare',
    id: SPARE,
    cluster: 'cluster-spare',
    nodes: new Map(nodes.map((node) => [node.name, node])),
    nodePools: new Map([
      ['np-9', { name: 'np-9', resources: { flavor: 'modelarts.bm.npu.8', count, maxCount: count } }],
    ]),
  };
}

/** Minutes after the start at which each schedule fires. */
const FIRES = { grow: 6, 'grow-more': 6, mark: 9, shrink: 14, isolate: 5, rejoin: 11, tag: 8 };
/** A schedule that fires once a month, on the day before the start, may come a whole day late. */
const MONTHLY_MS = [-23 * 60 - 30, -24 * 60 - 30].map((minutes) => START_MS + minutes * MINUTE_MS);

function rulesText(chance: Chance, topic: Topic): string {
  const limits =
    'budget: { maxUnavailable: 100, perDay: 100 }, storm: { nodes: 100 }, breaker: { failures: 100, pause: 1m }';
  const hasPolicy = (topic === 'update' || topic === 'everything') && chance.happens(0.6, 'policy');
  const isScaled = topic === 'scale' || topic === 'everything';
  return [
    'pools:',
    `  train-a: { id: ${TRAIN}, ${limits} }`,
    `  spare: { id: ${SPARE}, ${limits} }`,
    'rules:',
    '  - name: link-down',
    '    when: { source: alertmanager, labels: { alertname: LinkDown } }',
    '    node: { from: labels.instance }',
    '    pool: train-a',
    '    mode: act',
    '    cooldown: 10m',
    '    ladder: [ { update-nodes: { action: openHaRedundant } } ]',
    ...(chance.happens(0.6, 'link-down/undone')
      ? ['    onResolved: [ { update-nodes: { action: closeHaRedundant } }, { notify: {} } ]']
      : []),
    ...wornRule(chance),
    '  - name: card-lost',
    '    when: { source: alertmanager, labels: { alertname: CardLost } }',
    '    node: { from: labels.instance }',
    '    pool: train-a',
    `    mode: ${chance.pick(['act', 'act', 'approve'], 'card-lost/mode')}`,
    '    cooldown: 10m',
    '    ladder: [ { migrate-nodes: { toPoolName: spare, resourceSpec: { flavor: modelarts.bm.npu.8 } } } ]',
    ...(hasPolicy
      ? [
          'tagPolicies:',
          '  - { name: cost-centre, pool: train-a, mode: act, require: { CostCenter: "4711" }, forbid: { Temp: "*" } }',
        ]
      : []),
    ...(isScaled
      ? [
          'schedules:',
          `  - { name: grow, cron: "${FIRES.grow} 10 * * ? *", update-node-pool: { pool: train-a, nodePool: np-1, resources: { count: 3 } } }`,
          `  - { name: grow-more, cron: "${FIRES['grow-more']} 10 * * ? *", mode: ${chance.pick(['act', 'observe', 'observe'], 'grow-more/mode')}, update-node-pool: { pool: train-a, nodePool: np-1, resources: { count: 4 } } }`,
          `  - { name: isolate, cron: "${FIRES.isolate} 10 * * ? *", update-nodes: { pool: train-a, nodes: { name: "os-node-created-a*1" }, action: openHaRedundant } }`,
          `  - { name: rejoin, cron: "${FIRES.rejoin} 10 * * ? *", update-nodes: { pool: train-a, nodes: { name: "os-node-created-a*1" }, action: closeHaRedundant } }`,
          `  - { name: tag, cron: "${FIRES.tag} 10 * * ? *", update-nodes: { pool: train-a, nodes: { nodePool: np-1 }, action: createTags, tags: [{ key: Night, value: "yes" }] } }`,
          `  - { name: mark, cron: "${FIRES.mark} 10 * * ? *", update-node-pool: { pool: train-a, nodePool: np-1, resources: { labels: { morning: "yes" } } } }`,
          ...MONTHLY_MS.map((atMs, index) => {
            const at = new Date(atMs);
            return `  - { name: month-${index + 1}, cron: "${at.getUTCMinutes()} ${at.getUTCHours()} ${at.getUTCDate()} * ? *", update-node-pool: { pool: train-a, nodePool: np-${index + 2}, resources: { labels: { month: "yes" } } } }`;
          }),
          `  - { name: shrink, cron: "${FIRES.shrink} 10 * * ? *", mode: ${chance.pick(['act', 'approve', 'observe'], 'shrink/mode')}, update-node-pool: { pool: train-a, nodePool: np-1, resources: { count: 1, labels: { night: "yes" } } } }`,
        ]
      : []),
    'notify:',
    '  - { kind: webhook, url: "http://chat.example.com/hooks/one", when: [failed, needs-human, awaiting-approval] }',
    'polling: { first: 15s, every: 30s }',
    'deadlines: { migrate-nodes: 15m, update-node-pool: 12m, delete-node-pool: 15m, update-nodes: 10m }',
    '',
  ].join('\n');
}

/** A rule that changes the node pool in which a node is. */
function wornRule(chance: Chance): string[] {
  const nodePool = chance.pick(['', 'nodePool: np-2, '], 'worn/node-pool');
  const change = chance.pick(['labels: { worn: "yes" }', 'count: 5', 'count: 1'], 'worn/change');
  const verify = chance.pick(['', ', verify: { healthyFor: 1m, within: 4m }'], 'worn/verify');
  const undone = chance.happens(0.5, 'worn/undone');
  return [
    '  - name: worn',
    '    when: { source: alertmanager, labels: { alertname: Worn } }',
    '    node: { from: labels.instance }',
    '    pool: train-a',
    '    mode: act',
    `    ladder: [ { update-node-pool: { ${nodePool}resources: { ${change} } }${verify} }, { notify: {} } ]`,
    ...(undone
      ? ['    onResolved: [ { update-node-pool: { resources: { labels: { worn: "no" } } } } ]']
      : []),
  ];
}

function inputsOf(
  chance: Chance,
  topic: Topic,
  pool: WorldPool,
  spanMs: number,
  waitsLong: boolean,
): Input[] {
  const names = [...pool.nodes.keys()];
  const timeOf = (key: string) => START_MS + chance.between(0, spanMs, `${key}/at`);
  const inputs: Input[] = [];

  const commands = chance.between(1, 6, 'commands');
  for (let index = 1; index <= commands; index += 1) {
    const key = `command-${index}`;
    // Some come at the same moment as others.
    const atMs = chance.happens(0.4, `${key}/together`) ? timeOf('together') : timeOf(key);
    const input = commandOf(chance, key, topic, names, atMs);
    inputs.push(input);
    if (chance.happens(0.15, `${key}/again`))
      inputs.push({
        ...input,
        id: `${key}-again`,
        atMs: atMs + chance.between(0, 90, `${key}/later`) * 1000,
      });
    if (chance.happens(0.1, `${key}/other`)) {
      const other = commandOf(chance, `${key}-other`, topic, names, atMs + 3_000);
      inputs.push({ ...other, id: `${key}-other`, body: { ...other.body, id: key } });
    }
  }
  inputs.push(...alertsOf(chance, topic, names, timeOf), ...poisonOf(chance, timeOf));
  if (topic === 'scale' || topic === 'everything') inputs.push(...firingsOf(chance));
  if (chance.happens(0.2, 'withdrawal'))
    inputs.push({ kind: 'withdrawal', id: 'withdrawal', atMs: timeOf('withdrawal'), of: 'waiting' });
  if (topic === 'update' || topic === 'everything')
    for (let index = 1; index <= chance.between(0, 4, 'enforced'); index += 1)
      inputs.push({
        kind: 'enforce',
        id: `enforce-${index}`,
        atMs: timeOf(`enforce-${index}`),
        times: chance.pick([1, 1, 2, 3], `enforce-${index}/times`),
      });
  if (topic !== 'migrate' && topic !== 'update')
    for (let index = 1; index <= chance.between(0, 4, 'others'); index += 1) {
      const key = `others-${index}`;
      inputs.push({
        kind: 'node-pool',
        id: key,
        atMs: chance.happens(0.5, `${key}/together`)
          ? timeOf('together') + chance.between(-500, 3_000, `${key}/near`)
          : timeOf(key),
        pool: TRAIN,
        nodePool: chance.pick(['np-1', 'np-1', 'np-2'], `${key}/which`),
        changes: chance.pick<Record<string, unknown>>(
          [
            { labels: { [key]: 'theirs' } },
            { extendParams: { dockerBaseSize: '100' } },
            { taints: [{ key, value: 'theirs', effect: 'NoSchedule' }] },
            { count: 2, maxCount: 2 },
          ],
          `${key}/what`,
        ),
      });
    }
  // A deletion does nothing without an approval: a person checks again and again.
  if ((topic === 'delete' || topic === 'everything') && !waitsLong)
    for (let index = 1; index <= chance.between(2, 6, 'approvals'); index += 1) {
      const atMs = timeOf(`approval-${index}`);
      inputs.push({
        kind: 'decision',
        id: `approval-${index}`,
        atMs,
        decision: 'approve',
        action: 'delete-node-pool',
      });
    }
  const decisions = topic === 'update' ? 1 : chance.between(1, 5, 'decisions');
  for (let index = 1; index <= decisions; index += 1) {
    const key = `decision-${index}`;
    const isLate = waitsLong && chance.happens(0.5, `${key}/late`);
    inputs.push({
      kind: 'decision',
      id: key,
      atMs: isLate ? START_MS + 26 * 60 * MINUTE_MS : timeOf(key),
      decision: chance.pick<DecisionInput['decision']>(
        ['approve', 'approve', 'approve', 'approve', 'reject', 'approve-wrong-hash'],
        `${key}/what`,
      ),
    });
  }
  for (let index = 1; index <= chance.between(0, 3, 'happenings'); index += 1) {
    const key = `node-${index}`;
    inputs.push({
      kind: 'node',
      id: key,
      atMs: timeOf(key),
      pool: TRAIN,
      node: chance.pick(names, `${key}/node`),
      happens: chance.pick(
        ['breaks', 'recovers', 'is-checked', 'is-removed', 'gets-workload', 'loses-workload'] as const,
        `${key}/what`,
      ),
    });
  }
  return inputs.sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));
}

function withNodes(nodes: readonly string[], parameters: Record<string, unknown>) {
  return { nodes, parameters };
}

function commandOf(
  chance: Chance,
  id: string,
  topic: Topic,
  names: readonly string[],
  atMs: number,
): CommandInput {
  const of: Record<Topic, readonly string[]> = {
    migrate: ['migrate-nodes'],
    update: ['update-nodes'],
    scale: ['update-node-pool'],
    delete: ['delete-node-pool', 'delete-node-pool', 'update-node-pool', 'reset-nodes'],
    everything: ['migrate-nodes', 'update-nodes', 'update-node-pool', 'delete-node-pool', 'reset-nodes'],
  };
  const action = chance.pick(of[topic], `${id}/action`);
  const some = (most: number) =>
    chance.shuffle(names, `${id}/nodes`).slice(0, chance.between(1, most, `${id}/many`));
  const content: Record<string, () => Record<string, unknown>> = {
    'reset-nodes': () =>
      withNodes(some(2), { rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 } }),
    'migrate-nodes': () => {
      // The whole supernode, or by mistake a part of it.
      const nodes = chance.happens(0.3, `${id}/supernode`)
        ? names.slice(0, 2)
        : some(Math.min(4, names.length));
      const flavor = 'modelarts.bm.npu.8';
      const hasStep = chance.happens(0.5, `${id}/step`);
      return withNodes(nodes, {
        toPoolName: chance.pick(['spare', SPARE], `${id}/to`),
        resourceSpec: { flavor, ...(hasStep && { creatingStep: { type: 'hyperinstance', step: 2 } }) },
      });
    },
    'update-nodes': () =>
      withNodes(
        some(6),
        chance.pick<Record<string, unknown>>(
          [
            { action: 'openHaRedundant' },
            { action: 'closeHaRedundant' },
            { action: 'createTags', tags: [{ key: 'Owner', value: id }] },
            { action: 'createTags', tags: [{ key: 'Temp', value: 'yes' }] },
            { action: 'deleteTags', tags: [{ key: 'Temp', value: 'yes' }] },
          ],
          `${id}/what`,
        ),
      ),
    'update-node-pool': () => ({
      nodePool: chance.pick(['np-1', 'np-1', 'np-2', 'np-7'], `${id}/node-pool`),
      parameters: {
        spec: {
          resources: chance.pick<Record<string, unknown>>(
            [
              { count: chance.between(0, 5, `${id}/count`) },
              { labels: { [id]: 'ours' } },
              { count: chance.between(1, 4, `${id}/count`), labels: { [id]: 'ours' } },
            ],
            `${id}/what`,
          ),
        },
      },
    }),
    'delete-node-pool': () => ({
      nodePool: chance.pick(['np-1', 'np-2', 'np-2', 'np-3'], `${id}/node-pool`),
    }),
  };
  const mode = chance.pick(['act', 'act', 'act', 'approve', 'observe'], `${id}/mode`);
  return {
    kind: 'command',
    id,
    atMs,
    via: chance.pick(['queue', 'console'] as const, `${id}/via`),
    action,
    body: {
      id,
      action,
      pool: chance.pick(['train-a', TRAIN], `${id}/pool`),
      ...content[action]!(),
      mode,
      ...(chance.happens(0.15, `${id}/interrupt`) && { options: { interruptWorkloads: true } }),
    },
  };
}

const ALERTS: Readonly<Record<Topic, readonly string[]>> = {
  migrate: ['CardLost'],
  update: ['LinkDown'],
  scale: ['Worn'],
  delete: [],
  everything: ['CardLost', 'LinkDown', 'Worn'],
};

function alertsOf(
  chance: Chance,
  topic: Topic,
  names: readonly string[],
  timeOf: (key: string) => number,
): Input[] {
  const all = ALERTS[topic];
  if (all.length === 0) return [];
  return Array.from({ length: chance.between(0, 3, 'alerts') }, (_, index): Input => {
    const key = `alert-${index + 1}`;
    const atMs = timeOf(key);
    return {
      kind: 'alert',
      id: key,
      atMs,
      pool: TRAIN,
      node: chance.pick(names, `${key}/node`),
      alertname: chance.pick(all, `${key}/name`),
      byAddress: chance.happens(0.25, `${key}/address`),
      fingerprint: `fp-${key}`,
      startsAtMs: atMs - 5_000,
      repeatMs: 60_000,
      deliveries: 3,
      resolves: chance.pick([{ atMs: atMs + 400_000 }, 'never'] as const, `${key}/end`),
      twice: chance.happens(0.3, `${key}/twice`),
    };
  });
}

const TOO_MANY = JSON.stringify(Array.from({ length: 501 }, (_, index) => `os-node-${index}`));
const RESET = '"parameters":{"rollingConfig":{"strategy":"RollingByNumber","maxUnavailable":1}},"mode":"act"';

/** Messages that no function can process, each with its queue. */
const POISON: readonly [queue: string, body: string][] = [
  ['migrate-nodes', 'not json'],
  [
    'update-nodes',
    '{"action":"update-nodes","pool":"train-a","nodes":["a"],"parameters":{"action":"createTags"}}',
  ],
  ['update-nodes', `{"id":"poison-reset","action":"reset-nodes","pool":"train-a","nodes":["a"],${RESET}}`],
  [
    'reset-nodes',
    `{"id":"poison-many","action":"reset-nodes","pool":"train-a","nodes":${TOO_MANY},${RESET}}`,
  ],
  ['reset-nodes', `{"id":"poison-nowhere","action":"reset-nodes","pool":"nowhere","nodes":["a"],${RESET}}`],
  [
    'migrate-nodes',
    '{"action":"migrate-nodes","pool":"train-a","nodes":["a"],"parameters":{"toPoolName":"spare"}}',
  ],
  [
    'update-node-pool',
    '{"action":"update-node-pool","pool":"train-a","nodePool":"np-1","parameters":{"spec":{"resources":{"count":-1}}}}',
  ],
  ['update-node-pool', '{"action":"update-node-pool","pool":"train-a","nodes":["a"],"parameters":{}}'],
  ['delete-node-pool', '{"action":"delete-node-pool","pool":"train-a"}'],
  ['delete-node-pool', '[]'],
  ['poll-jobs', '{"callId":5}'],
  ['enforce-tag-policy', '{"name":"x"}'],
];

function poisonOf(chance: Chance, timeOf: (key: string) => number): Input[] {
  return Array.from({ length: chance.pick([0, 0, 1, 3], 'poison') }, (_, index): Input => {
    const key = `poison-${index + 1}`;
    const [queue, body] = chance.pick(POISON, `${key}/what`);
    return {
      kind: 'poison',
      id: key,
      atMs: chance.happens(0.6, `${key}/with`) ? timeOf('together') : timeOf(key),
      queue,
      body,
    };
  });
}

/** Each firing of a schedule, some twice, some late, some for yesterday. */
function firingsOf(chance: Chance): Input[] {
  const monthly = MONTHLY_MS.flatMap((scheduledAtMs, index): Input[] => {
    const schedule = `month-${index + 1}`;
    if (chance.happens(0.4, `${schedule}/fires`)) return [];
    const atMs = START_MS + chance.between(1, 14, `${schedule}/at`) * MINUTE_MS;
    return [{ kind: 'firing', id: `firing-${schedule}`, atMs, schedule, scheduledAtMs }];
  });
  const daily = Object.entries(FIRES).flatMap(([schedule, minute]) => {
    const scheduledAtMs = START_MS + minute * MINUTE_MS;
    const times = chance.pick([1, 1, 2, 3], `${schedule}/times`);
    return Array.from({ length: times }, (_, index): Input => {
      const key = `firing-${schedule}-${index + 1}`;
      const lateMs = chance.pick([300, 300, 2_000, 60_000, 9 * MINUTE_MS], `${key}/late`);
      const agoMs = index > 0 && chance.happens(0.2, `${key}/old`) ? 25 * 60 * MINUTE_MS : 0;
      return {
        kind: 'firing',
        id: key,
        atMs: scheduledAtMs + lateMs,
        schedule,
        scheduledAtMs: scheduledAtMs - agoMs,
      };
    });
  });
  return [...daily, ...monthly];
}
