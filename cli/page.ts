import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { commandPage } from '#local/pages/command-pages';
import { applicationFor, NAME } from './application.ts';
import { commandTable } from './command-table.ts';
import { exitCodes } from './exit-codes.ts';
import { commandHelp } from './help.ts';

/** docs/cli.md. */
export const PAGE = path.resolve(import.meta.dirname, '../docs/cli.md');

/** The page with the exit codes and the help of every command as they are now. */
export async function currentPage(page: string): Promise<string> {
  const commands = await Promise.all(
    Object.entries(commandTable).map(async ([name, { brief }]) => {
      const { root } = await applicationFor([name]);
      const target = 'getRoutingTargetForInput' in root ? root.getRoutingTargetForInput(name) : undefined;
      if (target === undefined || !('parameters' in target)) throw new Error(`${name} is no command`);
      return { name, brief, help: commandHelp([NAME, name], target, false) };
    }),
  );
  return commandPage(page, commands, Object.values(exitCodes));
}

if (process.argv[1] === import.meta.filename)
  await writeFile(PAGE, await currentPage(await readFile(PAGE, 'utf8')));
