import type { Chance } from '#local/rehearsal/engine/chance';
import type { WorldNode, WorldPool } from '../../world/pool.ts';
import { alertOf, happening, SPARE, TRAIN } from '../inputs/limits-inputs.ts';
import type { AlertEpisode, CommandInput, DecisionInput, Input, Scenario } from '../scenario.ts';

const START_MS = Date.parse('2026-11-20T10:00:00Z');
const MINUTE_MS = 60_000;
const OTHER = 'pool-3f3d-6f5da086876d4cd084d36f8bd3346036';
const FLAVORS = ['modelarts.bm.npu.8', 'modelarts.bm.npu.4'] as const;

/**
 * Pools of several flavors, clusters and supernodes, with every field that the API can show; and commands and rules that
 * use them: a supernode by one of its members, a destination by its cluster alone, the node's own flavor, a move from
 * one node pool to another, node pools whose fields are for some pools alone.
 */
export function generateWide(seed: number, chance: Chance): Scenario {
  const pools = [trainingPool(chance), otherPool(chance, 'spare', SPARE), otherPool(chance, 'other', OTHER)];
  const lastsMs = chance.between(14, 40, 'wide/lasts') * MINUTE_MS;
  return {
    seed,
    startMs: START_MS,
    lastsMs,
    weather: chance.pick([0, 0.3, 1], 'wide/weather'),
    skewMs: 0,
    // If a reading lacks something, the command waits, or goes to a person.
    often: chance.pick<Record<string, number>>(
      [
        {},
        { 'odd-without-field': 100, 'odd-unreadable-entry': 100, 'odd-short': 60 },
        { 'arrives-late': 3, 'never-arrives': 2, 'stays-behind': 2, 'no-quota': 4, 'shows-late': 3 },
      ],
      'wide/often',
    ),
    pools,
    rulesText: rulesText(chance),
    jobSeconds: [20, 120],
    inputs: inputsOf(chance, pools[0]!, lastsMs).sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1)),
  };
}

function nodeOf(chance: Chance, pool: string, index: number, changes: Partial<WorldNode>): WorldNode {
  const key = `wide/${pool}/${index}`;
  return {
    name: `os-node-created-${pool[0] === 't' ? 'a' : pool[0]}${String(index + 1).padStart(4, '0')}`,
    ip: `10.${['train-a', 'spare', 'other'].indexOf(pool) + 1}.0.${index + 1}`,
    phase: chance.happens(0.08, `${key}/broken`) ? 'Abnormal' : 'Available',
    labels: {},
    nodePool: `np-${(index % 2) + 1}`,
    flavor: FLAVORS[0],
    staysBroken: chance.happens(0.1, `${key}/stays-broken`),
    ...changes,
  };
}

function poolOf(name: string, id: string, nodes: readonly WorldNode[], shown: WorldPool['shown']): WorldPool {
  const nodePools = ['np-1', 'np-2'].map((nodePool) => {
    const own = nodes.filter((node) => node.nodePool === nodePool);
    const count = own.length;
    const flavor = own[0]?.flavor ?? FLAVORS[0];
    return [
      nodePool,
      { name: nodePool, resources: { nodePool, flavor, count, maxCount: count, labels: {} } },
    ] as const;
  });
  return {
    name,
    id,
    cluster: `cluster-${name}`,
    nodes: new Map(nodes.map((node) => [node.name, node])),
    nodePools: new Map(nodePools),
    ...(shown && { shown }),
  };
}

