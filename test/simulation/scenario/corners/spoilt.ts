import { alertOf, happening } from '../inputs/limits-inputs.ts';
import type { Input } from '../scenario.ts';
import {
  approvals,
  type Corner,
  commandOf,
  MINUTE_MS,
  poolOf,
  RESET,
  ruleOf,
  rulesText,
  START_MS,
  STEADY,
} from './corner.ts';

const PREFIXES = ['remediation#', 'call#', 'job#', 'alert#', 'history#', 'node#', 'failure#', 'snapshot#'];

/** Documents of every kind are spoilt while they are needed, and people look at them. */
export const spoiltDocuments: Corner = (chance) => {
  const pool = poolOf('train-a', 4, { nodePools: ['np-1', 'np-2'] });
  const names = [...pool.nodes.keys()];
  const lastsMs = 24 * MINUTE_MS;
  const inputs = names.flatMap((node, index): Input[] => {
    const key = `alert-${index + 1}`;
    const atMs = START_MS + chance.between(1, 600, `${key}/at`) * 1000;
    return [
      happening(`${key}-break`, node, atMs - 1_000, 'breaks'),
      alertOf(chance, key, node, atMs, { alertname: 'CardLost', deliveries: 5, resolves: 'never' }),
    ];
  });
  const prefix = chance.pick(PREFIXES, 'what');
  for (let index = 1; index <= 3; index += 1) {
    const id = `spoil-${index}`;
    inputs.push({ kind: 'spoil', id, atMs: START_MS + chance.between(20, 700, `${id}/at`) * 1000, prefix });
  }
  inputs.push(
    commandOf(chance, 'move', START_MS + chance.between(10, 600, 'move/at') * 1000, {
      action: 'migrate-nodes',
      nodes: [names[0]!],
      parameters: { toPoolName: 'spare', resourceSpec: { flavor: 'same' } },
    }),
    commandOf(chance, 'deletion', START_MS + chance.between(10, 600, 'deletion/at') * 1000, {
      action: 'delete-node-pool',
      nodePool: 'np-2',
    }),
    ...approvals(chance, 3, 15 * MINUTE_MS),
  );
  for (const [index, query] of [
    { limit: '2' },
    { pool: 'train-a', limit: '2' },
    { node: names[0]! },
  ].entries())
    inputs.push({
      kind: 'knock',
      id: `knock-${index + 1}`,
      atMs: START_MS + chance.between(300, 900, `knock-${index}/at`) * 1000,
      door: 'console',
      request: { route: 'GET /remediations', query },
      expects: 200,
    });
  return {
    lastsMs,
    // Work on a spoilt document never comes to rest.
    restMs: 60 * MINUTE_MS,
    pools: [pool, poolOf('spare', 1)],
    rulesText: rulesText(ruleOf('CardLost', `[ ${RESET} ]`, ['cooldown: 2m'])),
    often: { ...STEADY, 'reset-after': 4, 'hidden-job': 2 },
    jobSeconds: [20, 120],
    inputs,
  };
};
