import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Context } from '../context.ts';

/** A deployment with the Serverless Framework. `args`: those of `npx serverless`. `variables` come beside those of the user. */
export type Deployment = { args: readonly string[]; variables: Readonly<Record<string, string>> };

/**
 * Runs the framework of the checkout on the terminal of the user, and gives its exit code.
 *
 * @param output where the words of the framework go
 */
export async function runServerless(
  context: Context,
  { args, variables }: Deployment,
  output: 'standard output' | 'standard error' = 'standard output',
): Promise<number> {
  const { root } = context.home;
  const program = createRequire(path.join(root, 'package.json')).resolve('serverless/bin/serverless.js');
  const child = spawn(process.execPath, [program, ...args], {
    cwd: root,
    stdio: ['inherit', output === 'standard output' ? 1 : 2, 2],
    env: { ...context.environment, ...variables },
  });
  // Ctrl-C reaches both processes. The framework ends in its own way, and this process waits for it.
  context.stopSignal();
  const [code]: unknown[] = await once(child, 'close');
  return typeof code === 'number' ? code : 1;
}

/** The command line as a person would type it. */
export function commandLine({ args, variables }: Deployment): string {
  const set = Object.entries(variables).map(([name, value]) => `${name}=${quoted(value)}`);
  return [...set, 'npx serverless', ...args.map(quoted)].join(' ');
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