function trainingPool(chance: Chance): WorldPool {
  const count = chance.pick([1, 2, 4, 6, 9], 'wide/count');
  const isSupernode = count > 3 && chance.happens(0.75, 'wide/supernode');
  const isOfTwo = chance.happens(0.5, 'wide/flavors');
  const clusters = chance.pick(['one', 'one', 'two', 'none'], 'wide/clusters');
  const nodes = Array.from({ length: count }, (_, index) => {
    const cluster = clusters === 'two' && index % 3 === 2 ? 'cluster-second' : 'cluster-train-a';
    const isMember = isSupernode && index < 4;
    const labels: Record<string, string> = {
      ...(clusters !== 'none' && { 'os.modelarts.node/cluster': cluster }),
      ...(isMember && {
        'os.modelarts.node/batch.uid': `supernode-${index < 2 ? 1 : 2}`,
        ...(chance.happens(0.7, 'wide/counted') && { 'os.modelarts.node/batch.count': '2' }),
      }),
    };
    return nodeOf(chance, 'train-a', index, {
      labels,
      flavor: isOfTwo && index % 2 === 1 ? FLAVORS[1] : FLAVORS[0],
      ...(chance.happens(0.3, 'wide/subnets') && { subnet: `subnet-${index % 2}` }),
      ...(chance.happens(0.1, `wide/${index}/workload`) && { workload: `train-${index}` }),
    });
  });
  const shown = {
    type: chance.pick(['Dedicate', 'Dedicate', 'Logical', undefined], 'wide/type'),
    controlMode: chance.pick([0, 0, 0, 1, 2, 4, undefined], 'wide/control'),
    billing: chance.pick(['0', '0', '1', undefined], 'wide/billing'),
    hasClusters: chance.happens(0.5, 'wide/shows-clusters'),
  };
  return poolOf('train-a', TRAIN, nodes, shown);
}

/** Two pools to which nodes can go: each has a cluster of its own, or both have the same, or one has two. */
function otherPool(chance: Chance, name: 'spare' | 'other', id: string): WorldPool {
  const how = chance.pick(['own', 'own', 'same', 'two', 'none'], 'wide/others');
  const count = chance.pick([0, 1, 2, 2], `wide/${name}/count`);
  const nodes = Array.from({ length: count }, (_, index) => {
    const own = how === 'two' && index === 1 ? `cluster-${name}-2` : `cluster-${name}`;
    const cluster = how === 'same' ? 'cluster-spare' : own;
    return nodeOf(chance, name, index, {
      labels: how === 'none' ? {} : { 'os.modelarts.node/cluster': cluster },
    });
  });
  const pool = poolOf(name, id, nodes, { hasClusters: chance.happens(0.7, `wide/${name}/shows`) });
  return how === 'same' ? { ...pool, cluster: 'cluster-spare' } : pool;
}

function rulesText(chance: Chance): string {
  const out = chance.pick(['100', '100', '2', '1'], 'wide/budget');
  const limits = `budget: { maxUnavailable: ${out}, perDay: 100 }, storm: { nodes: 100 }, breaker: { failures: 100, pause: 1m }`;
  const privileged = (name: string) =>
    chance.pick(['', '', ', privileged: true', ', privileged: false'], `wide/${name}/privileged`);
  const flavor = chance.pick(['same', 'same', FLAVORS[0]], 'wide/rule/flavor');
  const step = chance.happens(0.85, 'wide/rule/step')
    ? ', creatingStep: { type: hyperinstance, step: 2 }'
    : '';
  const whole = chance.pick(['', ', wholeSupernode: members', ', wholeSupernode: any'], 'wide/rule/whole');
  const verify = chance.pick(['', ', verify: { healthyFor: 1m, within: 6m }'], 'wide/rule/verify');
  const back = chance.pick(
    [
      '{ notify: {} }',
      '{ reset-nodes: { rollingConfig: { strategy: RollingByPercent, maxUnavailable: 50 } } }',
    ],
    'wide/rule/next',
  );
  const change = chance.pick(['labels: { worn: "yes" }', 'count: 1', 'count: 9'], 'wide/worn/change');
  return [
    'pools:',
    `  train-a: { id: ${TRAIN}, ${limits}${privileged('train-a')} }`,
    `  spare: { id: ${SPARE}, budget: { maxUnavailable: 100, perDay: 100 }${privileged('spare')} }`,
    `  other: { id: ${OTHER}, budget: { maxUnavailable: 100, perDay: 100 } }`,
    'rules:',
    '  - name: card-lost',
    '    when: { source: alertmanager, labels: { alertname: CardLost } }',
    '    node: { from: labels.instance }',
    '    pool: train-a',
    `    mode: ${chance.pick(['act', 'act', 'act', 'approve', 'observe'], 'wide/rule/mode')}`,
    `    cooldown: ${chance.pick(['0s', '10m'], 'wide/rule/cooldown')}`,
    `    maxEvidenceAge: ${chance.pick(['5m', '30m'], 'wide/rule/age')}`,
    `    ladder: [ { migrate-nodes: { toPoolName: spare, resourceSpec: { flavor: ${flavor}${step} } }${verify}${whole} }, ${back} ]`,
    '  - name: link-down',
    '    when: { source: alertmanager, labels: { alertname: LinkDown } }',
    '    node: { from: labels.instance }',
    '    pool: train-a',
    '    mode: act',
    `    ladder: [ { update-nodes: { action: openHaRedundant }${verify} } ]`,
    '    onResolved: [ { update-nodes: { action: closeHaRedundant } } ]',
    '  - name: worn',
    '    when: { source: alertmanager, labels: { alertname: Worn } }',
    '    node: { from: labels.instance }',
    '    pool: train-a',
    '    mode: act',
    `    ladder: [ { update-node-pool: { resources: { ${change} } }${verify} }, { notify: { severity: critical } } ]`,
    'notify:',
    '  - { kind: webhook, url: "http://chat.example.com/hooks/one", when: [failed, needs-human, awaiting-approval] }',
    'polling: { first: 15s, every: 30s }',
    'deadlines: { migrate-nodes: 15m, update-node-pool: 12m, update-nodes: 10m, reset-nodes: 15m }',
    '',
  ].join('\n');
}

