import { type Chance, createChance } from '#local/rehearsal/engine/chance';
import type { WorldNode, WorldPool } from '../../world/pool.ts';
import { alertOf, commandOf, crowdOf, happening, SPARE, TRAIN, type Voice } from '../inputs/limits-inputs.ts';
import { withdrawalsOf } from '../inputs/withdrawals.ts';
import type { Input, Scenario } from '../scenario.ts';

const START_MS = Date.parse('2026-11-20T10:00:00Z');
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SPARE_NODES = ['os-node-created-s0001', 'os-node-created-s0002'];

/** Functions do what they are to do, and the table and the queues too: what happens has its reason in pools and API alone. */
const SOUND: Record<string, number> = {
  'killed-before': 0,
  'killed-after': 0,
  frozen: 0,
  stall: 0,
  slow: 0,
  fails: 0,
  'fails-before': 0,
  'fails-midway': 0,
  'fails-after': 0,
  late: 0,
  'delivered-twice': 0,
  undeleted: 0,
  suspended: 0,
  'suspended-for-good': 0,
  'unknown-phase': 0,
  flaps: 0,
};

/** Functions take their time, so that others are faster. */
const CROWDED = { stall: 12, slow: 8, 'suspended-for-good': 0, 'unknown-phase': 0.3 };

/** The limits of a pool, in the words of the rules file. An absent limit is too high to reach. */
type Limits = {
  unavailable?: string;
  perDay?: string;
  storm?: string;
  breaker?: string;
  windows?: string;
  /** The windows of the other pool. */
  spareWindows?: string;
};

/** The limits that a seed reaches, and how. */
type Flavour = {
  often: Record<string, number>;
  weather?: readonly number[];
  jobSeconds: readonly [number, number];
  polling?: string;
  /** How many nodes the pool has. */
  nodes: readonly number[];
  /** How likely a node is out of service at first, and how likely a reset does not help. */
  broken?: number;
  hopeless?: number;
  domain?: readonly string[];
  queues?: { batchSize: number; batchingWindowMs: number };
  limits(chance: Chance, count: number): Limits;
  /** The inputs, and their span of time; `startMs` where it is not in the morning. */
  happens(chance: Chance, names: readonly string[]): Course;
};
type Course = { inputs: Input[]; lastsMs: number; startMs?: number; sweepEveryMs?: number };

/** So many different nodes, in any order. */
function some(chance: Chance, names: readonly string[], least: number, most: number, key: string): string[] {
  return chance.shuffle(names, key).slice(0, chance.between(least, most, `${key}/many`));
}

/** Crowds one after another. Each wants some of the nodes. */
function rounds(
  chance: Chance,
  names: readonly string[],
  {
    count,
    everyMs,
    spreads,
    voices,
    most,
    startMs = START_MS,
  }: {
    count: number;
    everyMs: number;
    spreads: readonly number[];
    voices: readonly Voice[];
    most: number;
    startMs?: number;
  },
): Input[] {
  return Array.from({ length: count }, (_, index) => {
    const key = `round-${index + 1}`;
    return crowdOf(chance, {
      key,
      atMs: startMs + index * everyMs + MINUTE_MS + chance.between(0, 20_000, `${key}/at`),
      spreadMs: chance.pick(spreads, `${key}/spread`),
      nodes: some(chance, names, 2, most, `${key}/wanted`),
      voices,
    });
  }).flat();
}

/** Nodes that break and get well by themselves. */
function unrest(chance: Chance, names: readonly string[], most: number, lastsMs: number): Input[] {
  return Array.from({ length: chance.between(0, most, 'unrest') }, (_, index) => {
    const key = `unrest-${index + 1}`;
    return happening(
      key,
      chance.pick(names, `${key}/node`),
      START_MS + chance.between(0, lastsMs, `${key}/at`),
      chance.pick(['breaks', 'recovers', 'recovers', 'is-checked', 'is-removed'] as const, `${key}/what`),
    );
  });
}

