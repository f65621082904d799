import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readAssumptions } from '#local/replay/assumptions';
import { gates } from '#local/replay/gates';
import { runCli } from '#test/cli/surroundings';
import { RULES } from '#test/rehearsal/bench';
import { webhookLines } from './history.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'replay-'));
afterAll(() => rmSync(directory, { recursive: true }));
writeFileSync(path.join(directory, 'poolkeeper.yml'), RULES);
writeFileSync(path.join(directory, 'careful.yml'), RULES.replace('mode: act', 'mode: observe'));
writeFileSync(path.join(directory, 'alerts.jsonl'), webhookLines([{ node: 'n1', from: 0, to: 60 }]).text);

const cli = (...args: string[]) => runCli(['replay', 'alerts.jsonl', '--size', '20', ...args], { directory });

test('shows each rule, the totals and what is not known', async () => {
  const { output, errors, code } = await cli('--assume', 'helps=100%,fails=0%', '--timeline');
  expect(errors).toBe('');
  expect(code).toBe(0);
  expect(output).toContain('13 alerts in 13 deliveries, from 2026-11-20 10:00 UTC to 2026-11-20 11:00 UTC\n');
  expect(output).toMatch(/^lost {2}1 .*remediations$/m);
  expect(output).toMatch(/^ {2}called +reset-nodes 1/m);
  expect(output).toContain('n1  lost: reset-nodes: succeeded');
  expect(output).toContain('No history has the answers of ModelArts');
});

test('compares with other rules, and is a gate', async () => {
  const bolder = await cli(
    '--against',
    'careful.yml',
    '--fail-on',
    'more-destructive,any-difference',
    '--assume',
    'helps=100%,fails=0%',
  );
  expect(bolder.code).toBe(1);
  expect(bolder.output).toContain('\nChanges of the rules\n  1 rule now acts: lost\n');
  expect(bolder.output).toMatch(/^ {2}n1\n {4}- .*only observed, not done\n {4}\+ .*succeeded$/m);
  expect(bolder.errors).toContain('--fail-on more-destructive: the rules wipe, move or take out more');
  expect(bolder.errors).toContain('--fail-on any-difference: 1 nodes have another outcome');
  const tamer = await cli(
    '--rules',
    'careful.yml',
    '--against',
    'poolkeeper.yml',
    '--fail-on',
    'more-destructive',
  );
  expect(tamer.code).toBe(0);
});

test('--json has the whole result', async () => {
  const { output } = await cli('--json', '--assume', 'helps=100%,fails=0%');
  const { summary, calls, remediations } = JSON.parse(output);
  expect(summary.destructive).toBe(1);
  expect(calls).toMatchObject([{ endpoint: 'batch-reset-nodes', nodes: ['n1'] }]);
  expect(remediations).toMatchObject([{ rule: 'lost', state: 'succeeded' }]);
});

test.each([
  [['--fail-on', 'more-destructve'], 'did you mean more-destructive?'],
  [['--fail-on', 'any-difference'], 'name them with --against'],
  [['--assume', 'reset'], 'is not key=value'],
  [['--assume', 'resett=5m'], 'there is no assumption resett'],
  [['--assume', 'helps=110%'], '110% is not a share such as 90%'],
  [['--size', 'many'], 'is not a number of nodes'],
  [['--seed', 'x'], 'is not a whole number'],
  [['--repeat-interval', 'often'], 'is not a duration'],
  [['--rules', 'none.yml'], 'There is no rules file none.yml'],
  [['--sample', 'day', '--write-sample', 'none/month.jsonl'], 'none/month.jsonl cannot be written'],
])('a wrong flag ends with 2 and says what to do: %j', async (flags, message) => {
  const { errors, code } = await cli(...flags);
  expect(errors).toContain(message);
  expect(code).toBe(2);
});

describe('docs/rules/replay.md', () => {
  const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/rules/replay.md'), 'utf8');

  test('has every condition', () => {
    for (const gate of Object.keys(gates)) expect(page).toContain(`| \`${gate}\``);
  });

  test('has assumptions that are read', () => {
    const shown = Array.from(page.matchAll(/`([\w.-]+=[\w%]+)`/g), ([, text = '']) => text).filter(
      (text) => !text.startsWith('train'),
    );
    expect(shown.length).toBeGreaterThan(7);
    expect(() => readAssumptions(shown)).not.toThrow();
  });

  test('has commands whose flags there are', async () => {
    const { output } = await runCli(['replay', '--help'], { directory });
    for (const [flag] of page.matchAll(/--[a-z][a-z-]+/g)) expect(output).toContain(flag);
  });
});
