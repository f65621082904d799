import { TRAIN } from '../inputs/limits-inputs.ts';
import type { Input } from '../scenario.ts';
import {
  approvals,
  type Corner,
  commandOf,
  FLAVOR,
  MINUTE_MS,
  poolOf,
  rulesText,
  START_MS,
  STEADY,
} from './corner.ts';

/** Node pools that are deleted one after another, and whose deletion is answered, begun and seen in every way. */
export const deletions: Corner = (chance) => {
  const nodePools = ['np-1', 'np-2', 'np-3', 'np-4', 'np-5', 'np-6'];
  const pool = poolOf('train-a', 6, { nodePools });
  for (const nodePool of pool.nodePools.values())
    if (chance.happens(0.15, `${nodePool.name}/kept`)) nodePool.isKept = true;
  const lastsMs = 30 * MINUTE_MS;
  const inputs = nodePools.slice(0, 5).flatMap((nodePool, index): Input[] => {
    const id = `deletion-${index + 1}`;
    const atMs = START_MS + chance.between(0, 8 * MINUTE_MS, `${id}/at`);
    const again = { action: 'delete-node-pool', nodePool };
    return [
      commandOf(chance, id, atMs, again),
      // Another wants the same while the first one is under way.
      ...(chance.happens(0.4, `${id}/again`)
        ? [commandOf(chance, `${id}-again`, atMs + 4 * MINUTE_MS, again)]
        : []),
    ];
  });
  inputs.push(
    commandOf(chance, 'of-node', START_MS + 3 * MINUTE_MS, {
      action: 'delete-node-pool',
      node: chance.pick([...pool.nodes.keys()], 'of-node'),
    }),
  );
  // Others delete the same meanwhile.
  for (const nodePool of chance.shuffle(nodePools, 'others').slice(0, 2)) {
    const id = `others-${nodePool}`;
    const atMs = START_MS + chance.between(60, 15 * 60, `${id}/at`) * 1000;
    inputs.push({ kind: 'node-pool', id, atMs, pool: TRAIN, nodePool, changes: 'deleted' });
  }
  for (let index = 1; index <= 3; index += 1) {
    const id = `command-${index}`;
    inputs.push(
      commandOf(chance, id, START_MS + chance.between(2, 14, `${id}/at`) * MINUTE_MS, {
        action: 'update-node-pool',
        nodePool: chance.pick(nodePools, `${id}/which`),
        parameters: { spec: { resources: { flavor: FLAVOR, count: 2 } } },
      }),
    );
  }
  const odd = chance.pick<Record<string, number>>(
    [
      {},
      { 'odd-short': 500, 'odd-refused-403': 150, 'odd-refused-404': 150 },
      { 'odd-short': 200, 'odd-refused-403': 60 },
      { 'odd-sparse': 200, 'odd-refused-400': 60 },
      { 'odd-mistyped': 150, 'odd-double-entry': 200 },
    ],
    'odd',
  );
  return {
    lastsMs,
    pools: [pool, poolOf('spare', 1)],
    rulesText: rulesText([]),
    often: {
      ...STEADY,
      'deletion-late': 3,
      'deletion-never': 4,
      'deletion-stops': 4,
      'reset-before': 8,
      'reset-after': 6,
      'bad-gateway-after': 4,
      'hangs-before': 3,
      'dies-meanwhile': 6,
      ...odd,
    },
    inputs: [...inputs, ...approvals(chance, 14, 20 * MINUTE_MS, 'delete-node-pool')],
  };
};
