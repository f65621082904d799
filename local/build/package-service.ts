import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { BuildError } from './build-error.ts';

const run = promisify(execFile);

export type PackageOptions = {
  /** The checkout: the folder of `serverless.yml`, with the bundles in `dist/`. */
  root: string;
  stage: string;
  /** The rules file, relative to `root`: its schedules become resources. */
  config: string;
};

/**
 * Packages the bundles in `dist/` with `serverless.yml` into `.serverless/`: one archive per function, and the
 * CloudFormation template of everything, as it would be deployed. Needs no network, account or login. Throws a BuildError
 * with all that the Serverless Framework said.
 */
export async function packageService({ root, stage, config }: PackageOptions): Promise<void> {
  const serverless = createRequire(import.meta.url).resolve('serverless/bin/serverless.js');
  // What it caches would otherwise lie in the home folder and in /tmp.
  const cache = path.join(root, '.poolkeeper/serverless-cache');
  await mkdir(cache, { recursive: true });
  await run(process.execPath, [serverless, 'package', '--stage', stage], {
    cwd: root,
    env: {
      ...process.env,
      POOLKEEPER_BUNDLED: '1',
      POOLKEEPER_CONFIG: config,
      SLS_SCHEMA_CACHE_BASE_DIR: cache,
      TMPDIR: cache,
    },
  }).catch((error: Error & { stdout?: string; stderr?: string }) => {
    throw new BuildError(
      `serverless.yml could not be packaged:\n${error.stdout ?? ''}${error.stderr ?? error.message}`,
    );
  });
}
