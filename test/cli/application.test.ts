import { describe, expect, test } from 'vitest';
import { applicationFor } from '#cli/application';
import { commandTable, groups } from '#cli/command-table';
import { exitCodes } from '#cli/exit-codes';
import { CommandError, failureOf } from '#cli/failure';
import { RequestError } from '#local/client/http-json';
import { runCli } from './surroundings.ts';

const tooWide = (text: string) => text.split('\n').filter((line) => line.length > 80);
const names = Object.keys(commandTable);

describe('the command line', () => {
  test('without arguments lists every command, each with its brief description, in 80 columns', async () => {
    const { output, code } = await runCli([]);
    for (const [name, { brief, group }] of Object.entries(commandTable)) {
      expect(output.replaceAll(/\s+/g, ' ')).toContain(`${name} ${brief}`);
      expect(output).toContain(groups[group]);
    }
    expect(tooWide(output)).toEqual([]);
    expect(code).toBe(0);
    expect((await runCli(['--help'])).output).toBe(output);
  });

  test('says its version', async () => {
    expect(await runCli(['--version'])).toEqual({ output: '1.0.0\n', errors: '', code: 0 });
  });

  test('knows no other command, and offers the nearest', async () => {
    const { errors, code } = await runCli(['strat']);
    expect(errors).toBe(
      'There is no command strat. Did you mean `start`? `poolkeeper --help` lists all commands.\n',
    );
    expect(code).toBe(exitCodes.usage.code);
  });

  test('spells out what a terminal would obey', async () => {
    const { errors } = await runCli(['\u001b[2Jx']);
    expect(errors).toContain('\\u001b[2Jx');
    expect((await runCli(['send', '--\u001b[2Jx'])).errors).not.toContain('\u001b');
  });

  test('loads no command for its help', async () => {
    const { root } = await applicationFor(['--help']);
    expect(root.brief).toContain('AI resource pools');
  });
});

describe.each(names)('poolkeeper %s --help', (name) => {
  test('begins with its usage, and fits into a terminal', async () => {
    const { output, code } = await runCli([name, '--help']);
    expect(output).toContain(`poolkeeper ${name}`);
    expect(tooWide(output)).toEqual([]);
    expect(code).toBe(0);
  });

  test('refuses a flag that it does not have', async () => {
    const { errors, code } = await runCli([name, '--no-such-flag-at-all']);
    expect(errors).toContain('--no-such-flag-at-all');
    expect(code).toBe(exitCodes.usage.code);
  });
});

describe('a failure', () => {
  test.each([
    [new CommandError('No.', 'unconfirmed'), 'unconfirmed', 'No.'],
    [new RequestError('No server answers.'), 'unreachable', 'No server answers.'],
    [new RequestError('401', 401), 'credential', '401'],
    [new RequestError('403', 403), 'credential', '403'],
    [new RequestError('404', 404), 'unknown', '404'],
    [new RequestError('409', 409), 'refused', '409'],
    [new RequestError('503', 503), 'unreachable', '503'],
  ])('%s is %s', (error, outcome, text) => {
    expect(failureOf(error)).toEqual({ outcome, text });
  });

  test('of an unknown kind is a defect, with its stack', () => {
    const { outcome, text } = failureOf(new TypeError('undefined is not a function'));
    expect(outcome).toBe('defect');
    expect(text).toMatch(/report it.*\n.*TypeError: undefined is not a function\n\s+at /s);
  });
});

describe('poolkeeper simulate', () => {
  test('says outside of a checkout where the simulated worlds are', async () => {
    const { errors, code } = await runCli(['simulate'], { home: { isCheckout: false } });
    expect(errors).toContain('npm run simulate');
    expect(code).toBe(exitCodes.usage.code);
  });
});
