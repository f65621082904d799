import { execFile, execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scriptFor, shells } from '#cli/completion/scripts';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../..');

// The real shells complete a real command line. A shell that this machine lacks is skipped.

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-completion-'));
  const program = path.join(folder, 'poolkeeper');
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${root}/cli/poolkeeper.ts' "$@"\n`);
  await chmod(program, 0o755);
  for (const shell of shells) await writeFile(path.join(folder, `completion.${shell}`), scriptFor(shell));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function isInstalled(shell: string): boolean {
  try {
    execFileSync(shell, ['-c', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const inShell = async (shell: string, script: string): Promise<string[]> => {
  const environment = { ...process.env, PATH: `${folder}:${process.env['PATH']}`, HOME: folder };
  const args =
    shell === 'zsh'
      ? ['-f', '-c', script]
      : shell === 'fish'
        ? ['--no-config', '-c', script]
        : ['-c', script];
  const { stdout } = await run(shell, args, { env: environment, cwd: folder });
  return stdout
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
};

const inBash = (...words: string[]) =>
  inShell(
    'bash',
    `source completion.bash; COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _poolkeeper; printf '%s\\n' "\${COMPREPLY[@]}"`,
  );

const inFish = (line: string) => inShell('fish', `source completion.fish; complete -C '${line}'`);

/** A terminal inside of zsh presses the key. */
const inZsh = (line: string, expected: string) =>
  inShell(
    'zsh',
    `zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1=; autoload -Uz compinit && compinit -u -D; source '${folder}/completion.zsh'; LISTMAX=500; echo re''ady"
zpty -r -m shell text '*ready*'
zpty -w -n shell $'${line}\\t\\t'
text=''
for attempt in {1..600}; do
  zpty -r -t shell part && text+=$part
  [[ $text == *"${expected}"* ]] && break
  sleep 0.1
done
zpty -d shell
print -r -- "$text"`,
  );

it.runIf(isInstalled('bash'))('bash', async () => {
  expect(await inBash('poolkeeper', 'st')).toEqual(['start', 'status']);
  expect(await inBash('poolkeeper', 'list', '--st')).toEqual(['--state']);
  expect(await inBash('poolkeeper', 'list', '--state', 'su')).toEqual(['submitting', 'succeeded']);
});

it.runIf(isInstalled('fish'))('fish', async () => {
  expect(await inFish('poolkeeper st')).toEqual([
    expect.stringMatching(/^start\tRuns the whole system/),
    expect.stringMatching(/^status\tShows the pools/),
  ]);
  expect((await inFish('poolkeeper list --st')).join()).toContain('--state');
});

it.runIf(isInstalled('zsh'))('zsh', async () => {
  const expected = 'Runs the whole system on this machine';
  expect((await inZsh('poolkeeper st', expected)).join('\n')).toContain(expected);
});
