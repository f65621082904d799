import type { Chance } from '#local/rehearsal/engine/chance';
import type { Input, Scenario } from '../scenario.ts';
import { GENEROUS, MINUTE_MS, poolOf, SPARE, START_MS, TRAIN } from './consent-place.ts';

/** Tag policies, tags that others set through Poolkeeper, nodes that come and go, and policies that are deployed anew. */
export function tagsOf(chance: Chance): Partial<Scenario> {
  const lastsMs = chance.pick([40, 150, 150, 150], 'lasts') * MINUTE_MS;
  const pool = poolOf(chance, 'train-a', chance.pick([4, 6], 'count'), (index) => ({
    zone: index < 2 ? 'east' : 'west',
  }));
  const names = [...pool.nodes.keys()];
  const timeOf = (key: string) => START_MS + chance.between(0, lastsMs * 0.9, `${key}/at`);
  const inputs: Input[] = [];
  for (let index = 1; index <= chance.between(3, 7, 'enforced'); index += 1) {
    const id = `enforce-${index}`;
    inputs.push({ kind: 'enforce', id, atMs: timeOf(id), times: chance.pick([1, 1, 2], `${id}/times`) });
  }
  inputs.push({ kind: 'enforce', id: 'enforce-last', atMs: START_MS + lastsMs * 0.95, times: 1 });
  for (let index = 1; index <= chance.between(2, 6, 'commands'); index += 1) {
    const id = `command-${index}`;
    const key = chance.pick(
      ['CostCenter', 'costcenter', 'Temp', 'Env', 'Owner', 'room', 'Room'],
      `${id}/key`,
    );
    const value = chance.pick(['4711', '4712', 'yes', 'prod'], `${id}/value`);
    const action = chance.pick(['createTags', 'createTags', 'deleteTags'], `${id}/what`);
    const atMs = timeOf(id);
    inputs.push({
      kind: 'command',
      id,
      atMs,
      via: 'queue',
      action: 'update-nodes',
      body: {
        id,
        action: 'update-nodes',
        pool: 'train-a',
        nodes: chance.shuffle(names, `${id}/nodes`).slice(0, chance.between(1, 3, `${id}/many`)),
        parameters: { action, tags: [{ key, value }] },
        mode: chance.pick(['act', 'act', 'act', 'observe'], `${id}/mode`),
      },
    });
  }
  for (let index = 1; index <= chance.between(0, 3, 'happenings'); index += 1) {
    const id = `node-${index}`;
    inputs.push({
      kind: 'node',
      id,
      atMs: timeOf(id),
      pool: TRAIN,
      node: chance.pick(names, `${id}/node`),
      happens: chance.pick(['is-checked', 'is-replaced', 'breaks', 'is-removed'] as const, `${id}/what`),
    });
  }
  for (let index = 1; index <= chance.pick([0, 2, 4], 'sent'); index += 1) {
    const id = `policy-${index}`;
    inputs.push({ kind: 'policy', id, atMs: timeOf(id), body: sentPolicy(chance, id) });
  }
  if (chance.happens(0.5, 'deployed'))
    inputs.push({ kind: 'rules', id: 'rules', atMs: timeOf('rules'), text: rulesText(chance, 'later/') });
  return {
    lastsMs,
    pools: [pool, poolOf(chance, 'spare', 1)],
    rulesText: rulesText(chance, ''),
    sweepEveryMs: 20 * MINUTE_MS,
    often: { 'node-fails': 7 },
    inputs,
  };
}

/** The keys of the tags that policies demand which are sent: of no other policy. */
export const SENT_KEYS = ['Room', 'Team'] as const;

function sentPolicy(chance: Chance, id: string): Record<string, unknown> {
  const key = chance.pick(SENT_KEYS, `${id}/key`);
  const values = chance.pick([['r1'], ['r2', 'r1'], ['r*']], `${id}/values`);
  const tags = chance.pick<Record<string, unknown>>(
    [
      { one: { tag_key: { '@@assign': key }, tag_value: { '@@assign': values } } },
      { one: { tag_key: { '@@assign': key } } },
      { [key.toLowerCase()]: { tag_value: { '@@assign': values } } },
      {},
    ],
    `${id}/tags`,
  );
  return {
    name: chance.pick(['organization', 'unit'], `${id}/name`),
    scope: {
      pool: chance.pick(['train-a', TRAIN], `${id}/pool`),
      ...(chance.happens(0.4, `${id}/nodes`) && { nodes: { nodePool: 'np-1' } }),
    },
    policy: { tags },
    mode: chance.pick(['act', 'act', 'observe'], `${id}/mode`),
  };
}

function rulesText(chance: Chance, key: string): string {
  const reassert = chance.pick(['20m', '1h', '1d'], `${key}reassert`);
  const mode = (name: string) =>
    chance.pick(['act', 'act', 'act', 'act', 'observe', 'approve'], `${key}${name}/mode`);
  const policies = [
    `  - { name: cost-centre, pool: train-a, mode: ${mode('cost')}, nodes: { flavor: "modelarts.bm.*" }, require: { CostCenter: "4711", Env: prod }, reassert: ${reassert} }`,
    `  - { name: no-temp, pool: train-a, mode: ${mode('temp')}, nodes: { nodePool: np-1 }, forbid: { Temp: "*", Debug: "on" }, reassert: ${reassert} }`,
    `  - { name: east, pool: train-a, mode: ${mode('east')}, nodes: { labels: { zone: east } }, require: { Zone: e1 }, reassert: ${reassert} }`,
    `  - { name: named, pool: train-a, mode: ${mode('named')}, nodes: { name: "*-a?" }, require: { CostCenter: "4712" }, forbid: { Owner: "y*" }, reassert: ${reassert} }`,
    `  - { name: theirs, pool: spare, mode: act, require: { CostCenter: "9" } }`,
  ];
  const kept = chance.shuffle(policies, `${key}order`).slice(0, chance.between(2, 5, `${key}many`));
  return [
    'pools:',
    `  train-a: { id: ${TRAIN}, ${GENEROUS} }`,
    `  spare: { id: ${SPARE}, ${GENEROUS} }`,
    'rules: []',
    'tagPolicies:',
    ...kept,
    'polling: { first: 5s, every: 10s }',
    'deadlines: { update-nodes: 8m }',
    '',
  ].join('\n');
}
