import type { CommandContext, StricliProcess } from '@stricli/core';
import type { Clock } from '#lib/clock';
import { createScreen, type Screen } from '#local/screen/screen';

/** The surroundings of a command. A command reads and writes nothing of its process beside them, so a test can hand over its own. */
export interface Context extends CommandContext {
  readonly process: StricliProcess;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder against which paths in arguments are resolved. */
  readonly directory: string;
  readonly home: Home;
  /** Standard output, for people. */
  readonly screen: Screen;
  /** Standard output and standard error themselves. */
  readonly output: NodeJS.WritableStream;
  readonly errors: NodeJS.WritableStream;
  /** Writes a message for the user to standard error. */
  complain(message: string): void;
  /** Standard input. A command that does not read it leaves it alone. */
  readonly input: AsyncIterable<Uint8Array | string>;
  /** Asks on the terminal. Undefined: there is no terminal, so no person can answer. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  readonly clock: Clock;
  /** Aborts when the process should end. Until a command asks for it, Ctrl-C ends the process at once. */
  stopSignal(): AbortSignal;
}

export type Home = {
  /** The checkout, or the installed package. */
  root: string;
  isCheckout: boolean;
  /** The folder that has, or gets, `.poolkeeper` with the data of a system: the checkout, or the folder of the user. */
  data: string;
};

/** The same surroundings, with the texts for people on standard error: standard output then has JSON alone. */
export function textApart(context: Context): Context {
  return { ...context, screen: createScreen(context.errors) };
}

/** Writes a value as JSON, for programs. It escapes the characters that a terminal obeys, and keeps the meaning. */
export function writeJson({ screen }: Pick<Context, 'screen'>, value: unknown): void {
  for (const line of JSON.stringify(value, null, 2).split('\n')) screen.line(line);
}
