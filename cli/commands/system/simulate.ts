import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { buildCommand, type Command } from '@stricli/core';
import type { Context } from '../../context.ts';
import { CommandError } from '../../failure.ts';

async function run(this: Context, _: object, ...args: string[]): Promise<void> {
  const { root, isCheckout } = this.home;
  if (!isCheckout) {
    throw new CommandError(
      'The simulated worlds are tests of Poolkeeper itself, and the package does not have them. Clone the repository, and run ' +
        '`npm ci && npm run simulate`. To try your rules on a simulated ModelArts, use `poolkeeper start`.',
      'usage',
    );
  }
  const main = path.join(root, 'test/simulation/main.ts');
  const child = spawn(process.execPath, [main, ...args], { stdio: 'inherit' });
  // Ctrl-C reaches both processes. This one waits for the other's last words.
  this.stopSignal();
  const [code]: unknown[] = await once(child, 'close');
  this.process.exitCode = typeof code === 'number' ? code : 1;
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `Runs Poolkeeper on a virtual clock in worlds made from seeds, and checks each of
its promises. Options of the simulation follow after two dashes:

  poolkeeper simulate -- --seeds 1000
  poolkeeper simulate -- --help`,
    },
    parameters: {
      positional: {
        kind: 'array',
        parameter: { brief: 'Options of the simulation', parse: String, placeholder: 'options' },
      },
    },
    func: run,
  });
}