function inputsOf(chance: Chance, pool: WorldPool, lastsMs: number): Input[] {
  const names = [...pool.nodes.keys()];
  const timeOf = (key: string) => START_MS + chance.between(0, lastsMs * 0.7, `wide/${key}/at`);
  const inputs: Input[] = [];
  // All members of a supernode within minutes, or some of them.
  const firstMs = timeOf('first');
  for (let index = 0; index < chance.between(1, 5, 'wide/alerts'); index += 1) {
    const key = `alert-${index + 1}`;
    const isOfFirst = chance.happens(0.6, `wide/${key}/first`);
    const node = isOfFirst ? names[index % names.length]! : chance.pick(names, `wide/${key}/node`);
    const atMs = isOfFirst ? firstMs + index * 20_000 : timeOf(key);
    inputs.push(happening(`${key}-break`, node, atMs - 5_000, 'breaks'));
    inputs.push(
      alertOf(chance, key, node, atMs, {
        alertname: chance.pick(['CardLost', 'CardLost', 'CardLost', 'LinkDown', 'Worn'], `wide/${key}/name`),
        byAddress: chance.happens(0.2, `wide/${key}/address`),
        repeatMs: 120_000,
        deliveries: 6,
        resolves: chance.pick<AlertEpisode['resolves']>(
          [{ with: 'node' }, 'never', { atMs: atMs + chance.between(10, 600, `wide/${key}/ends`) * 1000 }],
          `wide/${key}/end`,
        ),
      }),
    );
    // Redundancy is for nodes that are well.
    if (chance.happens(0.3, `wide/${key}/recovers`))
      inputs.push(happening(`${key}-recovers`, node, atMs - 1_000, 'recovers'));
  }
  for (let index = 0; index < chance.between(2, 6, 'wide/commands'); index += 1) {
    const id = `command-${index + 1}`;
    const atMs = chance.happens(0.4, `wide/${id}/together`) ? timeOf('together') : timeOf(id);
    inputs.push(commandOf(chance, id, names, atMs));
  }
  for (let index = 0; index < chance.between(1, 4, 'wide/decisions'); index += 1) {
    const id = `decision-${index + 1}`;
    const decision = chance.pick<DecisionInput['decision']>(
      ['approve', 'approve', 'reject'],
      `wide/${id}/what`,
    );
    inputs.push({ kind: 'decision', id, atMs: timeOf(id), decision });
  }
  return inputs;
}

