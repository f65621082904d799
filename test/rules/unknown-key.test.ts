import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { rulesJsonSchema } from '#lib/rules/parse/json-schema';
import { parseRules, RulesError } from '#lib/rules/parse/parse';
import type { Problem } from '#lib/rules/parse/yaml-source';

const everyKey = readFileSync(new URL('every-key.yml', import.meta.url), 'utf8');
const sample = readFileSync(new URL('../../poolkeeper.yml', import.meta.url), 'utf8');

/** Maps whose keys are the user's own. */
const free = new Set(['pools', 'senders', 'labels', 'annotations', 'require', 'forbid', 'plugins']);

type Gap = { offset: number; line: number; column: number; insert: (key: string) => string };

/** A place for one more key in each of the maps of a file: before the first that is there. */
function gapsIn(text: string): Gap[] {
  const lineCounter = new LineCounter();
  const gaps: Gap[] = [];
  visit(parseDocument(text, { lineCounter }), {
    Map: (_, map, ancestors) => {
      const above: unknown = ancestors.at(-1);
      const key =
        above && typeof above === 'object' && 'key' in above && isScalar(above.key) ? above.key.value : '';
      if (free.has(String(key))) return;
      const first = map.items[0]?.key;
      const offset = (isScalar(first) ? first.range?.[0] : undefined) ?? map.range![0] + 1;
      const { line, col } = lineCounter.linePos(offset);
      const separator = map.flow ? (first ? ', ' : '') : `\n${' '.repeat(col - 1)}`;
      gaps.push({ offset, line, column: col, insert: (inserted) => `${inserted}: 1${separator}` });
    },
  });
  return gaps;
}

function problemsIn(text: string): readonly Problem[] {
  try {
    parseRules(text, 'poolkeeper.yml');
  } catch (error) {
    if (error instanceof RulesError) return error.problems;
    throw error;
  }
  return [];
}

const knownKeys = new Set(
  [...JSON.stringify(rulesJsonSchema()).matchAll(/"([\w-]+)":/g)].map(([, key]) => key),
);

test.each([
  ['poolkeeper.yml', sample],
  ['every-key.yml', everyKey],
])('one unknown key anywhere in %s is refused, by its name and at its line', (_, text) => {
  const gaps = gapsIn(text);
  expect(gaps.length).toBeGreaterThan(10);
  expect(isMap(parseDocument(text).contents)).toBe(true);
  const keys = fc
    .stringMatching(/^[A-Za-z_][\w-]{0,20}$/)
    .filter((key) => !knownKeys.has(key) && key !== '__proto__');

  function expectRefused(gap: Gap, key: string): void {
    const problems = problemsIn(`${text.slice(0, gap.offset)}${gap.insert(key)}${text.slice(gap.offset)}`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ line: gap.line, column: gap.column });
    expect(problems[0]!.path.split('.').at(-1)).toBe(key);
    expect(problems[0]!.reason).toMatch(/^is not a known key/);
  }

  for (const gap of gaps) {
    // Names that every object inherits.
    for (const key of ['constructor', 'toString', 'valueOf']) expectRefused(gap, key);
    fc.assert(
      fc.property(keys, (key) => expectRefused(gap, key)),
      { numRuns: 1 },
    );
  }
});
