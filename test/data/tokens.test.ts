import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepToken } from '#local/data/tokens';

let folder: string;
let said: string[];
beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), 'poolkeeper-tokens-')), 'tokens');
  said = [];
});
afterEach(() => rm(path.dirname(folder), { recursive: true, force: true }));

const keep = (name: 'webhook' | 'console' = 'webhook') => keepToken(folder, name, (line) => said.push(line));
const modeOf = async (file: string) => (await stat(file)).mode & 0o777;

it('is made once, for this user alone', async () => {
  const made = await keep();
  expect(made).toEqual({ value: expect.stringMatching(/^[\w-]{32}$/), file: path.join(folder, 'webhook') });
  expect(await keep()).toEqual(made);
  expect((await keep('console')).value).not.toBe(made.value);
  expect([await modeOf(folder), await modeOf(made.file)]).toEqual([0o700, 0o600]);
  expect(await readFile(made.file, 'utf8')).toBe(`${made.value}\n`);
  expect(said).toEqual([]);
});

it('that others can read is narrowed, and a line says so without the token', async () => {
  const { file, value } = await keep();
  await chmod(file, 0o644);
  expect((await keep()).value).toBe(value);
  expect(await modeOf(file)).toBe(0o600);
  expect(said).toEqual([expect.stringMatching(/could read .*webhook \(mode 644\); it has mode 600 now/)]);
  expect(said.join()).not.toContain(value);
});

it.each([
  '',
  'short',
  'a token with spaces that is long enough',
  'admin:token-that-would-name-a-holder-here',
])('is not read from a file with %j, which the error does not show', async (text) => {
  await keep();
  await writeFile(path.join(folder, 'webhook'), text);
  const complaint = await keep().then(String, String);
  expect(complaint).toMatch(/webhook must hold one token of 32 characters or more/);
  if (text !== '') expect(complaint).not.toContain(text);
});
