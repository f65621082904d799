import type { Chance } from '#local/rehearsal/engine/chance';
import { SPARE, TRAIN } from '../inputs/limits-inputs.ts';
import type { Input } from '../scenario.ts';
import { type Corner, commandOf, MINUTE_MS, poolOf, rulesText, START_MS, STEADY } from './corner.ts';

/** Policies that contradict each other. Each selects the nodes in another way, so that no rules file shows it. */
const POLICIES: readonly string[] = [
  '{ name: one, pool: train-a, nodes: { name: "os-*" }, mode: act, require: { Owner: "a", Room: "r1" }, reassert: 20m }',
  '{ name: two, pool: train-a, nodes: { nodePool: np-1 }, mode: act, require: { owner: "a" }, forbid: { Room: "r1" }, reassert: 20m }',
  '{ name: three, pool: train-a, nodes: { flavor: "modelarts.bm.*" }, mode: act, forbid: { Owner: "a*", Temp: "yes" }, require: { Owner: "b" } }',
  '{ name: four, pool: train-a, nodes: { name: "*-a*" }, mode: observe, require: { Owner: "b", Team: "t1" }, forbid: { Temp: "*" } }',
  '{ name: five, pool: train-a, nodes: { name: "*-a000?" }, mode: act, forbid: { Owner: "b", Team: "t1", Temp: "yes" } }',
];

const SENT: readonly Record<string, unknown>[] = [
  { any: { tag_key: { '@@assign': 'Owner' } } },
  { none: { tag_key: { '@@assign': 'Room' }, tag_value: { '@@assign': [] } } },
  { several: { tag_key: { '@@assign': 'Owner' }, tag_value: { '@@assign': ['a', 'b', 'c*'] } } },
  { room: { tag_value: { '@@assign': ['r1', 'r2'] } } },
  { fewer: { tag_key: { '@@assign': 'Owner' }, tag_value: { '@@assign': ['a'] } } },
];

/** Tag policies that contradict each other, in the rules file and sent, and tags that people set in between. */
export const contradictions: Corner = (chance) => {
  const pool = poolOf('train-a', 4);
  const names = [...pool.nodes.keys()];
  const lastsMs = 100 * MINUTE_MS;
  const timeOf = (key: string) => START_MS + chance.between(0, lastsMs * 0.9, `${key}/at`);
  const text = (key: string) =>
    rulesText([], {
      more: [
        'tagPolicies:',
        ...chance
          .shuffle(POLICIES, `${key}/order`)
          .slice(0, chance.between(1, 4, `${key}/many`))
          .map((policy) => `  - ${policy}`),
      ],
    });
  const inputs: Input[] = [];
  for (let index = 1; index <= 8; index += 1)
    inputs.push({ kind: 'enforce', id: `enforce-${index}`, atMs: timeOf(`enforce-${index}`), times: 1 });
  for (let index = 1; index <= 5; index += 1) {
    const id = `sent-${index}`;
    const tags = chance.pick(SENT, `${id}/tags`);
    const scope = { pool: chance.pick(['train-a', TRAIN, SPARE], `${id}/pool`) };
    const name = chance.pick(['organization', 'unit'], `${id}/name`);
    const mode = chance.pick(['act', 'act', 'observe'], `${id}/mode`);
    inputs.push({ kind: 'policy', id, atMs: timeOf(id), body: { name, scope, policy: { tags }, mode } });
  }
  for (let index = 1; index <= 6; index += 1) {
    const id = `command-${index}`;
    const key = chance.pick(['Owner', 'OWNER', 'owner', 'Temp', 'Room', 'room'], `${id}/key`);
    const value = chance.pick(['a', 'b', 'yes', 'r1'], `${id}/value`);
    const command = commandOf(chance, id, timeOf(id), {
      action: 'update-nodes',
      nodes: names.slice(0, chance.between(1, 3, `${id}/many`)),
      parameters: {
        action: chance.pick(['createTags', 'createTags', 'deleteTags'], `${id}/what`),
        tags: [{ key, value }],
      },
    });
    inputs.push({ ...command, via: 'queue' });
  }
  inputs.push({ kind: 'rules', id: 'rules', atMs: timeOf('rules'), text: text('later') });
  return {
    lastsMs,
    pools: [pool, poolOf('spare', 1)],
    rulesText: text('first'),
    sweepEveryMs: 20 * MINUTE_MS,
    often: { ...STEADY, 'node-fails': 2 },
    inputs,
  };
};

