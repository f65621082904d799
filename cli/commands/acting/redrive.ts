import { buildCommand, type Command } from '@stricli/core';
import { redriveLetters } from '#local/redrive';
import { confirm } from '../../acting/confirm.ts';
import { redriveOverRoutes } from '../../acting/redrive-letters.ts';
import { openRoutes } from '../../client/open.ts';
import { type ConnectionFlags, connectionFlags } from '../../connection-flags.ts';
import { type Context, writeJson } from '../../context.ts';
import { CommandError } from '../../failure.ts';
import { flag, option, options } from '../../flags.ts';

type Flags = ConnectionFlags & {
  send?: string[];
  sendSafe: boolean;
  delete?: string[];
  stage?: string;
  note?: string;
  yes: boolean;
  json: boolean;
};

async function run(this: Context, { stage, yes, note, json, sendSafe, ...flags }: Flags): Promise<void> {
  const { send = [], delete: remove = [], ...connection } = flags;
  const orders = { send, sendSafe, delete: remove };
  const acts = send.length > 0 || sendSafe || remove.length > 0;
  const question = { what: 'A dead letter that goes back may reset or delete nodes, for real.', yes };
  if (stage !== undefined) {
    if (json)
      throw new CommandError('--json needs the routes of a system: use --url in place of --stage.', 'usage');
    if (acts) await confirm(this, question);
    const { environment, screen } = this;
    const failures = await redriveLetters({ root: this.home.data, stage, orders, environment, screen });
    fail(this, failures);
    return;
  }
  const { routes, connection: found } = await openRoutes(this, connection);
  if (acts && !(await routes.me()).system.simulated) await confirm(this, question);
  if (remove.length > 0) {
    if (!found.isLocal) {
      throw new CommandError(
        '--delete needs the queues: of the system that runs here, or of a stage on AWS.',
        'usage',
      );
    }
    const { environment, screen } = this;
    fail(this, await redriveLetters({ root: this.home.data, orders, environment, screen }));
    return;
  }
  const { letters, done, failures } = await redriveOverRoutes(
    routes,
    { send, sendSafe, note },
    json ? undefined : this.screen,
  );
  if (json) writeJson(this, { deadLetters: letters, sentBack: done, failures });
  fail(this, failures);
}

function fail(context: Context, failures: readonly string[]): void {
  for (const failure of failures) context.complain(failure);
  if (failures.length > 0) context.process.exitCode = 1;
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `Shows every dead letter of a system: its content, its reason, its first and its last
error, its outcome, and whether to send it back. A command that is sent back is still the same command: its
id decides. To send back or to delete, against the real API it asks first; without a terminal it needs --yes.

With --stage it reads the queues of a deployment on AWS, with the region and the credentials of the environment. It
shows the outcome of commands if POOLKEEPER_URL and POOLKEEPER_CONSOLE_TOKEN are set.`,
    },
    parameters: {
      flags: {
        send: options('message id', 'Puts it back on its queue; may be repeated'),
        sendSafe: flag('Sends back each one that is safe to send back'),
        delete: options('message id', 'Deletes it for good; may be repeated'),
        stage: option('name', 'The dead letters of this stage on AWS'),
        note: option('text', 'A note for the ledger; the token tells who decides'),
        yes: flag('Does not ask'),
        json: flag('Writes { deadLetters, sentBack, failures } as JSON'),
        ...connectionFlags,
      },
    },
    func: run,
  });
}
