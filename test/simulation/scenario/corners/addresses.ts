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

/** Nodes are called by addresses that the API shows for several of them, for none, or for others; workloads run on some. */
export const addresses: Corner = (chance) => {
  const pool = poolOf('train-a', 5, {
    nodePools: ['np-1', 'np-2'],
    changes: (index) => (chance.happens(0.25, `${index}/busy`) ? { workload: `train-${index % 2}` } : {}),
  });
  const nodes = [...pool.nodes.values()];
  const inputs: Input[] = [];
  for (let index = 1; index <= 4; index += 1) {
    const id = `command-${index}`;
    const some = chance.shuffle(nodes, `${id}/nodes`).slice(0, chance.between(1, 4, `${id}/many`));
    // No node has that address.
    const strangers = chance.happens(0.2, `${id}/stranger`) ? ['10.1.0.99'] : [];
    const called = some.map(({ name, ip }) => (chance.happens(0.7, `${id}/${name}/by`) ? ip : name));
    const atMs = START_MS + chance.between(0, 8 * MINUTE_MS, `${id}/at`);
    // A node makes room for another with its address, while the command waits.
    if (chance.happens(0.4, `${id}/replaced`))
      inputs.push(
        happening(
          `${id}-replaced`,
          some[0]!.name,
          atMs + chance.between(4, 90, `${id}/after`) * 1000,
          'is-replaced',
        ),
      );
    inputs.push(
      commandOf(chance, id, atMs, {
        ...chance.pick<{ action: string; parameters: Record<string, unknown> }>(
          [
            {
              action: 'reset-nodes',
              parameters: { rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 } },
            },
            { action: 'update-nodes', parameters: { action: 'openHaRedundant' } },
            {
              action: 'update-nodes',
              parameters: { action: 'createTags', tags: [{ key: 'Owner', value: id }] },
            },
          ],
          `${id}/what`,
        ),
        nodes: [...called, ...strangers],
        mode: chance.pick(['act', 'act', 'act', 'approve', 'observe'], `${id}/mode`),
      }),
    );
  }
  inputs.push(
    commandOf(chance, 'of-node', START_MS + 2 * MINUTE_MS, {
      action: 'update-node-pool',
      node: chance.pick(nodes, 'of-node').ip,
      parameters: { spec: { resources: { labels: { of: 'node' } } } },
    }),
  );
  for (const [index, { name }] of nodes.slice(0, 3).entries()) {
    const key = `alert-${index + 1}`;
    const atMs = START_MS + chance.between(10, 480, `${key}/at`) * 1000;
    inputs.push(
      happening(`${key}-break`, name, atMs - 2_000, 'breaks'),
      alertOf(chance, key, name, atMs, {
        alertname: chance.pick(['CardLost', 'Worn'], `${key}/name`),
        byAddress: true,
        deliveries: 5,
      }),
    );
    if (chance.happens(0.4, `${key}/replaced`))
      inputs.push(happening(`${key}-replaced`, name, atMs + 20_000, 'is-replaced'));
  }
  return {
    lastsMs: 18 * MINUTE_MS,
    pools: [pool, poolOf('spare', 1)],
    rulesText: rulesText([
      ...ruleOf('CardLost', `[ ${RESET} ]`, ['phase: [Abnormal]']),
      ...ruleOf(
        'Worn',
        '[ { update-node-pool: { resources: { labels: { worn: "yes" } } } }, { notify: {} } ]',
        ['phase: [Abnormal]'],
      ),
    ]),
    often: {
      ...STEADY,
      throttled: 8,
      'odd-shared-address': 100,
      'odd-no-address': 100,
      ...chance.pick<Record<string, number>>(
        [
          {},
          { 'odd-unreadable-entry': 200, 'odd-double-entry': 100 },
          { 'odd-mistyped': 200 },
          { 'odd-sparse': 200 },
        ],
        'odd',
      ),
    },
    jobSeconds: [20, 60],
    inputs,
  };
};
