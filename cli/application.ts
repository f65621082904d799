import {
  type Application,
  buildApplication,
  buildCommand,
  buildRouteMap,
  type Command,
  ExitCode,
  run,
  text_en,
} from '@stricli/core';
import { printable } from '#lib/printable';
import { VERSION } from '#lib/version';
import { type CommandEntry, commandTable } from './command-table.ts';
import type { Context } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { exitCodeOf, failureOf } from './failure.ts';
import { commandHelp, overview } from './help.ts';

export const NAME = 'poolkeeper';

/**
 * Runs a command line to its end, and sets the exit code. It throws nothing: every error becomes a text on standard error and an exit code
 * of {@link exitCodes}.
 */
export async function runCommandLine(args: readonly string[], context: Context): Promise<void> {
  await run(await applicationFor(args), args, context);
  context.process.exitCode = ownExitCode(context.process.exitCode);
}

/** The application with the one command loaded that these arguments name. */
export async function applicationFor(args: readonly string[]): Promise<Application<Context>> {
  const routes: Record<string, Command<Context>> = {};
  for (const [name, entry] of Object.entries(commandTable)) {
    routes[name] = name === args[0] ? await loaded(entry) : withoutCode(entry);
  }
  const root = buildRouteMap<string, Context>({
    routes,
    docs: { brief: 'Keeps AI resource pools healthy without a person in the loop.' },
  });
  return buildApplication<Context>(
    { ...root, formatHelp: ({ ansiColor }) => overview(commandTable, ansiColor) },
    {
      name: NAME,
      versionInfo: { currentVersion: VERSION },
      scanner: { caseStyle: 'allow-kebab-for-camel', allowArgumentEscapeSequence: true },
      documentation: { caseStyle: 'convert-camel-to-kebab', useAliasInUsageLine: false },
      localization: { text },
      determineExitCode: exitCodeOf,
    },
  );
}

async function loaded({ load, brief }: CommandEntry): Promise<Command<Context>> {
  const command = (await load()).command(brief);
  return { ...command, formatHelp: ({ prefix, ansiColor }) => commandHelp(prefix, command, ansiColor) };
}

/** A command of the table that this command line does not name. */
function withoutCode({ brief }: CommandEntry): Command<Context> {
  return buildCommand({ parameters: {}, docs: { brief }, func: () => undefined });
}

const text: typeof text_en = {
  ...text_en,
  noCommandRegisteredForInput: ({ input, corrections }) =>
    [
      `There is no command ${printable(input)}.`,
      corrections.length > 0 && ` Did you mean ${corrections.join(' or ')}?`,
      ` \`${NAME} --help\` lists all commands.`,
    ]
      .filter((part) => part !== false)
      .join(''),
  exceptionWhileParsingArguments(error, ansiColor) {
    return escaped(text_en.exceptionWhileParsingArguments.call(this, error, ansiColor));
  },
  exceptionWhileLoadingCommandFunction: (error) => escaped(failureOf(error).text),
  exceptionWhileLoadingCommandContext: (error) => escaped(failureOf(error).text),
  exceptionWhileRunningCommand: (error) => escaped(failureOf(error).text),
  commandErrorResult: (error) => escaped(failureOf(error).text),
};

/** Parts of a message may come from strangers. */
function escaped(message: string): string {
  return message.split('\n').map(printable).join('\n');
}

/** The parser has exit codes of its own, below zero. */
function ownExitCode(code: number | string | null | undefined): number {
  if (code === ExitCode.UnknownCommand || code === ExitCode.InvalidArgument) return exitCodes.usage.code;
  return typeof code === 'number' && code >= 0 ? code : exitCodes.defect.code;
}
