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
  /** The rules file, relative to `root`. Its schedules become resources. */
  config: string;
};

/**
 * Packages the bundles in `dist/` with `serverless.yml` into `.serverless/`: one archive per function, and the CloudFormation
 * template of a deployment. It needs no network, account or login.
 *
 * @throws BuildError with the complete output of the Serverless Framework
 */
export async function packageService({ root, stage, config }: PackageOptions): Promise<void> {
  const serverless = createRequire(import.meta.url).resolve('serverless/bin/serverless.js');
  // Without these, the framework's caches lie in the home folder and in /tmp.
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
      `The Serverless Framework could not package serverless.yml:\n${error.stdout ?? ''}${error.stderr ?? error.message}`,
    );
  });
}
