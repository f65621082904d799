import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import * as yaml from 'yaml';
import type { Rules } from '#lib/rules/rules';
import { BuildError } from './build-error.ts';
import { scheduleResources } from './schedule-resources.ts';

const run = promisify(execFile);

export type PackagedService = {
  /** The CloudFormation template of everything, as it would be deployed. */
  templatePath: string;
  /** True: the package of an earlier build is still right, and was left as it is. */
  unchanged: boolean;
};

export type PackageOptions = {
  /** The checkout: the folder of `serverless.yml`. */
  root: string;
  /** The folder of `dist/`, which gets `.serverless/`. */
  outDir: string;
  stage: string;
  /** The rules file, relative to `root`, and what it says: its schedules become resources. */
  config: string;
  rules: Rules;
  signal?: AbortSignal | undefined;
};

/**
 * Packages the bundles in `<outDir>/dist` with `serverless.yml` into `<outDir>/.serverless`: one archive per function, and
 * the CloudFormation template. Needs no network, account or login. Throws a BuildError with all that the Serverless
 * Framework said.
 */
export async function packageService({
  root,
  outDir,
  stage,
  config,
  rules,
  signal,
}: PackageOptions): Promise<PackagedService> {
  const declaration = await readFile(path.join(root, 'serverless.yml'), 'utf8');
  if (outDir !== root) {
    await writeFile(path.join(outDir, 'serverless.yml'), withoutPlugins(root, declaration, rules));
  }

  const templatePath = path.join(outDir, '.serverless/cloudformation-template-update-stack.json');
  const stampPath = path.join(outDir, '.serverless/inputs.sha256');
  const stamp = await hashInputs(outDir, declaration, stage);
  const packaged = await readFile(stampPath, 'utf8').catch(() => undefined);
  if (packaged === stamp && (await exists(templatePath))) return { templatePath, unchanged: true };

  const serverless = createRequire(import.meta.url).resolve('serverless/bin/serverless.js');
  // What it caches would otherwise lie in the home folder and in /tmp.
  const cache = path.join(root, '.poolkeeper/serverless-cache');
  await mkdir(cache, { recursive: true });
  await run(process.execPath, [serverless, 'package', '--stage', stage], {
    cwd: outDir,
    env: {
      ...process.env,
      POOLKEEPER_BUNDLED: '1',
      POOLKEEPER_CONFIG: config,
      SLS_SCHEMA_CACHE_BASE_DIR: cache,
      TMPDIR: cache,
    },
    ...(signal && { signal }),
  }).catch((error: Error & { stdout?: string; stderr?: string }) => {
    throw new BuildError(
      `serverless.yml could not be packaged:\n${error.stdout ?? ''}${error.stderr ?? error.message}`,
    );
  });
  await writeFile(stampPath, stamp);
  return { templatePath, unchanged: false };
}

/** What the plugin does is done here: its path holds only beside the sources. */
function withoutPlugins(root: string, declaration: string, rules: Rules): string {
  const beside = declaration.replaceAll('${file(./', `\${file(${root}/`);
  const document = yaml.parseDocument(beside, { logLevel: 'silent' });
  const [mistake] = document.errors;
  if (mistake) throw new BuildError(`serverless.yml is not YAML: ${mistake.message}`);
  document.delete('plugins');
  document.addIn(['resources'], document.createNode({ Resources: scheduleResources(rules) }));
  return document.toString({ lineWidth: 0 });
}

/** Everything that the package is made from: the code, the declaration, and what that reads from the environment. */
async function hashInputs(outDir: string, declaration: string, stage: string): Promise<string> {
  const dist = path.join(outDir, 'dist');
  const files = (await readdir(dist)).sort();
  const contents = await Promise.all(files.map((file) => readFile(path.join(dist, file))));
  const variables = declaration
    .matchAll(/\benv:(\w+)/g)
    .map(([, name = '']) => `${name}=${process.env[name]}`);
  const hash = createHash('sha256').update(JSON.stringify([stage, declaration, ...variables, ...files]));
  for (const content of contents) hash.update(content);
  return hash.digest('hex');
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
