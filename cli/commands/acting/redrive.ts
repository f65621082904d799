import { buildCommand, type Command } from '@stricli/core';
import { redriveLetters } from '#local/redrive';
import type { Context } from '../../context.ts';
import { flag, option, options } from '../../flags.ts';

type Flags = { send?: string[]; sendSafe: boolean; delete?: string[]; stage?: string };

async function run(this: Context, { send = [], sendSafe, delete: remove = [], stage }: Flags): Promise<void> {
  const { environment, screen } = this;
  const orders = { send, sendSafe, delete: remove };
  const failures = await redriveLetters({ root: this.home.data, stage, orders, environment, screen });
  for (const failure of failures) this.complain(failure);
  if (failures.length > 0) this.process.exitCode = 1;
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `Shows every dead letter of the system that runs here: its content, its reason, its
first and its last error, its outcome, and whether to send it back. A command that
is sent back is still the same command: its id decides.

With --stage it uses the region and the credentials of the environment. It shows the
outcome of commands if POOLKEEPER_URL and POOLKEEPER_CONSOLE_TOKEN are set.`,
    },
    parameters: {
      flags: {
        send: options('message id', 'Puts it back on its queue; may be repeated'),
        sendSafe: flag('Sends back each one that is safe to send back'),
        delete: options('message id', 'Deletes it for good; may be repeated'),
        stage: option('name', 'The dead letters of this stage on AWS'),
      },
    },
    func: run,
  });
}
