import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { beyondBounds } from '#lib/bounds';
import { readJson } from '#lib/read-json';
import { runs } from '#test/runs';

const WIDE = { depth: 100, values: 100_000 };
const why = (text: string, bounds = WIDE) => {
  const read = readJson(text, bounds);
  return 'why' in read ? read.why : undefined;
};

test('every JSON value is read as the parser reads it', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(undefined, 1, '\t'), (text, indent) => {
      const value: unknown = JSON.parse(text);
      expect(readJson(JSON.stringify(value, null, indent), WIDE)).toEqual({ value });
    }),
    { numRuns: runs(300) },
  );
});

test('depth and values are counted as in the value itself', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 8 }), fc.nat(6), fc.nat(12), (text, depth, values) => {
      const value: unknown = JSON.parse(text);
      const is = why(text, { depth, values }) !== undefined;
      expect(is).toBe(beyondBounds(value, { depth, values, bytes: 1_000_000 }) !== undefined);
    }),
    { numRuns: runs(500) },
  );
});

test('no text at all makes it throw, and what it takes is JSON', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '"a"',
    'a',
    '1',
    ' ',
    '\u0000',
    '\ud800',
    'null',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces).map((some) => some.join('')),
      ),
      (text) => {
        const read = readJson(text, WIDE);
        if ('value' in read) expect(read.value).toEqual(JSON.parse(text));
      },
    ),
    { numRuns: runs(1_000) },
  );
});

describe('before it is parsed', () => {
  test('a text of any depth is refused, in whole and unclosed', () => {
    for (const text of [
      '['.repeat(3_000_000),
      '{"a":'.repeat(500_000),
      `${'['.repeat(101)}${']'.repeat(101)}`,
    ])
      expect(why(text)).toBe('is nested more than 100 levels deep');
  });

  test('a text of many values is refused, also one that is not JSON', () => {
    expect(why(`[${'1,'.repeat(100_000)}1]`)).toBe('holds more than 100000 values');
    expect(why(`[${'{} '.repeat(100_001)}`)).toBe('holds more than 100000 values');
  });
});

describe('a key that is there twice', () => {
  test.each([
    ['{"status":"firing","status":"resolved"}', 'status'],
    [String.raw`{"status":1,"st\u0061tus":2}`, 'status'],
    ['[{"a":{"b":1,"c":[],"b":{}}}]', 'b'],
    ['{"":1,"":2}', ''],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
  ])('%s', (text, key) => {
    expect(why(text)).toBe(`has the key ${JSON.stringify(key)} twice in one object`);
  });

  test.each([
    '[{"a":1},{"a":2}]',
    '{"a":{"a":1}}',
    '{"a":"a","b":"a"}',
    '["a","a"]',
    '{"a":[{"a":1}],"b":1}',
  ])('is not in %s', (text) => {
    expect(why(text)).toBeUndefined();
  });
});
