import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describeWarning, warningsIn } from '#lib/rules/warnings/find-warnings';
import { warningCodes } from '#lib/rules/warnings/warning';
import { cases } from './cases.ts';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const linesFor = (text: string) => warningsIn(text, 'r.yml', NOW).map((one) => describeWarning('r.yml', one));
const page = readFileSync(new URL('../../../docs/rules/warnings.md', import.meta.url), 'utf8');

describe.each(warningCodes.map((code) => [code, cases[code]] as const))(
  '%s',
  (code, { wrong, says, right }) => {
    test('is found alone, at its line, in words that help', () => {
      const lines = linesFor(wrong);
      expect(lines).toEqual([expect.stringMatching(/^r\.yml:\d+:\d+ /)]);
      expect(lines[0]).toContain(says);
      expect(lines[0]).toContain(`[${code}]`);
    });

    test('is gone from the corrected file', () => {
      expect(linesFor(right)).toEqual([]);
    });
  },
);

test('docs/rules/warnings.md has an entry for each warning, and for no other, in the same order', () => {
  const headings = Array.from(page.matchAll(/^### (.+)$/gm), ([, heading]) => heading);
  expect(headings).toEqual([...warningCodes]);
});