const FLAVOURS: Record<string, Flavour> = {
  // More is wanted at the same moment than there are places, by functions that run side by side.
  places: {
    often: CROWDED,
    weather: [0, 0.5, 1],
    jobSeconds: [15, 90],
    nodes: [2, 2, 3, 4, 6, 9],
    broken: 0.25,
    hopeless: 0.1,
    limits: (chance, count) => ({
      // A share of a small pool is a case of its own.
      unavailable:
        count <= 4 && chance.happens(0.7, 'small')
          ? chance.pick(['5%', '10%', '20%'], 'budget')
          : chance.pick(['1', '2', '3', '10%', '25%', '34%', '50%', '70%'], 'budget'),
    }),
    happens(chance, names) {
      const count = chance.between(2, 3, 'rounds');
      const lastsMs = count * 6 * MINUTE_MS;
      const voices: Voice[] = ['alert', 'alert', 'reset', 'reset', 'migrate'];
      return {
        lastsMs,
        inputs: [
          ...rounds(chance, names, {
            count,
            everyMs: 6 * MINUTE_MS,
            spreads: [100, 1_000, 4_000],
            voices,
            most: 5,
          }),
          ...unrest(chance, names, 4, lastsMs),
        ],
      };
    },
  },
  // Jobs that are over, and nodes that are worse than before, while other functions still rely on an older reading.
  readings: {
    often: { ...CROWDED, stall: 40, slow: 15 },
    jobSeconds: [1, 2],
    polling: '{ first: 1s, every: 1s }',
    nodes: [3, 4, 5],
    hopeless: 0.7,
    limits: (chance) => ({ unavailable: chance.pick(['1', '2'], 'budget') }),
    happens(chance, names) {
      const count = 4;
      const wells = Array.from({ length: count }, (_, index) =>
        names.map((node) =>
          happening(`well-${index}-${node}`, node, START_MS + index * 4 * MINUTE_MS + 20_000, 'recovers'),
        ),
      ).flat();
      return {
        lastsMs: count * 4 * MINUTE_MS,
        inputs: [
          ...wells,
          ...rounds(chance, names, {
            count,
            everyMs: 4 * MINUTE_MS,
            spreads: [3_000, 8_000, 15_000],
            voices: ['alert', 'reset'],
            most: 4,
          }),
        ],
      };
    },
  },
  // A day's budget: over midnight, or until it comes back.
  day: {
    often: { ...SOUND, 'unavailable-before': 2, 'not-connected': 35 },
    weather: [0, 0.5, 1],
    jobSeconds: [10, 60],
    nodes: [3, 4, 5, 8, 10],
    hopeless: 0.2,
    limits: (chance) => ({ perDay: chance.pick(['1', '2', '3', '10%', '20%', '34%', '50%'], 'budget') }),
    happens(chance, names) {
      const isLong = chance.happens(0.25, 'long');
      const startMs = isLong ? START_MS : Date.parse('2026-11-20T23:25:00Z');
      const wanted = Array.from({ length: chance.between(3, isLong ? 4 : 7, 'wanted') }, (_, index) => {
        const key = `wish-${index + 1}`;
        // Most of it on the one day, the rest on the next.
        const isNextDay = isLong && chance.happens(0.4, `${key}/next`);
        const atMs =
          startMs +
          (isNextDay ? 24 * HOUR_MS : 0) +
          // Some come within the minute after which a call that was not made is tried again.
          (chance.happens(0.3, `${key}/together`)
            ? chance.between(10, 14, 'together')
            : chance.between(1, isLong ? 30 : 70, `${key}/at`)) *
            MINUTE_MS +
          chance.between(0, 58_000, `${key}/moment`);
        const node = chance.pick(names, `${key}/node`);
        const isBusy = chance.happens(0.3, `${key}/busy`);
        return [
          ...(isBusy ? [happening(`${key}-busy`, node, atMs - 5_000, 'gets-workload')] : []),
          ...(isBusy ? [happening(`${key}-idle`, node, atMs + 4 * MINUTE_MS, 'loses-workload')] : []),
          chance.happens(0.5, `${key}/alert`)
            ? alertOf(chance, key, node, atMs)
            : commandOf(key, [node], atMs, { voice: 'reset', hasEvidence: !isLong }),
        ];
      });
      return {
        startMs,
        lastsMs: isLong ? 25 * HOUR_MS : 75 * MINUTE_MS,
        ...(isLong && { sweepEveryMs: 2 * HOUR_MS }),
        inputs: wanted.flat(),
      };
    },
  },
  // Windows that open and close, of two pools, by clocks of different countries.
  windows: {
    often: SOUND,
    weather: [0, 1],
    jobSeconds: [5, 30],
    nodes: [4, 6],
    limits: (chance) => ({
      windows: windowsOf(chance, 'windows'),
      ...(chance.happens(0.7, 'spare/windows') && { spareWindows: windowsOf(chance, 'spare/windows/which') }),
    }),
    happens(chance, names) {
      const wanted = Array.from({ length: chance.between(4, 8, 'wanted') }, (_, index): Input => {
        const key = `wish-${index + 1}`;
        const atMs = START_MS + chance.between(0, 70 * 60, `${key}/at`) * 1_000;
        const node = chance.pick(names, `${key}/node`);
        if (chance.happens(0.4, `${key}/spare`))
          return commandOf(key, [chance.pick(SPARE_NODES, `${key}/which`)], atMs, {
            voice: 'reset',
            pool: 'spare',
          });
        return chance.happens(0.4, `${key}/alert`)
          ? alertOf(chance, key, node, atMs, { deliveries: 12, repeatMs: 5 * MINUTE_MS })
          : commandOf(key, [node], atMs, {
              voice: chance.pick(['reset', 'reset', 'migrate'], `${key}/voice`),
            });
      });
      return { lastsMs: 75 * MINUTE_MS, inputs: wanted };
    },
  },
  // Many nodes are reported at once, or nearly too many; more of them come while it is waited for quiet.
  storm: {
    often: SOUND,
    weather: [0, 1],
    jobSeconds: [10, 60],
    nodes: [5, 8, 12],
    hopeless: 0.1,
    limits: (chance) => ({
      storm: `{ nodes: ${chance.pick(['1', '2', '3', '20%', '40%'], 'storm/nodes')}, within: ${chance.pick(['2m', '3m', '5m'], 'storm/within')} }`,
    }),
    happens(chance, names) {
      const burst = (key: string, atMs: number, most: number) => {
        const gap = chance.pick([2, 15, 40, 90], `${key}/gap`);
        return some(chance, names, 1, most, `${key}/nodes`).flatMap((node, index) => {
          const whenMs = atMs + index * gap * 1_000 + chance.between(0, 3_000, `${key}/${node}/at`);
          // Some are reported by two alerts, and one after another.
          return Array.from({ length: chance.pick([1, 1, 2], `${key}/${node}/alerts`) }, (_, number) =>
            alertOf(
              chance,
              `${key}-${node}-${number + 1}`,
              node,
              whenMs + number * chance.between(1, 40, `${key}/${node}/later`) * 1_000,
              { alertname: number === 0 ? 'CardLost' : 'LinkDown' },
            ),
          );
        });
      };
      return {
        lastsMs: 22 * MINUTE_MS,
        inputs: [
          ...burst('first', START_MS + MINUTE_MS, 6),
          ...burst('second', START_MS + chance.between(3, 12, 'second') * MINUTE_MS, 4),
          ...burst('third', START_MS + chance.between(12, 20, 'third') * MINUTE_MS, 4),
        ],
      };
    },
  },
  // Failures in a row, of nodes that are beyond help and of an API that is not there.
  breaker: {
    often: {
      ...SOUND,
      'unavailable-before': 4,
      'not-connected': 20,
      'throttled-as-500': 28,
      'breaks-again': 0,
    },
    weather: [0.3, 0.6, 1],
    jobSeconds: [5, 40],
    polling: '{ first: 5s, every: 10s }',
    nodes: [8, 12],
    hopeless: 0.7,
    limits: (chance) => ({
      breaker: `{ failures: ${chance.between(1, 3, 'breaker/failures')}, pause: ${chance.pick(['1m', '2m', '4m'], 'breaker/pause')} }`,
    }),
    happens(chance, names) {
      const wanted = chance.shuffle(names, 'wanted');
      const clusters = Array.from({ length: 4 }, (_, index) => {
        const atMs = START_MS + index * 6 * MINUTE_MS + chance.between(20, 120, `cluster-${index}`) * 1_000;
        return crowdOf(chance, {
          key: `cluster-${index}`,
          atMs,
          spreadMs: chance.pick([1_000, 20_000, 120_000], `cluster-${index}/spread`),
          nodes: wanted.slice(index * 3, index * 3 + 3),
          voices: ['alert', 'alert', 'reset'],
          more: 0,
        });
      });
      return { lastsMs: 28 * MINUTE_MS, inputs: clusters.flat() };
    },
  },
  // Nodes that share what can fail.
  domains: {
    often: CROWDED,
    weather: [0, 0.5, 1],
    jobSeconds: [15, 60],
    nodes: [6, 9, 12],
    domain: ['os.modelarts.node/batch.uid', 'os.modelarts.node/spod.id', 'cce.kubectl.kubernetes.io/cabinet'],
    limits: () => ({}),
    happens: (chance, names) => ({
      lastsMs: 12 * MINUTE_MS,
      inputs: rounds(chance, names, {
        count: 2,
        everyMs: 6 * MINUTE_MS,
        spreads: [100, 1_500, 20_000],
        voices: ['alert', 'reset'],
        most: 5,
      }),
    }),
  },
  // A long queue for few places: who was there first goes first.
  queue: {
    often: { ...SOUND, 'breaks-again': 0 },
    weather: [0, 1],
    jobSeconds: [20, 80],
    nodes: [5, 7, 9],
    broken: 0.15,
    limits: (chance) => ({ unavailable: chance.pick(['1', '2', '2', '3'], 'budget') }),
    happens(chance, names) {
      const wanted = chance.shuffle(names, 'wanted').slice(0, chance.between(4, 8, 'wanted/many'));
      const inputs = wanted.map((node, index): Input => {
        const key = `wish-${index + 1}`;
        const atMs = START_MS + MINUTE_MS + chance.between(0, 240, `${key}/at`) * 1_000;
        return chance.happens(0.5, `${key}/alert`)
          ? alertOf(chance, key, node, atMs, {
              // Some are over before it is their turn.
              ...(chance.happens(0.4, `${key}/resolves`) && {
                resolves: { atMs: atMs + chance.between(20, 300, `${key}/ends`) * 1_000 },
              }),
            })
          : commandOf(key, [node], atMs, { voice: 'reset' });
      });
      const recoveries = names.map((node) =>
        happening(
          `recovery-${node}`,
          node,
          START_MS + chance.between(5, 15, `${node}/recovers`) * MINUTE_MS,
          'recovers',
        ),
      );
      return { lastsMs: 18 * MINUTE_MS, inputs: [...inputs, ...recoveries] };
    },
  },
  // Together they would leave no node behind.
  emptying: {
    often: { ...CROWDED, slow: 20, 'no-quota': 0.2 },
    jobSeconds: [20, 60],
    nodes: [2, 2, 3],
    queues: { batchSize: 1, batchingWindowMs: 30 },
    limits: () => ({}),
    happens(chance, names) {
      const spreadMs = chance.pick([30, 300], 'spread');
      // The nodes of the other pool are to come here at the same time.
      const wanted = [
        ...names.map((node) => ({ node, pool: 'train-a' as const, atMs: START_MS + 30_000 })),
        ...SPARE_NODES.map((node) => ({ node, pool: 'spare' as const, atMs: START_MS + 100_000 })),
      ];
      const inputs = wanted.map(({ node, pool, atMs }) =>
        commandOf(`go-${node}`, [node], atMs + chance.between(0, spreadMs, `${node}/at`), {
          voice: 'migrate',
          pool,
        }),
      );
      return { lastsMs: 6 * MINUTE_MS, inputs };
    },
  },
};

