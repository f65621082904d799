import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exitCodes } from '#cli/exit-codes';
import { rulesText } from '#cli/init/rules-text';
import { parseRules } from '#lib/rules/parse/parse';
import { runCli } from './surroundings.ts';

const ID = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';
const OTHER = 'pool-77aa-6f5da086876d4cd084d36f8bd3346036';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-init-'));
});
afterAll(() => rm(folder, { recursive: true }));

const init = (args: readonly string[], answers?: string[]) =>
  runCli(['init', ...args], { directory: folder, ...(answers && { answers }) });
const written = (file: string) => readFile(path.join(folder, file), 'utf8');

test('writes a valid file that only observes, and replaces none without --force', async () => {
  const { output, code } = await init(['--pool', `train-a=${ID}`]);
  expect(code).toBe(0);
  expect(output).toContain('poolkeeper.yml is written: train-a. It only observes.');
  const rules = parseRules(await written('poolkeeper.yml'), 'poolkeeper.yml');
  expect(rules.pools).toMatchObject([{ name: 'train-a', id: ID }]);
  expect(rules.rules.every(({ mode }) => mode === 'observe')).toBe(true);

  const again = await init(['--pool', `other=${OTHER}`]);
  expect(again.code).toBe(exitCodes.usage.code);
  expect(again.errors).toContain('add --force to replace it');
  expect(await written('poolkeeper.yml')).toContain('train-a');
  expect((await init(['--pool', `other=${OTHER}`, '--force'])).code).toBe(0);
  expect(await written('poolkeeper.yml')).not.toContain('train-a');
});

test('is valid for several pools, too', () => {
  const rules = parseRules(
    rulesText([
      { name: 'a', id: ID },
      { name: 'b', id: OTHER },
    ]),
    'poolkeeper.yml',
  );
  expect(rules.pools).toHaveLength(2);
});

test('asks for the pools on a terminal', async () => {
  expect((await init(['--output', 'asked.yml'], [ID, 'mine', OTHER, '', ''])).code).toBe(0);
  const { pools } = parseRules(await written('asked.yml'), 'asked.yml');
  expect(pools.map(({ name }) => name)).toEqual(['mine', 'pool-2']);
});

test.each([
  [['--pool', 'train-a'], undefined, 'must be name=id'],
  [['--pool', `two words=${ID}`, '--output', 'x.yml'], undefined, 'make no valid rules file'],
  [[], undefined, '--pool name=id'],
  [[], [''], 'Nothing was written'],
])('refuses %j', async (args, answers, message) => {
  const { code, errors } = await init(args, answers);
  expect(code).toBe(exitCodes.usage.code);
  expect(errors).toContain(message);
});
