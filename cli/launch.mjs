#!/usr/bin/env node
// The first file of every command line, in plain JavaScript: an older Node.js could not read the rest. Poolkeeper runs on Node.js 24. The help runs on
// any from 20 on, without a second process.
import { existsSync } from 'node:fs';
import module from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { currentPlatform, isNode24, NODE_PACKAGES, refusalOf } from './platform.mjs';

const self = fileURLToPath(import.meta.url);
const here = path.dirname(self);
const source = path.join(here, 'poolkeeper.ts');
const bundle = path.join(here, '../package/cli/poolkeeper.mjs');
const isCheckout = existsSync(source);
const args = process.argv.slice(2);
const isHelp = args.every((arg) => ['--help', '-h', '--version', '-v'].includes(arg));

function findNode24() {
  const require = module.createRequire(import.meta.url);
  for (const name of Object.values(NODE_PACKAGES)) {
    try {
      const node = path.join(path.dirname(require.resolve(`${name}/package.json`)), 'bin/node');
      if (existsSync(node)) return node;
    } catch {
      // Not for this platform.
    }
  }
  return undefined;
}

async function runOn(node) {
  const { spawn } = await import('node:child_process');
  const child = spawn(node, [self, ...args], { stdio: 'inherit' });
  // A terminal sends its signals to both processes; other senders only to this one. A second signal changes nothing.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`${node} does not run: ${error.message}\n`);
    process.exit(70);
  });
  child.on('close', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/**
 * Keeps the compiled code of the bundle from one run to the next, which saves a sixth of the time of a short command. In a folder that is the
 * user's own: Node.js runs the code that it finds there. Older versions have no such cache.
 */
function keepCompiledCode() {
  if (!('enableCompileCache' in module)) return;
  const caches = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
  module.enableCompileCache(path.join(caches, 'poolkeeper', 'compiled'));
}

const runsAnywhere = isHelp && !isCheckout;
const machine = currentPlatform();
const refusal = runsAnywhere ? undefined : refusalOf(machine);
if (refusal !== undefined) {
  process.stderr.write(`${refusal}\n`);
  process.exit(70);
}
if (runsAnywhere || isNode24(machine.version)) {
  if (!isCheckout) keepCompiledCode();
  await import(pathToFileURL(isCheckout ? source : bundle).href);
} else {
  const node = findNode24();
  if (node === undefined) {
    process.stderr.write(
      `Poolkeeper runs on Node.js 24, and this is ${machine.version}. Its package for this platform is not installed: ` +
        'install again without --omit=optional, or install Node.js 24.\n',
    );
    process.exit(70);
  }
  await runOn(node);
}
