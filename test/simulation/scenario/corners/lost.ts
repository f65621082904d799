import { alertOf, happening, TRAIN } from '../inputs/limits-inputs.ts';
import type { Input } from '../scenario.ts';
import { type Corner, commandOf, MINUTE_MS, poolOf, RESET, ruleOf, rulesText, START_MS } from './corner.ts';

/** Answers are lost of calls that are made within moments, jobs show late or say nothing of their nodes, and sweeps run all the time. */
export const rivals: Corner = (chance) => {
  const pool = poolOf('train-a', chance.pick([2, 4], 'count'), { nodePools: ['np-1', 'np-2', 'np-3'] });
  const names = [...pool.nodes.keys()];
  const lastsMs = 34 * MINUTE_MS;
  const inputs: Input[] = [];
  names.forEach((node, index) => {
    const key = `alert-${index + 1}`;
    const atMs =
      START_MS + MINUTE_MS + chance.between(0, chance.pick([2, 240], 'spread'), `${key}/at`) * 1000;
    inputs.push(
      happening(`${key}-break`, node, atMs - 1_000, 'breaks'),
      alertOf(chance, key, node, atMs, { alertname: chance.pick(['CardLost', 'LinkDown'], `${key}/name`) }),
    );
  });
  for (const [index, nodePool] of ['np-2', 'np-3'].entries()) {
    const id = `deletion-${index + 1}`;
    const atMs = START_MS + chance.between(1, 6, `${id}/at`) * MINUTE_MS;
    const later = { kind: 'decision' as const, id: `${id}-approved`, decision: 'approve' as const };
    inputs.push(commandOf(chance, id, atMs, { action: 'delete-node-pool', nodePool }), {
      ...later,
      atMs: atMs + 30_000,
      action: 'delete-node-pool',
    });
  }
  for (let index = 1; index <= 40; index += 1)
    inputs.push({
      kind: 'sweep',
      id: `sweep-${index}`,
      atMs: START_MS + chance.between(60, (lastsMs / 1000) * 0.9, `sweep-${index}/at`) * 1000,
      times: 2,
    });
  if (chance.happens(0.6, 'outage'))
    inputs.push({
      kind: 'outage',
      id: 'outage',
      atMs: START_MS + chance.between(90, 500, 'outage/at') * 1000,
      lastsMs: chance.pick([3, 14], 'outage/lasts') * MINUTE_MS,
    });
  if (chance.happens(0.3, 'others'))
    inputs.push({
      kind: 'others-job',
      id: 'others',
      atMs: START_MS + chance.between(60, 300, 'others/at') * 1000,
      pool: TRAIN,
      nodes: [names[0]!],
      type: 'reboot-node',
      isSilent: true,
    });
  return {
    lastsMs,
    pools: [pool, poolOf('spare', 1)],
    rulesText: rulesText([
      ...ruleOf('CardLost', `[ ${RESET} ]`, ['cooldown: 0s']),
      ...ruleOf(
        'LinkDown',
        '[ { reset-nodes: { rollingConfig: { strategy: RollingByNumber, maxUnavailable: 1 }, nodeConfig: { imageId: image-b } } } ]',
        ['cooldown: 0s'],
      ),
    ]),
    often: {
      'killed-before': 0,
      'killed-after': 0,
      'suspended-for-good': 0,
      'reset-after': 12,
      'reset-before': 5,
      'hangs-after': 4,
      'silent-job': 3,
      'long-hidden-job': 20,
      'dies-meanwhile': 15,
      'dies-after-call': 10,
      'dies-after-job': 25,
      'deletion-never': 6,
      'delivered-twice': 10,
      slow: 3,
      stall: 3,
    },
    jobSeconds: [10, 60],
    inputs,
  };
};

