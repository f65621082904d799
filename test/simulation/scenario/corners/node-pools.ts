import type { Chance } from '#local/rehearsal/engine/chance';
import { alertOf, happening, TRAIN } from '../inputs/limits-inputs.ts';
import { withdrawalsOf } from '../inputs/withdrawals.ts';
import type { Input } from '../scenario.ts';
import {
  approvals,
  type Corner,
  commandOf,
  MINUTE_MS,
  poolOf,
  ruleOf,
  rulesText,
  START_MS,
  STEADY,
} from './corner.ts';

const NODE_POOLS = ['np-1', 'np-2', 'np-3', 'np-4'];

/** The kinds of change that a node pool may be asked for. */
const CHANGES: readonly Record<string, unknown>[] = [
  { labels: { team: 'vision' } },
  { labels: { team: null } },
  { labels: null },
  { labels: {} },
  { labels: { team: 'audio' }, extendParams: { labelPolicyOnExistingNodes: 'ignore' } },
  { taints: [{ key: 'worn', value: 'yes', effect: 'NoSchedule' }] },
  {
    taints: [
      { key: 'worn', value: 'yes', effect: 'NoSchedule' },
      { key: 'old', effect: 'NoExecute' },
    ],
  },
  { taints: null },
  { tags: [{ key: 'Owner', value: 'one' }], extendParams: { tagPolicyOnExistingNodes: 'refresh' } },
  { extendParams: { dockerBaseSize: '100' } },
  { extendParams: { dockerBaseSize: '200', runtime: 'containerd' } },
  { extendParams: null },
  { network: { subnet: 'subnet-b' } },
  { network: null },
  { azs: [{ az: 'az-1', count: 2 }] },
  { os: { imageId: 'image-b' } },
  { flavor: 'modelarts.bm.npu.4' },
  { flavor: 'modelarts.bm.npu.2' },
  { count: 1 },
  { count: 2 },
  { count: 4 },
  { count: 1, maxCount: 4 },
  { count: 0 },
  { maxCount: 1 },
  { nodePool: 'NP-1', labels: { spelled: 'otherwise' } },
  { nodePool: 'np-2', labels: { other: 'one' } },
];

/** Every kind of change, most of them about the same node pool, while others change and delete it. */
export const nodePoolChanges: Corner = (chance) => {
  const pool = poolOf('train-a', 8, {
    nodePools: NODE_POOLS,
    changes: (index) =>
      chance.happens(0.2, `${index}/busy`)
        ? // Some workloads run on several nodes.
          { workload: `train-${index % 3}` }
        : { phase: chance.happens(0.15, `${index}/broken`) ? 'Abnormal' : 'Available' },
  });
  const type = chance.pick(['Dedicate', 'Logical', undefined], 'type');
  const controlMode = chance.pick([0, 2, 2, 8, undefined], 'control');
  pool.shown = { type, controlMode, billing: '0', hasClusters: chance.happens(0.5, 'clusters') };
  const own = pool.nodePools.get('np-1')!;
  if (chance.happens(0.5, 'has-more'))
    Object.assign(own.resources, {
      taints: [{ key: 'first', value: 'yes', effect: 'NoSchedule' }],
      extendParams: { dockerBaseSize: '50' },
      network: { subnet: 'subnet-a' },
    });
  const lastsMs = 26 * MINUTE_MS;
  const timeOf = (key: string) => START_MS + chance.between(0, 18 * MINUTE_MS, `${key}/at`);
  const inputs: Input[] = [];
  for (let index = 1; index <= 7; index += 1) {
    const id = `command-${index}`;
    const resources = chance.pick(CHANGES, `${id}/what`);
    const nodePool = chance.pick(['np-1', 'np-1', 'np-2', 'np-3'], `${id}/which`);
    // A body that names another node pool than its path is no command at all.
    const spelled = chance.pick([nodePool, nodePool.toUpperCase()], `${id}/spelled`);
    const named = resources['nodePool'] === undefined ? {} : { nodePool: spelled };
    inputs.push(
      commandOf(chance, id, timeOf(id), {
        action: 'update-node-pool',
        nodePool,
        parameters: { spec: { resources: { ...resources, ...named } } },
        mode: chance.pick(['act', 'act', 'approve'], `${id}/mode`),
        ...(chance.happens(0.2, `${id}/interrupt`) && { options: { interruptWorkloads: true } }),
      }),
    );
  }
  for (let index = 1; index <= 3; index += 1) {
    const id = `others-${index}`;
    inputs.push({
      kind: 'node-pool',
      id,
      atMs: timeOf(id),
      pool: TRAIN,
      nodePool: 'np-1',
      changes: chance.pick<Record<string, unknown>>(
        [
          { taints: [] },
          { count: 3, maxCount: 3 },
          { count: 1, maxCount: 1 },
          { labels: { [id]: 'theirs' } },
        ],
        `${id}/what`,
      ),
    });
  }
  inputs.push(...wornNodes(chance, [...pool.nodes.keys()], timeOf));
  inputs.push(
    commandOf(chance, 'deletion', timeOf('deletion'), { action: 'delete-node-pool', nodePool: 'np-1' }),
    ...approvals(chance, 6, lastsMs),
    ...withdrawalsOf(chance, { fromMs: START_MS, lastsMs }, 3),
  );
  return {
    lastsMs,
    pools: [pool, poolOf('spare', 1)],
    rulesText: rulesText(wornRule(chance), {
      train: chance.pick(['', ', privileged: true', ', privileged: false'], 'privileged'),
    }),
    often: {
      ...STEADY,
      'change-in-part': 3,
      'change-late': 4,
      'change-never': 2,
      'none-left': 8,
      ...chance.pick<Record<string, number>>(
        [
          {},
          { 'odd-sparse': 150, 'odd-unreadable-entry': 60 },
          { 'odd-mistyped': 250, 'odd-double-entry': 100 },
          { 'odd-short': 60, 'odd-double-entry': 100 },
        ],
        'odd',
      ),
    },
    inputs,
  };
};

/** A rule that changes the node pool of a node, and wants the node to be well afterwards. */
function wornRule(chance: Chance): string[] {
  const change = chance.pick(['labels: { worn: "yes" }', 'count: 1', 'count: 4'], 'worn/change');
  const verify = chance.pick(['', ', verify: { healthyFor: 1m, within: 4m }'], 'worn/verify');
  return ruleOf('Worn', `[ { update-node-pool: { resources: { ${change} } }${verify} }, { notify: {} } ]`, [
    ...chance.pick([[], ['phase: [Abnormal]']], 'worn/phase'),
    'onResolved: [ { update-node-pool: { resources: { labels: { worn: "no" } } } } ]',
  ]);
}

function wornNodes(chance: Chance, names: readonly string[], timeOf: (key: string) => number): Input[] {
  return [1, 2].flatMap((index): Input[] => {
    const id = `alert-${index}`;
    const atMs = timeOf(id);
    const node = chance.pick(names, `${id}/node`);
    const resolves = chance.pick(['never', { atMs: atMs + 4 * MINUTE_MS }] as const, `${id}/ends`);
    return [
      happening(`${id}-break`, node, atMs - 1_000, 'breaks'),
      alertOf(chance, id, node, atMs, { alertname: 'Worn', deliveries: 5, resolves }),
      happening(`${id}-recovers`, node, atMs + 2 * MINUTE_MS, 'recovers'),
    ];
  });
}
