import type { Chance } from '#local/rehearsal/engine/chance';
import { alertOf, happening } from '../inputs/limits-inputs.ts';
import type { Input } from '../scenario.ts';
import {
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

const PARAMETERS: readonly Record<string, unknown>[] = [
  { action: 'openHaRedundant' },
  { action: 'closeHaRedundant' },
  { action: 'createTags', tags: [{ key: 'Owner', value: 'one' }] },
  { action: 'createTags', tags: [{ key: 'Owner', value: 'two' }] },
  { action: 'deleteTags', tags: [{ key: 'Owner', value: 'one' }] },
];

/** Some nodes are locked: the API refuses every request that has one of them, and says which, or does not. */
export const lockedNodes: Corner = (chance) => {
  const size = chance.pick([4, 8, 20], 'size');
  const locks = chance.pick(['named', 'unnamed', 'unnamed', 'all'], 'locks');
  const pool = poolOf('train-a', size, {
    changes: (index) =>
      locks === 'all' || chance.happens(0.3, `${index}/locked`)
        ? { locked: locks === 'named' ? 'named' : 'unnamed' }
        : {},
  });
  const names = [...pool.nodes.keys()];
  const timeOf = (key: string) => START_MS + chance.between(0, 10 * MINUTE_MS, `${key}/at`);
  const inputs: Input[] = [];
  for (let index = 1; index <= 4; index += 1) {
    const id = `command-${index}`;
    const nodes = chance.shuffle(names, `${id}/nodes`).slice(0, chance.pick([1, 3, size], `${id}/many`));
    inputs.push(
      commandOf(chance, id, timeOf(id), {
        action: 'update-nodes',
        nodes,
        parameters: chance.pick(PARAMETERS, `${id}/what`),
      }),
    );
  }
  // Alerts of several nodes within moments become one call.
  const atMs = timeOf('alerts');
  const broken = names.slice(0, Math.min(5, size));
  broken.forEach((node, index) => {
    inputs.push(happening(`break-${index}`, node, atMs - 5_000, 'breaks'));
    inputs.push(
      alertOf(chance, `alert-${index + 1}`, node, atMs + index * 40, {
        alertname: chance.pick(['CardLost', 'CardLost', 'LinkDown'], `alert/${index}/name`),
        deliveries: 3,
      }),
    );
  });
  return {
    lastsMs: 22 * MINUTE_MS,
    pools: [pool, poolOf('spare', 1)],
    rulesText: rulesText([
      ...ruleOf('CardLost', `[ ${RESET} ]`),
      ...ruleOf('LinkDown', '[ { migrate-nodes: { toPoolName: spare, resourceSpec: { flavor: same } } } ]'),
    ]),
    often: {
      ...STEADY,
      throttled: chance.pick([0, 8], 'throttled'),
      forbidden: chance.pick([0, 8, 16], 'forbidden'),
      'node-fails': 0.3,
      'no-quota': 6,
    },
    jobSeconds: [20, 60],
    queues: { batchSize: 10, batchingWindowMs: 2_000 },
    inputs,
  };
};

/** HA redundancy that shows late or never, on nodes that go meanwhile, in a list that says little of them. */
export const unseenRedundancy: Corner = (chance) => {
  const pool = poolOf('train-a', chance.pick([2, 4, 6], 'size'));
  const names = [...pool.nodes.keys()];
  const inputs = [1, 2, 3].flatMap((index): Input[] => {
    const id = `command-${index}`;
    const atMs = START_MS + chance.between(0, 8 * MINUTE_MS, `${id}/at`);
    const nodes = chance.shuffle(names, `${id}/nodes`).slice(0, chance.between(1, 3, `${id}/many`));
    const action = chance.pick(['openHaRedundant', 'closeHaRedundant', 'openHaRedundant'], `${id}/what`);
    return [
      commandOf(chance, id, atMs, { action: 'update-nodes', nodes, parameters: { action } }),
      ...leaves(chance, id, nodes[0]!, atMs),
    ];
  });
  const alerts = [1, 2].flatMap((index): Input[] => {
    const id = `alert-${index}`;
    const atMs = START_MS + chance.between(0, 8 * MINUTE_MS, `${id}/at`);
    const node = chance.pick(names, `${id}/node`);
    const resolves = chance.pick(['never', { atMs: atMs + 3 * MINUTE_MS }] as const, `${id}/ends`);
    return [
      alertOf(chance, id, node, atMs, { alertname: 'LinkDown', deliveries: 4, resolves }),
      ...leaves(chance, id, node, atMs),
    ];
  });
  const verify = chance.pick(['', ', verify: { healthyFor: 1m, within: 3m }'], 'verify');
  return {
    lastsMs: 20 * MINUTE_MS,
    pools: [pool, poolOf('spare', 1)],
    rulesText: rulesText([
      ...ruleOf(
        'LinkDown',
        `[ ${chance
          .shuffle(
            ['action: openHaRedundant', 'action: createTags, tags: [ { key: Down, value: "yes" } ]'],
            'ladder',
          )
          .map((parameters) => `{ update-nodes: { ${parameters} }${verify} }`)
          .join(', ')} ]`,
        ['onResolved: [ { update-nodes: { action: closeHaRedundant } } ]'],
      ),
    ]),
    often: {
      ...STEADY,
      'shows-never': 6,
      'shows-late': 3,
      'node-fails': 0.3,
      ...chance.pick<Record<string, number>>(
        [
          {},
          { 'odd-sparse': 200, 'odd-unreadable-entry': 100 },
          { 'odd-mistyped': 200 },
          { 'odd-short': 400 },
        ],
        'odd',
      ),
    },
    inputs: [...inputs, ...alerts],
  };
};

/** Now and then the node is removed soon after it was asked for. */
function leaves(chance: Chance, key: string, node: string, atMs: number): Input[] {
  if (!chance.happens(0.4, `${key}/leaves`)) return [];
  const afterMs = chance.between(20, 120, `${key}/leaves/after`) * 1000;
  return [happening(`${key}-leaves`, node, atMs + afterMs, 'is-removed')];
}
