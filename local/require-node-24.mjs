import module from 'node:module';
import { fileURLToPath } from 'node:url';

// Preloaded before anything else, in plain JavaScript: an older Node.js could not even read the TypeScript that follows.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    `Poolkeeper runs on Node.js 24, and this is ${process.versions.node}. ` +
      'Use the npm scripts (`npm start`, `npm test`): they run the Node.js 24 that `npm ci` installed. ' +
      'If you did, `npm ci` could not install it for this platform: install Node.js 24 yourself.\n',
  );
  process.exit(1);
}

// The command line is hundreds of files. Compiled once, they load in half the time. NODE_COMPILE_CACHE names another folder.
if (process.argv[1]?.endsWith('poolkeeper.ts'))
  module.enableCompileCache(fileURLToPath(new URL('../.poolkeeper/compiled', import.meta.url)));