function commandOf(chance: Chance, id: string, names: readonly string[], atMs: number): CommandInput {
  const some = (most: number) =>
    chance.shuffle(names, `wide/${id}/nodes`).slice(0, chance.between(1, most, `wide/${id}/many`));
  const nodes = chance.happens(0.4, `wide/${id}/pair`) ? names.slice(0, 2) : some(3);
  const flavor = chance.pick(['same', 'same', FLAVORS[0]], `wide/${id}/flavor`);
  const creatingStep = { type: 'hyperinstance', step: 2 };
  const steps = chance.happens(0.5, `wide/${id}/step`) ? { creatingStep } : {};
  const resources = (content: Record<string, unknown>) => ({
    action: 'update-node-pool',
    nodePool: chance.pick(['np-1', 'np-2'], `wide/${id}/node-pool`),
    parameters: { spec: { resources: content } },
  });
  const migration = (parameters: Record<string, unknown>) => ({ action: 'migrate-nodes', nodes, parameters });
  const content = chance.pick<() => Record<string, unknown> & { action: string }>(
    [
      // A destination by its cluster alone.
      () =>
        migration({
          toClusterName: chance.pick(['cluster-spare', 'cluster-other', 'cluster-nobody'], `wide/${id}/to`),
          resourceSpec: { flavor, ...steps },
        }),
      () =>
        migration({
          fromClusterName: 'cluster-train-a',
          toClusterName: 'cluster-spare',
          resourceSpec: { flavor, ...steps },
        }),
      () =>
        migration({
          toPoolName: chance.pick(['spare', 'other'], `wide/${id}/to`),
          resourceSpec: { flavor, ...steps },
        }),
      // From one node pool of the pool to another.
      () => migration({ resourceSpec: { flavor, nodePool: 'np-2', ...steps } }),
      () => migration({}),
      // Settings that only some pools have, or that count only for a new node pool.
      () =>
        migration({
          toPoolName: 'spare',
          resourceSpec: {
            flavor: FLAVORS[0],
            ...steps,
            ...chance.pick<Record<string, unknown>>(
              [
                { labels: { purpose: 'inspection' } },
                { nodePool: 'np-1', rootVolume: { volumeType: 'SSD', size: '150' } },
                { nodePool: 'np-7', rootVolume: { volumeType: 'SSD', size: '150' } },
              ],
              `wide/${id}/settings`,
            ),
          },
        }),
      () => resources({ count: chance.between(0, 4, `wide/${id}/count`), maxCount: 4 }),
      () =>
        resources({
          nodePool: chance.pick(['np-1', 'np-2', 'np-3'], `wide/${id}/named`),
          labels: { [id]: 'ours' },
        }),
      () => resources({ flavor: FLAVORS[1], labels: { [id]: 'ours' } }),
      () => resources({ taints: [{ key: id, value: 'ours', effect: 'NoSchedule' }] }),
      () => ({
        action: 'reset-nodes',
        nodes: some(4),
        parameters: { rollingConfig: { strategy: 'RollingByPercent', maxUnavailable: 50 } },
      }),
      () => ({
        action: 'update-nodes',
        nodes: some(4),
        parameters: {
          action: chance.pick(['openHaRedundant', 'closeHaRedundant'], `wide/${id}/redundancy`),
        },
      }),
      () => ({ action: 'delete-node-pool', nodePool: chance.pick(['np-1', 'np-2'], `wide/${id}/node-pool`) }),
    ],
    `wide/${id}/what`,
  )();
  return {
    kind: 'command',
    id,
    atMs,
    via: chance.pick(['queue', 'console'] as const, `wide/${id}/via`),
    action: content.action,
    body: {
      id,
      pool: 'train-a',
      ...content,
      mode: chance.pick(['act', 'act', 'act', 'approve', 'observe'], `wide/${id}/mode`),
      ...(chance.happens(0.2, `wide/${id}/interrupt`) && { options: { interruptWorkloads: true } }),
    },
  };
}