/** Those in which the most may go wrong come twice as often. */
const OFTEN = ['places', 'readings', 'breaker'];

/** One window, or two: minutes after which clock, and for how long. */
function windowsOf(chance: Chance, key: string): string {
  const one = (name: string) => {
    const [hours, zone] = chance.pick(
      [
        ['*', 'UTC'],
        ['*', 'Asia/Kolkata'],
        ['11', 'Europe/Berlin'],
        ['10', 'UTC'],
        ['15', 'Asia/Kolkata'],
        ['15,16', 'Asia/Kolkata'],
        ['5/6', 'America/New_York'],
      ] as const,
      `${name}/clock`,
    );
    const minutes = chance.pick(['0/12', '5/20', '10', '40', '25/30'], `${name}/minutes`);
    const length = chance.pick(['3m', '6m', '9m'], `${name}/length`);
    return `{ start: "${minutes} ${hours} * * ? *", length: ${length}, timezone: ${zone} }`;
  };
  return chance.happens(0.6, `${key}/two`) ? `${one(`${key}/1`)}, ${one(`${key}/2`)}` : one(`${key}/1`);
}

/** Pools that come near to one of their limits, and functions that meet there. */
export function generateLimits(seed: number): Scenario {
  const chance = createChance(seed);
  const flavour = FLAVOURS[chance.pick([...Object.keys(FLAVOURS), ...OFTEN], 'flavour')]!;
  const pool = poolOf(chance, flavour);
  const names = [...pool.nodes.keys()];
  const { inputs, lastsMs, startMs = START_MS, sweepEveryMs } = flavour.happens(chance, names);
  inputs.push(...withdrawalsOf(chance, { fromMs: startMs, lastsMs }, 1));
  const { queues = { batchSize: 2, batchingWindowMs: 80 } } = flavour;
  const isCrowded = flavour.queues !== undefined || chance.happens(0.7, 'crowded');
  return {
    seed,
    startMs,
    lastsMs,
    weather: chance.pick(flavour.weather ?? [0.5, 1], 'weather'),
    skewMs: 0,
    pools: [pool, sparePool()],
    rulesText: rulesText(chance, flavour, names.length),
    often: flavour.often,
    jobSeconds: flavour.jobSeconds,
    ...(isCrowded && { queues }),
    ...(sweepEveryMs && { sweepEveryMs }),
    inputs: inputs.sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1)),
  };
}