/** Commands whose work stands still for longer than their deadline, in a pool whose API does not answer then. */
export const overdue: Corner = (chance) => {
  const pool = poolOf('train-a', 4, { nodePools: ['np-1', 'np-2'] });
  const names = [...pool.nodes.keys()];
  const outageMs = START_MS + chance.between(150, 240, 'outage/at') * 1000;
  const inputs = names.flatMap((node, index): Input[] => {
    const id = `command-${index + 1}`;
    const atMs = START_MS + chance.between(10, 140, `${id}/at`) * 1000;
    if (chance.happens(0.4, `${id}/alert`)) return [alertOf(chance, id, node, atMs, { deliveries: 12 })];
    return [
      commandOf(
        chance,
        id,
        atMs,
        chance.pick<Record<string, unknown> & { action: string }>(
          [
            { action: 'update-nodes', nodes: [node], parameters: { action: 'openHaRedundant' } },
            {
              action: 'update-node-pool',
              nodePool: `np-${(index % 2) + 1}`,
              parameters: { spec: { resources: { count: 3 } } },
            },
            {
              action: 'reset-nodes',
              nodes: [node],
              parameters: { rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 } },
              options: { deadline: '3m' },
            },
          ],
          `${id}/what`,
        ),
      ),
    ];
  });
  return {
    lastsMs: 40 * MINUTE_MS,
    pools: [pool, poolOf('spare', 1)],
    rulesText: rulesText(
      [
        ...ruleOf('LinkDown', '[ { update-nodes: { action: openHaRedundant } }, { notify: {} } ]'),
        ...ruleOf('CardLost', '[ { update-node-pool: { resources: { count: 3 } } }, { notify: {} } ]'),
      ],
      { every: chance.pick(['20s', '20m'], 'every') },
    ),
    often: { 'shows-never': 8, 'change-never': 8, 'none-left': 0, 'suspended-for-good': 5, 'node-fails': 0 },
    jobSeconds: [100, 400],
    inputs: [
      ...inputs,
      {
        kind: 'outage',
        id: 'outage',
        atMs: outageMs,
        lastsMs: chance.pick([10, 18], 'outage/lasts') * MINUTE_MS,
      },
      { kind: 'release', id: 'release', atMs: START_MS + 20 * MINUTE_MS },
    ],
  };
};

/**
 * A first rung fails, and the second waits while the API does not answer. Meanwhile the alert of the first resolves, another one of the
 * rule begins about the node, and people take commands back.
 */
export const laterAlerts: Corner = (chance) => {
  const pool = poolOf('train-a', 4, { changes: () => ({ staysBroken: true }) });
  const names = [...pool.nodes.keys()];
  const outageMs = START_MS + chance.between(100, 200, 'outage/at') * 1000;
  const lastsMs = chance.pick([6, 10], 'outage/lasts') * MINUTE_MS;
  const inputs = names.flatMap((node, index): Input[] => {
    const key = `alert-${index + 1}`;
    const atMs = START_MS + chance.between(20, 60, `${key}/at`) * 1000;
    const resolvesMs = outageMs + chance.between(60, 180, `${key}/ends`) * 1000;
    const laterMs = resolvesMs + chance.between(-40, 60, `${key}/later`) * 1000;
    return [
      happening(`${key}-break`, node, atMs - 1_000, 'breaks'),
      alertOf(chance, key, node, atMs, {
        alertname: 'CardLost',
        fingerprint: `fp-${key}`,
        deliveries: 30,
        resolves: { atMs: resolvesMs },
      }),
      alertOf(chance, `${key}-later`, node, laterMs, {
        alertname: 'CardLost',
        fingerprint: `fp-${key}-later`,
        deliveries: 30,
        resolves: chance.pick(['never', { with: 'node' }] as const, `${key}-later/ends`),
      }),
    ];
  });
  for (let index = 1; index <= 4; index += 1)
    inputs.push({
      kind: 'withdrawal',
      id: `withdrawal-${index}`,
      atMs: outageMs + chance.between(0, 12 * 60, `withdrawal-${index}/at`) * 1000,
      of: 'any',
      thinksMs: chance.pick([0, 0, 2_000, 30_000], `withdrawal-${index}/thinks`),
    });
  const second = chance.pick(
    [
      '{ migrate-nodes: { toPoolName: spare, resourceSpec: { flavor: same } } }',
      RESET.replace('maxUnavailable: 2', 'maxUnavailable: 1'),
      '{ update-node-pool: { resources: { labels: { worn: "yes" } } } }',
    ],
    'second',
  );
  return {
    lastsMs: 34 * MINUTE_MS,
    pools: [pool, poolOf('spare', 1)],
    rulesText: rulesText(
      ruleOf('CardLost', `[ ${RESET}, ${second}, { notify: {} } ]`, ['cooldown: 0s', 'maxEvidenceAge: 40m']),
    ),
    often: { 'killed-before': 0, 'killed-after': 0, 'suspended-for-good': 0, 'no-quota': 4 },
    jobSeconds: [20, 80],
    inputs: [...inputs, { kind: 'outage', id: 'outage', atMs: outageMs, lastsMs }],
  };
};
