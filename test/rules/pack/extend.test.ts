import { describe, expect, test } from 'vitest';
import { packNames, rowsIn } from '#lib/rules/pack/packs';
import { ruleNameOf } from '#lib/rules/pack/row';
import { rulesJsonSchema } from '#lib/rules/parse/json-schema';
import { parseRules, RulesError } from '#lib/rules/parse/parse';
import { describeWarning, warningsIn } from '#lib/rules/warnings/find-warnings';

const POOLS = `pools:
  train-a: { id: pool-9d3f-6f5da086876d4cd084d36f8bd3346036 }
  train-b: { id: pool-77aa-6f5da086876d4cd084d36f8bd3346036 }
`;
const EXTENDS = 'extends: pack/npu\npack: { pool: train-a }\n';
const OWN = '{ name: mine, node: { from: labels.node }, pool: train-a, ladder: [ { notify: {} } ] }';

function read(text: string) {
  return parseRules(`${POOLS}${text}`, 'r.yml');
}

function mistakesIn(text: string): string[] {
  try {
    read(text);
  } catch (error) {
    if (error instanceof RulesError) return error.message.split('\n');
    throw error;
  }
  return [];
}

const ruleIn = (text: string, name: string) => read(text).rules.find((rule) => rule.name === name);

describe('a file that extends a pack', () => {
  test('has one rule for each row, and no rule acts', () => {
    const { rules } = read(EXTENDS);
    expect(rules.map(({ name }) => name)).toEqual(rowsIn(packNames).map(ruleNameOf));
    expect(new Set(rules.map(({ mode }) => mode))).toEqual(new Set(['observe']));
    expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
  });

  test('has them once, if it names the pack twice', () => {
    const twice = 'extends: [pack/npu, pack/npu]\npack: { pool: train-a }\n';
    expect(read(twice)).toEqual(read(EXTENDS));
  });

  test('carries neither the pack nor its settings to the functions', () => {
    expect(Object.keys(read(EXTENDS))).toEqual(Object.keys(read('')));
  });

  test('never has a reset that waits for no person, or a move, unless its settings say so', () => {
    const { rules } = read('extends: pack/npu\npack: { pool: train-a, mode: act }\n');
    const actions = rules.flatMap(({ ladder }) => ladder).filter(({ action }) => action !== 'notify');
    expect(actions.length).toBeGreaterThan(3);
    for (const rung of actions) expect(rung).toMatchObject({ action: 'reset-nodes', mode: 'approve' });
  });

  test('puts its own rules first, in their order', () => {
    const { rules } = read(`${EXTENDS}rules: [ ${OWN}, { name: NT_NPU_NET, mode: act } ]`);
    expect(rules.slice(0, 3).map(({ name }) => name)).toEqual(['mine', 'NT_NPU_NET', 'NT_NPU_DEVICE']);
    expect(rules).toHaveLength(rowsIn(packNames).length + 1);
  });

  test('changes a rule key by key', () => {
    const before = ruleIn(EXTENDS, 'NT_NPU_NET');
    const text = `${EXTENDS}rules: [ { name: NT_NPU_NET, mode: act, ladder: [ { notify: {} } ] } ]`;
    expect(ruleIn(text, 'NT_NPU_NET')).toEqual({ ...before, mode: 'act', ladder: [{ action: 'notify' }] });
  });

  test('sets the mode of all rules with something to do, and leaves the rest to observe', () => {
    const text = 'extends: pack/npu\npack: { pool: train-a, mode: approve }\n';
    expect(ruleIn(text, 'hostMayCrash')?.mode).toBe('approve');
    expect(ruleIn(text, 'deleteServer')?.mode).toBe('observe');
  });

  test('does without rules that it names', () => {
    const names = read('extends: pack/npu\npack: { pool: train-a, without: [instance_*, A050101] }\n').rules;
    expect(names.filter(({ name }) => /^instance_|^A050101$/.test(name))).toEqual([]);
    expect(names.length).toBeGreaterThan(50);
  });

  test('may take the pool from the first of several labels', () => {
    const pool = '{ from: [labels.pool, labels.alertname], of: [train-a, train-b] }';
    const text = `extends: pack/npu\npack: { pool: ${pool} }\n`;
    const keys = ['pool', 'alertname'].map((key) => ({ kind: 'labels', key }));
    expect(ruleIn(text, 'diskError')?.pool).toEqual({ from: keys, of: ['train-a', 'train-b'] });
  });
});

