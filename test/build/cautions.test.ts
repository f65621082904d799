import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseRules } from '#lib/rules/parse/parse';
import { cautions } from '#local/build/cautions';

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');

const pools = (...names: string[]) => names.map((name) => `  ${name}: { id: pool-${name} }`).join('\n');
const file = (pool: string, ...names: string[]) => `pools:
${pools(...names)}
rules:
  - name: one
    node: { from: labels.instance }
    pool: ${pool}
    ladder: [notify: {}]
`;

const caution =
  'r.yml:7:5 rules[0].pool: each sender of such an alert may name every pool of this file. To limit this, list the pools, as in { from: labels.pool, of: [train-a] }';

test.each<[string, string, string[], string[]]>([
  ['that any alert may name every pool', '{ from: labels.pool }', ['a', 'b'], [caution]],
  ['nothing where there is one pool alone', '{ from: labels.pool }', ['a'], []],
  ['nothing where the pools are listed', '{ from: labels.pool, of: [a] }', ['a', 'b'], []],
  ['nothing where the pool is named', 'b', ['a', 'b'], []],
])('a rules file is told %s', (_, pool, names, lines) => {
  const text = file(pool, ...names);
  parseRules(text, 'r.yml');
  expect(cautions(text, 'r.yml')).toEqual(lines);
});

test('the sample rules file has nothing that its author should be told', () => {
  expect(cautions(read('../../poolkeeper.yml'), 'poolkeeper.yml')).toEqual([]);
});
