import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

let checkout: string;
beforeEach(() => {
  checkout = mkdtempSync(path.join(tmpdir(), 'poolkeeper-bare-'));
  for (const file of ['local/require-node-24.mjs', 'cli/platform.mjs'])
    cpSync(path.join(root, file), path.join(checkout, file), { recursive: true });
  writeFileSync(path.join(checkout, 'cli/poolkeeper.ts'), "process.stdout.write('it runs');");
});
afterEach(() => rmSync(checkout, { recursive: true, force: true }));

/** Runs the command of `npm start` in the checkout. */
function start(): { status: number | null; stdout: string; stderr: string } {
  const args = ['--import', './local/require-node-24.mjs', 'cli/poolkeeper.ts'];
  return spawnSync(process.execPath, args, { cwd: checkout, encoding: 'utf8' });
}

function install(name: string): void {
  mkdirSync(path.join(checkout, 'node_modules', name), { recursive: true });
  writeFileSync(path.join(checkout, 'node_modules', name, 'package.json'), '{}');
}

it('a checkout without its packages says in one line what to do', () => {
  expect(start()).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringMatching(/^Run `npm ci` first: .*\n$/),
  });
  install('dynalite');
  expect(start()).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringMatching(/^This checkout has no development packages.*without --omit=dev.*\n$/),
  });
  install('esbuild');
  expect(start()).toMatchObject({ status: 0, stdout: 'it runs', stderr: '' });
});
