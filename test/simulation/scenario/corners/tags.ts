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
