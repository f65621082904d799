import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { parseRules, RulesError } from '#lib/rules/parse/parse';
import { describeWarning, warningsIn } from '#lib/rules/warnings/find-warnings';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');

type Told = { line: number; code: string; reason: string };

/** The comments of a fixture: `# [code] words [code] words`. */
function expectedIn(text: string): Told[] {
  return text.split('\n').flatMap((content, index) => {
    const [, comment = ''] = /# (\[[a-z-]+\] .*)$/.exec(content) ?? [];
    return Array.from(
      comment.matchAll(/\[([a-z-]+)\] (.*?)(?= \[[a-z-]+\] |$)/g),
      ([, code = '', reason = '']) => ({
        line: index + 1,
        code,
        reason,
      }),
    );
  });
}

/** Each line with its codes, and the expected words that are missing. */
function compare(expected: readonly Told[], found: readonly Told[]) {
  const shown = (all: readonly Told[]) => all.map(({ line, code }) => `${line} ${code}`).toSorted();
  const unsaid = expected.filter(
    (one) =>
      !found.some(
        ({ line, code, reason }) => line === one.line && code === one.code && reason.includes(one.reason),
      ),
  );
  expect(
    unsaid,
    JSON.stringify(
      found.filter(({ line }) => unsaid.some((one) => one.line === line)),
      null,
      1,
    ),
  ).toEqual([]);
  expect(shown(found)).toEqual(shown(expected));
}

describe('a file with more than forty mistakes and traps', () => {
  test('each mistake is found at its line, and no other one', () => {
    const text = read('mistakes.yml');
    const expected = expectedIn(text);
    expect(expected.length).toBeGreaterThan(20);
    try {
      parseRules(text, 'r.yml');
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof RulesError)) throw error;
      compare(
        expected,
        error.problems.map(({ line, reason }) => ({ line, code: 'mistake', reason })),
      );
    }
  });

  test('each trap is found at its line, and no other one', () => {
    const text = read('traps.yml');
    const expected = expectedIn(text);
    expect(expected.length).toBeGreaterThan(40);
    compare(expected, warningsIn(text, 'r.yml', NOW));
  });
});

function places(text: string): string[] {
  return warningsIn(text, 'r.yml', NOW).map(({ line, code }) => `${line} ${code}`);
}

test('line ends of Windows and a mark at the beginning change no place', () => {
  const text = read('traps.yml');
  expect(places(text.replaceAll('\n', '\r\n'))).toEqual(places(text));
  expect(places(`\ufeff${text}`)).toEqual(places(text));
});

describe('without warnings', () => {
  test('is the shipped rules file, except that it names no recipient of notices', () => {
    const found = warningsIn(read('../../../poolkeeper.yml'), 'poolkeeper.yml', NOW);
    expect(found.map(({ code }) => code)).toEqual(['no-recipient']);
  });

  test('are the examples of docs/rules/reference.md together', () => {
    const examples = Array.from(
      read('../../../docs/rules/reference.md').matchAll(/^```yaml\n(.*?)^```/gms),
      ([, one = '']) => parse(one),
    );
    const text = stringify(Object.assign({}, ...examples));
    expect(warningsIn(text, 'r.yml', NOW).map((one) => describeWarning('r.yml', one))).toEqual([]);
  });

  const pools = 'pools: { train-a: { id: pool-9d3f-6f5da086876d4cd084d36f8bd3346036 } }';
  const notify =
    'notify: [{ kind: webhook, url: "https://chat.example.com/1", when: [needs-human, awaiting-approval] }]';
  const pages = [
    'alerting/alertmanager.md',
    'alerting/events.md',
    'alerting/huawei.md',
    'rules/scheduled-events.md',
    'rules/pack.md',
  ];
  const blocks = pages.flatMap((page) =>
    Array.from(read(`../../../docs/${page}`).matchAll(/^```yaml\n(.*?)^```/gms), ([, block = '']) => ({
      page,
      block,
    })).filter(({ block }) => /^(rules:|- name:|extends:)/m.test(block) && !/^pools:/m.test(block)),
  );

  test.each(blocks)('is the example of $page: $block', ({ block }) => {
    const rules = /^- name:/m.test(block) ? `rules:\n${block}` : block;
    const more = /smn|^extends:/m.test(block)
      ? 'sources: { smn: { topics: ["urn:smn:cn-north-4:0970dd7a:npu"] } }'
      : '';
    const text = [pools, rules, notify, more].join('\n');
    expect(warningsIn(text, 'r.yml', NOW).map((one) => describeWarning('r.yml', one))).toEqual([]);
  });

  test('is the example of docs/rules/warnings.md that allows a warning', () => {
    const [, block = ''] = /^```yaml\n(.*?)^```/ms.exec(read('../../../docs/rules/warnings.md')) ?? [];
    const rules =
      'rules: [{ name: a, when: { severity: x }, node: { from: labels.node }, pool: train-a, ladder: [notify: {}] }]';
    expect(warningsIn(`${block}${rules}\n`, 'r.yml', NOW)).toEqual([]);
    const without = block.replace(/ *# poolkeeper: allow.*\n/, '');
    expect(warningsIn(`${without}${rules}\n`, 'r.yml', NOW).map(({ code }) => code)).toEqual(['unused-pool']);
  });
});
