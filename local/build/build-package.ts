import { cp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { BuildError } from './build-error.ts';
import { bundleForAnyRules } from './bundle.ts';

/** The folder that `npm pack` ships, beside the launcher. */
export const PACKAGE_DIR = 'package';

/**
 * Builds the code of the npm package: Node.js refuses TypeScript below node_modules. `package/cli` has the command line, `package/functions` the
 * functions without rules, and `package/events` the samples.
 *
 * @throws BuildError with the position of each mistake
 */
export async function buildPackage(root: string): Promise<void> {
  const outDir = path.join(root, PACKAGE_DIR);
  await rm(outDir, { recursive: true, force: true });
  await bundleForAnyRules(root, path.join(outDir, 'functions'), { sourcemap: false });
  await bundleCommandLine(root, path.join(outDir, 'cli'));
  await cp(path.join(root, 'local/cloud/functions/bootstrap.mjs'), path.join(outDir, 'cli/bootstrap.mjs'));
  for (const part of ['events', 'poolkeeper.yml']) {
    await cp(path.join(root, part), path.join(outDir, part), {
      recursive: true,
      filter: (source) => !source.endsWith('.ts'),
    });
  }
}

/** Each command is a chunk of its own, which loads only when it runs. */
async function bundleCommandLine(root: string, outdir: string): Promise<void> {
  await build({
    absWorkingDir: root,
    // local/replay/run-replays.ts begins its thread with a file of its own.
    entryPoints: { poolkeeper: 'cli/poolkeeper.ts', 'replay-thread': 'local/replay/replay-thread.ts' },
    outdir,
    bundle: true,
    splitting: true,
    platform: 'node',
    // `--help` runs on the Node.js of the user, which may be 20. Other commands run on 24: cli/launch.mjs.
    target: 'node20',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    // Names stay: a stack shows them, and the parser of the command line chooses its messages by them. Short names with keepNames cost a
    // short command a tenth of its time.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    // CommonJS packages call `require`, which an ES module does not have.
    banner: {
      js: "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);",
    },
    // dynalite loads its operations by computed names. A package does not bundle functions: esbuild is for a checkout.
    external: ['dynalite', 'esbuild', 'serverless'],
    logLevel: 'silent',
    plugins: [partsOfFauxqs()],
  }).catch((error: Error) => {
    throw new BuildError(error.message);
  });
}

/** local/cloud/queues/queue-stores.ts loads parts of fauxqs by their paths. A bundler needs these paths as constants. */
function partsOfFauxqs(): Plugin {
  return {
    name: 'parts-of-fauxqs',
    setup(bundler) {
      bundler.onLoad({ filter: /[\\/]queue-stores\.ts$/ }, async ({ path: file }) => {
        const text = await readFile(file, 'utf8');
        const folder = path.dirname(fileURLToPath(import.meta.resolve('fauxqs')));
        const contents = text.replaceAll(/\bpart\('\.\/([\w./-]+)'\)/g, `import('${folder}/$1')`);
        if (contents === text) throw new BuildError(`${file} names no parts of fauxqs: adapt this plugin.`);
        return { contents, loader: 'ts' };
      });
    },
  };
}
