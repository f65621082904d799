import type { Chance } from '#local/rehearsal/engine/chance';
import { alertOf, happening, commandOf as resetOf } from '../inputs/limits-inputs.ts';
import type { Input } from '../scenario.ts';
import {
  approvals,
  type Corner,
  commandOf,
  FLAVOR,
  MINUTE_MS,
  poolOf,
  ruleOf,
  rulesText,
  START_MS,
  STEADY,
} from './corner.ts';

const SMALL = 'modelarts.bm.npu.4';
const BATCH = 'os.modelarts.node/batch.uid';
const COUNT = 'os.modelarts.node/batch.count';
const STEP = 'creatingStep: { type: hyperinstance, step: 2 }';

/** The members of supernodes are reported one by one, at the same moment or minutes apart, and some resolve before all are. */
export const supernodes: Corner = (chance) => {
  const size = chance.pick([2, 2, 4], 'size');
  const isMixed = chance.happens(0.3, 'mixed');
  const isCounted = chance.happens(0.5, 'counted');
  const pool = poolOf('train-a', size * 3, {
    changes: (index) => ({
      labels: {
        'os.modelarts.node/cluster': 'cluster-train-a',
        ...(index < size * 2 && { [BATCH]: `supernode-${Math.floor(index / size)}` }),
        ...(index < size * 2 && isCounted && { [COUNT]: String(size) }),
      },
      flavor: isMixed && index % 2 === 1 ? SMALL : FLAVOR,
    }),
  });
  const names = [...pool.nodes.keys()];
  const inputs: Input[] = [];
  for (const group of [0, 1]) {
    const atMs = START_MS + MINUTE_MS + chance.between(0, 6 * MINUTE_MS, `group-${group}/at`);
    const gapMs = chance.pick([50, 50, 3_000, 100_000], `group-${group}/gap`);
    names.slice(group * size, group * size + size).forEach((node, index) => {
      const key = `alert-${group + 1}-${index + 1}`;
      const whenMs = atMs + index * gapMs;
      inputs.push(
        happening(`${key}-break`, node, whenMs - 2_000, 'breaks'),
        alertOf(chance, key, node, whenMs, {
          alertname: 'CardLost',
          repeatMs: 90_000,
          deliveries: 8,
          resolves: chance.happens(0.25, `${key}/resolves`)
            ? { atMs: whenMs + chance.between(5, 200, `${key}/ends`) * 1000 }
            : 'never',
        }),
      );
    });
  }
  // Others work on a member at the same moment.
  for (const group of [0, 1]) {
    const id = `person-${group + 1}`;
    const atMs = START_MS + MINUTE_MS + chance.between(0, 8 * MINUTE_MS, `group-${group}/at`);
    if (chance.happens(0.5, id))
      inputs.push(
        resetOf(id, [names[group * size]!], atMs + chance.between(500, 4_000, `${id}/at`), {
          voice: 'reset',
        }),
      );
  }
  const whole = chance.pick(['', '', ', wholeSupernode: any', ', wholeSupernode: members'], 'whole');
  const flavor = chance.pick(['same', FLAVOR], 'flavor');
  const mode = chance.pick(['act', 'act', 'act', 'approve', 'observe'], 'mode');
  const next = chance.pick(
    [
      '{ notify: {} }',
      `{ migrate-nodes: { toPoolName: spare, resourceSpec: { flavor: ${FLAVOR}, ${STEP} } } }`,
    ],
    'next',
  );
  return {
    lastsMs: 20 * MINUTE_MS,
    pools: [pool, poolOf('spare', 1)],
    rulesText: rulesText(
      ruleOf(
        'CardLost',
        `[ { migrate-nodes: { toPoolName: spare, resourceSpec: { flavor: ${flavor}, ${STEP} } }${whole} }, ${next} ]`,
        [`mode: ${mode}`, 'cooldown: 0s', 'maxEvidenceAge: 30m'],
      ),
    ),
    often: {
      ...STEADY,
      'no-quota': 3,
      ...chance.pick<Record<string, number>>(
        [
          {},
          {},
          { stall: 4, slow: 4, 'dies-after-remediation': 4 },
          { 'odd-sparse': 300, 'odd-unreadable-entry': 300, 'odd-short': 300 },
        ],
        'often',
      ),
    },
    jobSeconds: [20, 80],
    queues: { batchSize: chance.pick([1, 10, 10], 'batch'), batchingWindowMs: 1_000 },
    inputs: [...inputs, ...approvals(chance, 4, 15 * MINUTE_MS)],
  };
};

