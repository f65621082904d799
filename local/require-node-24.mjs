import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

// Preloaded before anything else, in plain JavaScript: an older Node.js could not even read the TypeScript that follows.
import { currentPlatform, isNode24, refusalOf } from '../cli/platform.mjs';

const here = currentPlatform();
const refusal = refusalOf(here) ?? whyNotInstalled() ?? whyTooOld(here.version);
if (refusal !== undefined) {
  process.stderr.write(`${refusal}\n`);
  process.exit(1);
}

// The command line is hundreds of files. Compiled once, they load in half the time. NODE_COMPILE_CACHE names another folder.
if (process.argv[1]?.endsWith('poolkeeper.ts'))
  module.enableCompileCache(fileURLToPath(new URL('../.poolkeeper/compiled', import.meta.url)));

function isThere(name) {
  return existsSync(new URL(`../node_modules/${name}/package.json`, import.meta.url));
}

/** @returns undefined if the packages of the checkout are installed */
function whyNotInstalled() {
  if (!isThere('dynalite'))
    return 'Run `npm ci` first: it installs all packages of this checkout, and Node.js 24.';
  // What it runs is built from packages that only the build needs.
  if (!isThere('esbuild')) {
    return (
      'This checkout has no development packages, and builds with them what it runs: run `npm ci` without --omit=dev. ' +
      'The npm package needs none of them, and a third of the space (docs/operate/self-hosting.md).'
    );
  }
  return undefined;
}

/** @returns undefined if this version can run Poolkeeper */
function whyTooOld(version) {
  if (isNode24(version)) return undefined;
  return (
    `Poolkeeper runs on Node.js 24, and this is ${version}. ` +
    'Use the npm scripts (`npm start`, `npm test`): they run the Node.js 24 that `npm ci` installed. ' +
    'If you did, `npm ci` has left it out: run it again without --omit=optional.'
  );
}
