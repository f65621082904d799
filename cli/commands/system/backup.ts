import path from 'node:path';
import { buildCommand, type Command } from '@stricli/core';
import { counted } from '#lib/sentences/english';
import { takeBackup } from '#local/backup/take-backup';
import { type Context, writeJson } from '../../context.ts';
import { dataFlag, flag } from '../../flags.ts';

type Flags = { data?: string; replace: boolean; json: boolean };

async function run(this: Context, { data, replace, json }: Flags, named: string): Promise<void> {
  const { clock, directory, home, screen } = this;
  const file = path.resolve(directory, named);
  const { running, items, head } = await takeBackup({
    file,
    data: data === undefined ? home.data : path.resolve(directory, data),
    replace,
    now: () => clock.now(),
  });
  const { takenAt } = head;
  const tokens = Object.keys(head.tokens);
  if (json) {
    writeJson(this, { file, takenAt, running, items, tokens, rules: head.rules?.version });
    return;
  }
  screen.line(`${file} has the ledger and the queues as of ${takenAt}: ${counted(items, 'item')}`);
  if (tokens.length > 0)
    screen.line(`It also has the tokens (${tokens.join(', ')}): only your user can read it.`);
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `Writes one file with the ledger, the queues, the kept tokens and the rules in force of the system
in the data folder. The system may run meanwhile: its writes wait for some milliseconds.
\`poolkeeper restore\` reads the file (docs/operate/self-hosting.md).`,
    },
    parameters: {
      positional: {
        kind: 'tuple',
        parameters: [{ brief: 'The file to write', parse: String, placeholder: 'file' }],
      },
      flags: {
        data: dataFlag,
        replace: flag('Replaces an existing file'),
        json: flag('Writes { file, takenAt, running, items, tokens, rules } as JSON'),
      },
    },
    func: run,
  });
}