/** Destinations by a cluster, by a pool that cannot be read, in the same pool; of nodes of several flavors. */
export const destinations: Corner = (chance) => {
  const hasSubnets = chance.happens(0.6, 'subnets');
  // A pool may have nodes of several clusters, and a cluster nodes in several pools.
  const other = chance.pick(['cluster-train-a', 'cluster-other', 'cluster-spare'], 'other-cluster');
  const pool = poolOf('train-a', chance.pick([1, 3, 6], 'count'), {
    nodePools: ['np-1', 'np-2'],
    changes: (index) => ({
      flavor: index % 2 === 1 ? SMALL : FLAVOR,
      labels: { 'os.modelarts.node/cluster': index === 2 ? other : 'cluster-train-a' },
      ...(hasSubnets && { subnet: `subnet-${index % 2}` }),
    }),
  });
  const spare = poolOf('spare', 2, { changes: () => (hasSubnets ? { subnet: 'subnet-s' } : {}) });
  const names = [...pool.nodes.keys()];
  const inputs = Array.from({ length: 9 }, (_, index): Input => {
    const id = `command-${index + 1}`;
    const nodes = chance.shuffle(names, `${id}/nodes`).slice(0, chance.between(1, 3, `${id}/many`));
    // Some are judged together: the pools that one of them needs are read for all.
    const atMs =
      START_MS + chance.pick([1, 3, 5, 8], `${id}/at`) * MINUTE_MS + chance.between(0, 1_500, `${id}/near`);
    return commandOf(chance, id, atMs, {
      action: 'migrate-nodes',
      nodes,
      parameters: parametersOf(chance, id),
      mode: chance.pick(['act', 'act', 'act', 'approve', 'observe'], `${id}/mode`),
    });
  });
  const odd = chance.pick<Record<string, number>>(
    [
      {},
      { 'odd-refused-403': 500, 'odd-refused-404': 200 },
      { 'odd-sparse': 700 },
      { 'odd-mistyped': 700 },
      { 'odd-unreadable-entry': 300, 'odd-empty': 100 },
    ],
    'odd',
  );
  return {
    lastsMs: 20 * MINUTE_MS,
    pools: [pool, spare],
    rulesText: rulesText(
      ruleOf('CardLost', `[ { migrate-nodes: { resourceSpec: { flavor: same, nodePool: np-2 } } } ]`),
      {
        train: chance.pick(['', ', privileged: false'], 'privileged'),
        spare: chance.pick(['', ', privileged: false', ', privileged: true'], 'spare/privileged'),
      },
    ),
    often: {
      ...STEADY,
      'stays-behind': 5,
      'arrives-late': 3,
      'arrives-in-work': 3,
      'never-arrives': 3,
      ...odd,
    },
    jobSeconds: [20, 80],
    queues: { batchSize: 10, batchingWindowMs: 2_000 },
    inputs: [...inputs, ...approvals(chance, 4, 15 * MINUTE_MS)],
  };
};

function parametersOf(chance: Chance, id: string): Record<string, unknown> {
  const flavor = chance.pick(['same', 'same', FLAVOR], `${id}/flavor`);
  return chance.pick<Record<string, unknown>>(
    [
      { toClusterName: 'cluster-spare', resourceSpec: { flavor } },
      { toClusterName: 'cluster-spare', resourceSpec: { flavor } },
      { fromClusterName: 'cluster-train-a', toClusterName: 'cluster-spare', resourceSpec: { flavor } },
      { toClusterName: 'cluster-nobody', resourceSpec: { flavor } },
      { fromClusterName: 'cluster-other', toClusterName: 'cluster-train-a', resourceSpec: { flavor } },
      { resourceSpec: { flavor, nodePool: 'np-2' } },
      { resourceSpec: { flavor, nodePool: 'np-1' } },
      { resourceSpec: { flavor, nodePool: chance.pick(['np-1', 'np-2'], `${id}/moves`) } },
      { resourceSpec: { flavor, labels: { moved: 'yes' } } },
      { toPoolName: 'spare', resourceSpec: { flavor } },
      { toPoolName: 'spare', resourceSpec: { flavor, labels: { moved: 'yes' } } },
      {
        toPoolName: 'spare',
        resourceSpec: {
          flavor,
          extendParams: { XParameterPlaneSubnet: chance.pick(['subnet-s', 'subnet-p'], `${id}/plane`) },
        },
      },
      { resourceSpec: { flavor, extendParams: { XParameterPlaneSubnet: 'subnet-0' } } },
    ],
    `${id}/what`,
  );
}
