import { existsSync } from 'node:fs';
import path from 'node:path';
import { buildCommand, type Command } from '@stricli/core';
import { counted } from '#lib/sentences/english';
import { type Restored, restoreBackup } from '#local/backup/restore';
import { type Context, writeJson } from '../../context.ts';
import { CommandError } from '../../failure.ts';
import { dataFlag, flag } from '../../flags.ts';

type Flags = { data?: string; unchanged: boolean; json: boolean };

async function run(this: Context, { data, unchanged, json }: Flags, named: string): Promise<void> {
  const { clock, directory, home } = this;
  const file = path.resolve(directory, named);
  // Before the data folder is touched.
  if (!existsSync(file)) throw new CommandError(`There is no backup ${named}. Check the path.`, 'usage');
  const restored = await restoreBackup({
    file,
    data: data === undefined ? home.data : path.resolve(directory, data),
    unchanged,
    now: clock.now(),
  });
  if (json) {
    const { head, ...rest } = restored;
    writeJson(this, { takenAt: head.takenAt, version: head.version, ...rest });
  } else report(this, restored);
}

function report(
  { screen }: Pick<Context, 'screen'>,
  { head, items, after, keptTokens, rulesFile }: Restored,
): void {
  screen.line(
    `The ledger of ${head.takenAt} is restored: ${counted(items, 'item')}. It counts at the next start.`,
  );
  if (after) {
    screen.columns(
      '  ',
      `${counted(after.handedOver, 'command')} had not been called by then, and may have been since: a person must decide (\`poolkeeper list --state needs-human\`).`,
    );
    screen.columns(
      '  ',
      `${counted(after.followed, 'call')} had been sent: the next start follows them, and sends none again.`,
    );
    screen.columns(
      '  ',
      'For the cooldown of a rule from now on, each node counts as just worked on, and no node is called.',
    );
  }
  for (const file of keptTokens)
    screen.columns('  ', `${file} stays as it is, and differs from the token of the backup.`, 'notable');
  if (rulesFile !== undefined)
    screen.columns('  ', `The rules of that time are in ${rulesFile}. Yours are not changed.`);
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `Restores a backup into a data folder without a ledger, while no system runs there.

The system may have gone on after the backup. So no command that had not been called by then
is carried out: each goes to a person. A call that had been sent is never sent again: the next
start follows it, or searches for its job. For the cooldown of a rule, no node is called. If nothing ran
since the backup, as in a move to another machine, --unchanged lets the commands go on
(docs/operate/self-hosting.md).`,
    },
    parameters: {
      positional: {
        kind: 'tuple',
        parameters: [{ brief: 'The backup', parse: String, placeholder: 'file' }],
      },
      flags: {
        data: dataFlag,
        unchanged: flag('Nothing ran since the backup was taken'),
        json: flag('Writes { takenAt, version, items, after, keptTokens, rulesFile } as JSON'),
      },
    },
    func: run,
  });
}
