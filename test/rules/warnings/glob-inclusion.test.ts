import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { globMatches } from '#lib/rules/glob';
import { isIncluded } from '#lib/rules/warnings/glob-inclusion';
import { asGlobs } from '#lib/rules/warnings/glob-traps';
import { runs } from '#test/runs';

const glob = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '😀'), minLength: 1, maxLength: 7 });
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '😀', '*'), maxLength: 8 });

/** Every text of up to this length over a few characters. */
function allTexts(length: number): string[] {
  if (length === 0) return [''];
  const shorter = allTexts(length - 1);
  return [
    ...shorter,
    ...shorter
      .filter((one) => Array.from(one).length === length - 1)
      .flatMap((one) => ['a', 'b', 'c'].map((more) => one + more)),
  ];
}

const TEXTS = allTexts(6);

describe('a glob that is called included', () => {
  test('matches no text that the others do not match', () => {
    fc.assert(
      fc.property(glob, fc.array(glob, { minLength: 1, maxLength: 3 }), text, (inner, others, value) => {
        if (isIncluded(inner, others) && globMatches(inner, value))
          expect(others.some((other) => globMatches(other, value))).toBe(true);
      }),
      { numRuns: runs(5_000) },
    );
  });

  test('is found if every short text says so', () => {
    const small = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(small, fc.array(small, { minLength: 1, maxLength: 2 }), (inner, others) => {
        const isSo = TEXTS.every(
          (value) => !globMatches(inner, value) || others.some((other) => globMatches(other, value)),
        );
        expect(isIncluded(inner, others)).toBe(isSo);
      }),
      { numRuns: runs(1_000) },
    );
  });

  test.each<[inner: string, others: string[], expected: boolean]>([
    ['NT_NPU_*', ['NT_*'], true],
    ['NT_*', ['NT_NPU_*'], false],
    ['?*', ['*?'], true],
    ['a*', ['a', 'a?*'], true],
    ['*', ['?*'], false],
    ['**', ['*'], true],
    ['a?b*', ['a*b*'], true],
  ])('%j in %j: %j', (inner, others, expected) => {
    expect(isIncluded(inner, others)).toBe(expected);
  });

  test('is not claimed where the question is too large', () => {
    const hostile = `${'*a?'.repeat(12)}b`;
    expect(isIncluded(`${hostile}c*`, [`${'*b?'.repeat(12)}*`, hostile])).toBe(false);
  });
});

test('the glob for a simple regular expression matches what it matches', () => {
  const part = fc.constantFrom('NT_', 'NPU', 'a', '.*', '.+', '.', '\\.', '-', '(a|b)');
  fc.assert(
    fc.property(
      fc.array(part, { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      text,
      (parts, isAnchored, value) => {
        const expression = isAnchored ? `^${parts.join('')}$` : parts.join('');
        const globs = asGlobs(expression);
        const sample =
          value +
          parts
            .map((one) => one.replace('.*', '').replace('.+', 'x').replace('\\.', '.').replace('(a|b)', 'b'))
            .join('');
        for (const one of [value, sample])
          expect(globs?.some((found) => globMatches(found, one)) ?? false).toBe(
            globs !== undefined && new RegExp(`^(?:${parts.join('')})$`, 'su').test(one),
          );
      },
    ),
    { numRuns: runs(5_000) },
  );
});
