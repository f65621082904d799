import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from '#local/build';

const root = path.resolve(import.meta.dirname, '../..');
const outDir = path.join('.poolkeeper', 'test-package');

/** The template of the package, without a schedule. */
export const templatePath = path.join(root, outDir, '.serverless/cloudformation-template-update-stack.json');

/**
 * Packages the service before the first system test: what the tests run differs only in the rules inside of the functions, and
 * in the schedules. That every build makes a package of its own is for start.test.ts to see.
 */
export default async function setup(): Promise<void> {
  await mkdir(path.join(root, outDir), { recursive: true });
  const config = path.join(outDir, 'rules.yml');
  const rules = { pools: { any: { id: 'pool-any-6f5da086876d4cd084d36f8bd3346036' } } };
  // JSON is YAML.
  await writeFile(path.join(root, config), JSON.stringify(rules));
  await build({ root, config, outDir });
}
