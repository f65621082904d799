import module from 'node:module';
import { fileURLToPath } from 'node:url';

// Preloaded before anything else, in plain JavaScript: an older Node.js could not even read the TypeScript that follows.
import { currentPlatform, isNode24, refusalOf } from '../cli/platform.mjs';

const here = currentPlatform();
const refusal =
  refusalOf(here) ??
  (isNode24(here.version)
    ? undefined
    : `Poolkeeper runs on Node.js 24, and this is ${here.version}. ` +
      'Use the npm scripts (`npm start`, `npm test`): they run the Node.js 24 that `npm ci` installed. ' +
      'If you did, `npm ci` has left it out: run it again without --omit=optional.');
if (refusal !== undefined) {
  process.stderr.write(`${refusal}\n`);
  process.exit(1);
}

// The command line is hundreds of files. Compiled once, they load in half the time. NODE_COMPILE_CACHE names another folder.
if (process.argv[1]?.endsWith('poolkeeper.ts'))
  module.enableCompileCache(fileURLToPath(new URL('../.poolkeeper/compiled', import.meta.url)));