/** How long nodes are in work while commands of tag policies wait for them. */
const IN_WORK_S = [150, 300] as const;

/** Policies end, or change, while their commands wait for nodes in work, and lists do not say which nodes a policy means. */
export const waitingTags: Corner = (chance) => {
  const pool = poolOf('train-a', 4, {
    changes: (index) => ({
      labels: { 'os.modelarts.node/cluster': 'cluster-train-a', zone: index < 2 ? 'east' : 'west' },
    }),
  });
  const names = [...pool.nodes.keys()];
  const lastsMs = 100 * MINUTE_MS;
  const inputs: Input[] = [];
  for (let round = 1; round <= 5; round += 1) {
    const atMs = START_MS + round * 15 * MINUTE_MS;
    inputs.push({ kind: 'enforce', id: `enforce-${round}`, atMs, times: 1 });
    names.forEach((node, index) => {
      const id = `person-${round}-${index + 1}`;
      if (!chance.happens(0.7, id)) return;
      const reset = { rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 } };
      const whenMs = atMs + chance.between(500, 25_000, `${id}/at`);
      inputs.push(commandOf(chance, id, whenMs, { action: 'reset-nodes', nodes: [node], parameters: reset }));
    });
    // Before the nodes are free again.
    const changeMs = atMs + chance.between(30, 120, `round-${round}/change`) * 1000;
    const isLast = round >= 3 && chance.happens(0.5, `round-${round}/ends`);
    inputs.push({
      kind: 'rules',
      id: `rules-${round}`,
      atMs: changeMs,
      text: waitingRules(chance, isLast ? undefined : `rules-${round}`),
    });
    for (const name of ['organization', 'unit']) {
      const id = `sent-${round}-${name}`;
      const tags = isLast ? {} : chance.pick([{}, ...SENT.slice(2)], `${id}/tags`);
      const body = { name, scope: { pool: 'train-a' }, policy: { tags }, mode: 'act' };
      inputs.push({ kind: 'policy', id, atMs: changeMs + 2_000, body });
    }
  }
  for (const index of [1, 2]) {
    const id = `enforce-last-${index}`;
    inputs.push({ kind: 'enforce', id, atMs: START_MS + (90 + index) * MINUTE_MS, times: 1 });
  }
  return {
    lastsMs,
    pools: [pool, poolOf('spare', 1)],
    rulesText: waitingRules(chance, 'first'),
    sweepEveryMs: 20 * MINUTE_MS,
    often: {
      ...STEADY,
      fails: 0,
      ...chance.pick<Record<string, number>>([{}, {}, { 'odd-sparse': 300, 'odd-mistyped': 300 }], 'odd'),
    },
    jobSeconds: IN_WORK_S,
    inputs,
  };
};

/** @param key undefined: no policy is left. */
function waitingRules(chance: Chance, key: string | undefined): string {
  if (key === undefined) return rulesText([]);
  const mode = chance.pick(['act', 'act', 'observe', 'approve'], `${key}/mode`);
  const value = chance.pick(['a', 'b'], `${key}/value`);
  const team = chance.pick(
    [
      `require: { Team: "${value}" }`,
      `require: { Team: "${value}" }, forbid: { Temp: "yes" }`,
      'forbid: { Team: "*", Zone: "east-a" }',
    ],
    `${key}/team`,
  );
  return rulesText([], {
    more: [
      'tagPolicies:',
      `  - { name: east, pool: train-a, nodes: { labels: { zone: east } }, mode: ${mode}, require: { Zone: "east-${value}" }, reassert: 20m }`,
      `  - { name: all, pool: train-a, nodes: { flavor: "modelarts.bm.*" }, mode: act, ${team}, reassert: 20m }`,
      ...(chance.happens(0.5, `${key}/third`)
        ? [`  - { name: third, pool: train-a, mode: ${mode}, require: { Room: "r1" }, reassert: 20m }`]
        : []),
    ],
  });
}