function poolOf(chance: Chance, { nodes, broken = 0, hopeless = 0, domain }: Flavour): WorldPool {
  const count = chance.pick(nodes, 'count');
  const hasDriver = chance.happens(0.6, 'driver');
  const size = chance.between(2, 4, 'domain/size');
  const all = Array.from({ length: count }, (_, index): WorldNode => {
    const key = `node/${index}`;
    const group = Math.floor(index / size);
    // Neighbours share what they share, each group something of its own.
    const label = domain && chance.pick(domain, `domain/${group}`);
    const isBroken = chance.happens(broken, `${key}/broken`);
    // Some only by their driver, and some are at work on themselves.
    const [phase, driver] = isBroken
      ? chance.pick(
          [
            ['Abnormal', 'Abnormal'],
            ['Available', 'Abnormal'],
            ['Available', 'Abnormal'],
            ['Checking', 'Pending'],
          ] as const,
          `${key}/how`,
        )
      : (['Available', 'Running'] as const);
    return {
      name: `os-node-created-a${String(index + 1).padStart(4, '0')}`,
      ip: `10.1.0.${index + 1}`,
      phase: hasDriver || phase !== 'Available' || !isBroken ? phase : 'Abnormal',
      ...(hasDriver && { driver }),
      labels: {
        'os.modelarts.node/cluster': 'cluster-a',
        ...(label && chance.happens(0.85, `${key}/domain`) && { [label]: `d-${group}` }),
      },
      nodePool: 'np-1',
      flavor: 'modelarts.bm.npu.8',
      staysBroken: chance.happens(hopeless, `${key}/stays-broken`),
    };
  });
  return poolWith('train-a', TRAIN, 'cluster-a', all);
}

