import { expect, test } from 'vitest';
import { commandTable } from '#cli/command-table';
import { scriptFor, shells } from '#cli/completion/scripts';
import { proposalsFor, runCli } from './surroundings.ts';

test('proposes every command, and those that begin so', async () => {
  expect(await proposalsFor('')).toEqual(Object.keys(commandTable));
  expect(await proposalsFor('st')).toEqual(['start', 'status']);
});

test('proposes the flags of a command, and the values of a flag', async () => {
  expect(await proposalsFor('list', '--s')).toEqual(['--state', '--since']);
  expect(await proposalsFor('list', '--state', 'su')).toEqual(['submitting', 'succeeded']);
  expect(await proposalsFor('completion', '')).toEqual(['--json', ...shells]);
});

test.each(shells)('the script for %s comes from the command line', async (shell) => {
  expect((await runCli(['completion', shell])).output).toBe(`${scriptFor(shell)}\n`);
});

test('as JSON it has its shell', async () => {
  expect(JSON.parse((await runCli(['completion', 'zsh', '--json'])).output)).toEqual({
    shell: 'zsh',
    script: scriptFor('zsh'),
  });
});

test('there is none for another shell', async () => {
  expect(await runCli(['completion', 'tcsh'])).toMatchObject({
    code: 2,
    errors: expect.stringContaining('must be one of bash, zsh, fish'),
  });
});
