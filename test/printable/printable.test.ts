import { assert, jsonValue, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printable } from '#lib/printable';

describe('a printable text', () => {
  test.each([
    ['a title and the clipboard', '\u001b]52;c;ZXZpbA==\u0007', '\\u001b]52;c;ZXZpbA==\\u0007'],
    ['a cleared screen', '\u001b[2J\u001b[H', '\\u001b[2J\\u001b[H'],
    ['a control sequence of one character', '\u009b2J', '\\u009b2J'],
    ['a second line', 'node-1\r\nALL GOOD', 'node-1\\r\\nALL GOOD'],
    ['a separator of lines', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
    ['a change of direction', 'a\u202egnp.exe\u2066', 'a\\u202egnp.exe\\u2066'],
    ['invisible characters', 'no\u200bde\ufeff', 'no\\u200bde\\ufeff'],
    ['tags beyond the first plane', '\u{e0041}', '\\udb40\\udc41'],
    ['half a character', 'a\ud800b', 'a\\ud800b'],
  ])('spells out %s', (_, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  test('is left alone where it only has letters, signs and spaces', () => {
    const text = 'os-node-created-lv29s: 维修 “à” – 1 < 2 … 🛠';
    expect(printable(text)).toBe(text);
  });

  test('never has a character in it that is not shown', () => {
    assert(
      property(string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
    );
  });

  test('of JSON means the same', () => {
    assert(
      property(jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.parse(printable(text))).toEqual(JSON.parse(text));
      }),
    );
  });
});
