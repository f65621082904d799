import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitCodes } from '#cli/exit-codes';
import { systemClock } from '#lib/clock';
import { type Given, runCli } from './surroundings.ts';

const NOW = Date.parse('2026-11-20T10:00:00Z');

const VALID = `pools:
  train-a: { id: pool-9d3f-6f5da086876d4cd084d36f8bd3346036 }
rules:
  - name: lost
    when: { source: alertmanager, labels: { alertname: NT_NPU_CARD_LOSE } }
    node: { from: labels.instance }
    pool: train-a
    ladder: [reset-nodes: {}]
`;
const TRAP = VALID.replace('NT_NPU_CARD_LOSE', '"NT_NPU_.*"');
const MISTAKES = VALID.replace('pool: train-a', 'pool: trian-a').replace('ladder', 'lader');

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'validate-'));
  const files = { 'poolkeeper.yml': VALID, 'trap.yml': TRAP, 'mistakes.yml': MISTAKES, 'empty.yml': '' };
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(directory, name), text);
  await writeFile(path.join(directory, 'binary.yml'), Buffer.from([0x50, 0, 0xff]));
  await writeFile(path.join(directory, 'latin.yml'), Buffer.from([0x70, 0xe9]));
  await writeFile(path.join(directory, 'huge.yml'), Buffer.alloc(9 * 1024 * 1024, '#'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const validate = (args: string[], given: Given = {}) =>
  runCli(['validate', ...args], {
    directory,
    clock: { ...systemClock, now: () => NOW },
    ...given,
  });

describe('poolkeeper validate', () => {
  test('says that a file is valid', async () => {
    const { output, errors, code } = await validate([]);
    expect(output).toBe('poolkeeper.yml is valid: 1 rule for 1 pool.\nChecked in 0 ms.\n');
    expect([errors, code]).toEqual(['', 0]);
  });

  test('shows every mistake with its line, its path and what to do', async () => {
    const { output, code } = await validate(['mistakes.yml']);
    expect(output.split('\n')).toEqual([
      'mistakes.yml:4:5 error rules[0].ladder: is missing',
      'mistakes.yml:7:5 error rules[0].pool: there is no pool "trian-a": did you mean "train-a"?',
      'mistakes.yml:8:5 error rules[0].lader: is not a known key: did you mean "ladder"?',
      'mistakes.yml has 3 mistakes.',
      'Checked in 0 ms.',
      '',
    ]);
    expect(code).toBe(exitCodes.finding.code);
  });

  test('warns, and fails for a warning only if it is strict', async () => {
    const { output, code } = await validate(['trap.yml']);
    expect(output).toMatch(
      /^trap\.yml:5:\d+ warning rules\[0\]\.when\.labels\.alertname: .* \[regular-expression\]\n/,
    );
    expect(output).toContain(
      'trap.yml is valid, with 1 warning (docs/rules/warnings.md): 1 rule for 1 pool.',
    );
    expect(code).toBe(0);
    expect((await validate(['trap.yml', '--strict'])).code).toBe(exitCodes.finding.code);
    expect((await validate(['poolkeeper.yml', '--strict'])).code).toBe(0);
  });

  test('shows its words below the place on a terminal, within its width', async () => {
    const { output } = await validate(['trap.yml'], { columns: 80 });
    expect(output).toMatch(/^trap\.yml:5:\d+ warning\n  rules\[0\]\.when/);
    expect(output.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('checks several files, each once, and the file of POOLKEEPER_CONFIG', async () => {
    const { output, code } = await validate(['poolkeeper.yml', 'trap.yml', 'poolkeeper.yml']);
    expect(output.match(/is valid/g)).toHaveLength(2);
    expect(code).toBe(0);
    const { output: other } = await validate([], { environment: { POOLKEEPER_CONFIG: 'trap.yml' } });
    expect(other).toContain('trap.yml is valid');
  });

  test('reads standard input', async () => {
    const { output, code } = await validate(['-'], { input: `\ufeff${VALID.replaceAll('\n', '\r\n')}` });
    expect(output).toContain('(standard input) is valid: 1 rule for 1 pool.');
    expect(code).toBe(0);
  });

  test.each([
    ['nosuch.yml', 'There is no rules file nosuch.yml.'],
    ['.', '. is a folder. Name a rules file in it.'],
    ['binary.yml', 'binary.yml is not UTF-8 text'],
    ['latin.yml', 'latin.yml is not UTF-8 text'],
    ['huge.yml', 'huge.yml has more than 8 MB'],
  ])('says of %s what is wrong, and checks the others', async (file, says) => {
    const { output, errors, code } = await validate([file, 'poolkeeper.yml']);
    expect(errors).toContain(says);
    expect(output).toContain('poolkeeper.yml is valid');
    expect(code).toBe(exitCodes.usage.code);
  });

  test.each([
    ['an empty file', '', '1:1 error the file must be a map with pools and rules, but it is empty'],
    ['tabs', 'pools:\n\ttrain-a: {}\n', '2:1 error not valid YAML: Tabs are not allowed as indentation'],
    ['a broken flow', 'pools: {', 'error not valid YAML'],
  ])('says of %s what is wrong', async (_, input, says) => {
    const { output, code } = await validate(['-'], { input });
    expect(output).toContain(says);
    expect(code).toBe(exitCodes.finding.code);
  });

  test('writes JSON for programs', async () => {
    const { output, code } = await validate(['trap.yml', 'mistakes.yml', '--json']);
    const report: unknown = JSON.parse(output);
    expect(report).toMatchObject({
      ok: false,
      errors: 3,
      warnings: 1,
      ms: 0,
      files: [
        {
          file: 'trap.yml',
          valid: true,
          rules: 1,
          pools: 1,
          errors: [],
          warnings: [{ line: 5, path: 'rules[0].when.labels.alertname', code: 'regular-expression' }],
        },
        {
          file: 'mistakes.yml',
          valid: false,
          errors: [{ line: 4, message: 'is missing' }, {}, {}],
          warnings: [],
        },
      ],
    });
    expect(code).toBe(exitCodes.finding.code);
    expect((await validate(['trap.yml', 'mistakes.yml', '--format', 'json'])).output).toBe(output);
  });

  test('writes annotations for GitHub Actions', async () => {
    await writeFile(
      path.join(directory, 'a,b.yml'),
      TRAP.replace('id: pool', 'budget: { perDay: 120% }, id: pool'),
    );
    const { output } = await validate(['trap.yml', 'a,b.yml', '--format', 'github']);
    const [warning, error] = output.split('\n');
    expect(warning).toMatch(/^::warning file=trap\.yml,line=5,col=\d+,title=regular-expression::rules\[0\]/);
    expect(error).toMatch(
      /^::error file=a%2Cb\.yml,line=2,col=\d+,title=Poolkeeper rules::pools\.train-a\.budget\.perDay: "120%25" is not/,
    );
    expect(output).not.toContain('Checked');
  });

  test('spells out what a terminal would obey', async () => {
    const { output } = await validate(['-'], { input: VALID.replace('lost', '"\\e[2Jlost"') });
    expect(output).not.toContain('\u001b');
  });
});