test.each<[text: string, ...messages: string[]]>([
  [
    'extends: pack/npu\n',
    'r.yml:4:1 extends: needs the pool that its rules are about: add pack: { pool: … }',
  ],
  [
    'extends: pack/npus\npack: { pool: train-a }\n',
    'r.yml:4:1 extends: there is no pack "pack/npus": did you mean "pack/npu"?',
  ],
  [
    'extends: [pack/npu, pack/gpu]\npack: { pool: train-a }\n',
    'r.yml:4:21 extends[1]: "pack/gpu" is not one of pack/npu: did you mean "pack/npu"?',
  ],
  [
    'extends: 7\npack: { pool: train-a }\n',
    'r.yml:4:1 extends: 7 is not the name of a pack, or a list of names: the known ones are pack/npu',
  ],
  [
    'pack: { pool: train-a }\n',
    'r.yml:4:1 pack: is only for a file that extends a pack: add extends: pack/npu',
  ],
  [
    'extends: pack/npu\npack: { pool: trian-a, quarantine: quarantine, mod: act }\n',
    'r.yml:5:9 pack.pool: there is no pool "trian-a": did you mean "train-a"?',
    'r.yml:5:24 pack.quarantine: there is no pool "quarantine" in this file, and this is not a pool id either: the known ones are train-a, train-b',
    'r.yml:5:48 pack.mod: is not a known key: did you mean "mode"?',
  ],
  [
    'extends: pack/npu\npack: { pool: train-a, quarantine: train-a, without: [NT_NPU_CARD_LOS] }\n',
    'r.yml:5:24 pack.quarantine: is the pool that the rules are about: name another pool, or remove it',
    'r.yml:5:55 pack.without[0]: no rule of the packs has the name "NT_NPU_CARD_LOS": did you mean "NT_NPU_CARD_LOSE"?',
  ],
  [
    `${EXTENDS}rules:\n  - { name: NT_NPU_CARD_LOS, mode: act }\n  - { name: NT_NPU_NET, cooldown: 6 }\n`,
    'r.yml:7:7 rules[0].name: there is no rule "NT_NPU_CARD_LOS" in a pack: did you mean "NT_NPU_CARD_LOSE"? A rule of your own needs node, pool and ladder',
    'r.yml:8:25 rules[1].cooldown: 6 is not a duration such as 30s, 5m, 6h or 2d',
  ],
])('the mistake in %j has its place', (text, ...messages) => {
  expect(mistakesIn(text)).toEqual(messages);
});

test('a rule of a pack that does not fit the rest of the file is named at `extends`', () => {
  const [first] = mistakesIn(`${EXTENDS}polling: { every: 1h }\n`);
  expect(first).toMatch(
    /^r\.yml:4:1 extends: rule NT_NPU_DEVICE of the pack: ladder\[0\]\.verify\.within: .* Change the rule under rules, or name it in pack\.without$/,
  );
});

test('the build says if events of Cloud Eye cannot arrive, and if a sender may name any pool', () => {
  const text = `${POOLS}extends: pack/npu\npack: { pool: { from: labels.pool } }\n`;
  const lines = warningsIn(text, 'r.yml', 0).map((one) => describeWarning('r.yml', one));
  expect(lines).toEqual([
    'r.yml:4:1 extends: its rules for events of Cloud Eye match none: name the topics of SMN under sources.smn.topics [never-matches]',
    expect.stringMatching(/^r\.yml:5:9 pack\.pool: each sender .* \[any-pool\]$/),
  ]);
});

test('editors accept a rule with a name and a change only in a file that extends a pack', () => {
  // Zod's reader of JSON Schema ignores a `required` without the properties.
  const { properties, anyOf } = rulesJsonSchema();
  expect(properties?.['rules']).toMatchObject({ items: { required: ['name'] } });
  const whole = { rules: { items: { required: ['name', 'node', 'pool', 'ladder'] } } };
  expect(anyOf).toMatchObject([{ required: ['extends'] }, { properties: whole }]);
});