function sparePool(): WorldPool {
  const all = [1, 2].map(
    (number): WorldNode => ({
      name: `os-node-created-s000${number}`,
      ip: `10.2.0.${number}`,
      phase: 'Available',
      labels: { 'os.modelarts.node/cluster': 'cluster-s' },
      nodePool: 'np-1',
      flavor: 'modelarts.bm.npu.8',
      staysBroken: false,
    }),
  );
  return poolWith('spare', SPARE, 'cluster-s', all);
}

function poolWith(name: string, id: string, cluster: string, nodes: readonly WorldNode[]): WorldPool {
  return {
    name,
    id,
    cluster,
    nodes: new Map(nodes.map((node) => [node.name, node])),
    nodePools: new Map(),
  };
}

function rulesText(
  chance: Chance,
  { limits, polling = '{ first: 10s, every: 15s }' }: Flavour,
  count: number,
): string {
  const {
    unavailable = '100%',
    perDay = '100',
    storm = '{ nodes: 100 }',
    breaker = '{ failures: 100, pause: 1m }',
    windows,
    spareWindows,
  } = limits(chance, count);
  const cooldown = chance.pick(['0s', '0s', '2m'], 'cooldown');
  const interrupt = chance.happens(0.5, 'interrupt');
  return [
    'pools:',
    `  train-a: { id: ${TRAIN}, budget: { maxUnavailable: ${unavailable}, perDay: ${perDay} }, storm: ${storm}, breaker: ${breaker}${windows ? `, windows: [ ${windows} ]` : ''} }`,
    `  spare: { id: ${SPARE}, budget: { maxUnavailable: 100, perDay: 100 }, storm: { nodes: 100 }, breaker: { failures: 100, pause: 1m }${spareWindows ? `, windows: [ ${spareWindows} ]` : ''} }`,
    'rules:',
    ...['CardLost', 'LinkDown'].flatMap((name) => [
      `  - name: ${name.toLowerCase()}`,
      `    when: { source: alertmanager, labels: { alertname: ${name} } }`,
      '    node: { from: labels.instance }',
      '    pool: train-a',
      '    mode: act',
      `    cooldown: ${cooldown}`,
      '    maxEvidenceAge: 40m',
      '    rounds: { max: 9, within: 1d }',
      ...(interrupt ? ['    interruptWorkloads: true'] : []),
      '    ladder: [ { reset-nodes: { rollingConfig: { strategy: RollingByNumber, maxUnavailable: 2 } } } ]',
    ]),
    `polling: ${polling}`,
    'deadlines: { reset-nodes: 12m, migrate-nodes: 12m }',
    'notify:',
    '  - { kind: webhook, url: "http://chat.example.com/hooks/one", when: [needs-human] }',
    '',
  ].join('\n');
}
