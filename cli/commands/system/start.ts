import { buildCommand, type Command } from '@stricli/core';
import { start } from '#local/start';
import type { Context } from '../../context.ts';
import { option } from '../../flags.ts';

type Flags = { port?: string; rules?: string };

async function run(this: Context, { port, rules }: Flags): Promise<void> {
  const signal = this.stopSignal();
  const environment = {
    ...this.environment,
    ...(port !== undefined && { PORT: port }),
    ...(rules !== undefined && { POOLKEEPER_CONFIG: rules }),
  };
  try {
    await start({ root: this.home.root, environment, screen: this.screen, signal });
  } catch (error) {
    if (!signal.aborted) throw error;
    this.screen.line();
    this.screen.line('Poolkeeper has ended.');
  }
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `Brings the whole system up on this machine, until Ctrl-C.

Without MODELARTS_ENDPOINT, a simulator takes the place of ModelArts, and a first
faulty node shows what Poolkeeper does. With MODELARTS_ENDPOINT and the keys of
Huawei Cloud, the system calls the real API, and its ledger stays on disk.`,
    },
    parameters: {
      flags: {
        port: option('number', 'The port of the HTTP API; 0: any free one (PORT, 3000)'),
        rules: option('file', 'The rules file (POOLKEEPER_CONFIG, poolkeeper.yml)'),
      },
    },
    func: run,
  });
}
