import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describeWarning, warningsIn } from '#lib/rules/warnings/find-warnings';
import { warningCodes } from '#lib/rules/warnings/warning';
import { cases, file } from './cases.ts';

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

const warningsFor = (entry: string) => linesFor(file({ notify: `notify:\n  - ${entry}` }));

describe('an address of a recipient', () => {
  test.each([
    [
      '{ kind: wecom, url: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=SECRET-13579" }',
      'parameter key',
    ],
    [
      '{ kind: dingtalk, url: "https://oapi.dingtalk.com/robot/send?access_token=SECRET-13579" }',
      'parameter access_token',
    ],
    ['{ kind: webhook, url: "https://ops:SECRET-13579@chat.example.com/hook" }', 'password'],
    [
      '{ kind: feishu, url: "https://open.feishu.cn/open-apis/bot/v2/hook/SECRET-13579-abcdefghijkl" }',
      'path',
    ],
  ])('with a secret in it: %s', (entry, part) => {
    const [line = '', ...others] = warningsFor(entry);
    expect(others).toEqual([]);
    expect(line).toContain(`its ${part} looks like a secret`);
    expect(line).not.toContain('SECRET-13579');
  });

  test.each([
    '{ kind: wecom, url: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${secret:WECOM_KEY}" }',
    '{ kind: webhook, url: "https://chat.example.com/hooks/the-night-shift-of-the-platform" }',
    '{ kind: webhook, url: "http://10.0.0.4:9000/poolkeeper?channel=training-nodes" }',
  ])('without one: %s', (entry) => {
    expect(warningsFor(entry)).toEqual([]);
  });
});
