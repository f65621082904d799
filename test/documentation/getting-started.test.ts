import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '#test/cli/surroundings';
import { blocks, root } from './blocks.ts';
import { commandsIn } from './shell-words.ts';

const own = blocks.filter(({ page }) => page === 'docs/getting-started.md');

/** The command lines of the page for one command of Poolkeeper, without its name. */
function linesFor(command: string): string[][] {
  return own
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => commandsIn(text))
    .filter(([program, first]) => program === 'poolkeeper' && first === command)
    .map(([, ...args]) => args);
}

describe('the second part of docs/getting-started.md', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'poolkeeper-getting-started-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  test('makes rules that observe, checks and explains them, and tests them once they act', async () => {
    for (const args of [...linesFor('init'), ...linesFor('validate'), ...linesFor('explain')]) {
      expect(await runCli(args, { directory, home: { root } }), args.join(' ')).toMatchObject({
        code: 0,
        errors: '',
      });
    }
    const rules = path.join(directory, 'my-rules.yml');
    const observing = await readFile(rules, 'utf8');
    expect(observing).toContain('mode: observe');
    await writeFile(rules, observing.replace('mode: observe', 'mode: act'));
    const tests = own.find(({ language, text }) => language === 'yaml' && text.includes('tests:'));
    await writeFile(path.join(directory, 'my-rules.tests.yml'), tests?.text ?? '');
    const [args = []] = linesFor('test');
    const { output, code } = await runCli(args, { directory, home: { root } });
    expect(output).toContain('1 passed');
    expect(code).toBe(0);
    await writeFile(rules, observing);
    expect(await runCli(args, { directory, home: { root } })).toMatchObject({ code: 1 });
  });
});
