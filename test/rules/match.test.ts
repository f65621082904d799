import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { globMatches } from '#lib/rules/glob';
import { findRule, type MatchableAlert, matches } from '#lib/rules/match';
import { parseRules } from '#lib/rules/parse/parse';
import type { When } from '#lib/rules/rules';
import { runs } from '#test/runs';

/** The meaning of a glob as a regular expression. */
function toRegExp(glob: string): RegExp {
  const parts = Array.from(glob, (character) =>
    character === '*' ? '.*' : character === '?' ? '.' : RegExp.escape(character),
  );
  return new RegExp(`^${parts.join('')}$`, 'su');
}

describe('a glob', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', '.', '\n', '[', '\\', '😀', '*', '?'),
    maxLength: 12,
  });

  test('means what the regular expression of the same pattern means', () => {
    fc.assert(
      fc.property(text, text, (glob, value) => {
        expect(globMatches(glob, value)).toBe(toRegExp(glob).test(value));
      }),
      { numRuns: runs(5_000) },
    );
  });

  test('is found again in any text that it is made from', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(text, fc.constantFrom('*', '?')), { maxLength: 6 }),
        fc.string({ unit: 'grapheme', maxLength: 1 }),
        (parts, filler) => {
          const glob = parts.map(([literal, wildcard]) => literal + wildcard).join('');
          const value = parts
            .map(([literal, wildcard]) => literal + (wildcard === '?' ? 'x' : filler))
            .join('');
          expect(globMatches(glob, value)).toBe(true);
        },
      ),
    );
  });

  test('without a wildcard matches itself alone', () => {
    const plain = fc.string().filter((value) => !/[*?]/.test(value));
    fc.assert(
      fc.property(plain, plain, (glob, value) => {
        expect(globMatches(glob, glob)).toBe(true);
        expect(globMatches(glob, value)).toBe(glob === value);
      }),
    );
  });

  test.each<[glob: string, value: string, expected: boolean]>([
    ['NT_NPU_*', 'NT_NPU_CARD_LOSE', true],
    ['NT_NPU_*', 'NT_NPU_', true],
    ['NT_NPU_*', 'XNT_NPU_NET', false],
    ['NT_NPU_*', 'nt_npu_net', false],
    ['NT_NPU', 'NT_NPU_NET', false],
    ['modelarts.bm.*', 'modelarts.bm.npu.8', true],
    ['modelarts.bm.*', 'modelartsxbmxnpu', false],
    ['os-node-?', 'os-node-7', true],
    ['os-node-?', 'os-node-', false],
    ['*', '', true],
  ])('%j on %j: %j', (glob, value, expected) => {
    expect(globMatches(glob, value)).toBe(expected);
  });

  test('with many wildcards is done with a long hostile text at once', () => {
    expect(globMatches(`${'*a'.repeat(30)}b`, 'a'.repeat(20_000))).toBe(false);
  });
});

function rule(name: string, alertname: string): string {
  return `  - { name: ${name}, when: { labels: { alertname: ${alertname} } }, node: { from: labels.instance }, pool: a, ladder: [notify: {}] }`;
}

describe('an alert', () => {
  const alert: MatchableAlert = {
    source: 'alertmanager',
    labels: { alertname: 'NT_NPU_CARD_LOSE', cluster: 'prod-1', empty: '' },
    annotations: { summary: 'a card is gone' },
    severity: 'critical',
  };
  const anything: When = { labels: {}, annotations: {} };

  test.each<[when: Partial<When>, expected: boolean]>([
    [{}, true],
    [{ source: 'alertmanager' }, true],
    [{ source: 'smn' }, false],
    [{ labels: { alertname: ['NT_NPU_CARD_LOSE'] } }, true],
    [{ labels: { alertname: ['NT_NPU_NET', 'NT_NPU_C*'] } }, true],
    [{ labels: { alertname: ['NT_NPU_C*'], cluster: ['test-*'] } }, false],
    [{ labels: { node: ['*'] } }, false],
    [{ labels: { empty: ['*'] } }, true],
    [{ labels: { constructor: ['*'] } }, false],
    [{ annotations: { summary: ['*card*'] } }, true],
    [{ annotations: { alertname: ['*'] } }, false],
    [{ severity: ['critical', 'major'] }, true],
    [{ severity: ['warning'] }, false],
    [{ event: ['*'] }, false],
  ])('matches %j: %j', (when, expected) => {
    expect(matches({ ...anything, ...when }, alert)).toBe(expected);
  });

  test('matches a list of conditions if it meets all of one of them', () => {
    const other: When = { ...anything, severity: ['critical'], labels: { alertname: ['NT_NPU_NET'] } };
    const fits: When = { ...anything, labels: { alertname: ['NT_NPU_C*'] } };
    expect(matches([other, fits], alert)).toBe(true);
    expect(matches([other], alert)).toBe(false);
  });

  test('is for the first rule that matches, with any rules after it', () => {
    const rules = parseRules(
      [
        'pools: { a: { id: pool-9d3f-6f5da086876d4cd084d36f8bd3346036 } }',
        'rules:',
        rule('network', 'NT_NPU_NET'),
        rule('lost-card', 'NT_NPU_CARD_LOSE'),
        rule('any', 'NT_*'),
      ].join('\n'),
      'poolkeeper.yml',
    );
    expect(findRule(rules, alert)?.name).toBe('lost-card');
    expect(findRule(rules, { ...alert, labels: { alertname: 'NT_GPU' } })?.name).toBe('any');
    expect(findRule(rules, { ...alert, labels: {} })).toBeUndefined();
  });
});
