import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { runCommandLine } from '#cli/application';
import type { Context } from '#cli/context';
import { systemClock } from '#lib/clock';
import { createScreen } from '#local/screen/screen';

/** The result of a command line: what it wrote, and its exit code. */
export type Ran = { output: string; errors: string; code: unknown };

export type Given = {
  environment?: Record<string, string>;
  directory?: string;
  home?: Partial<Context['home']>;
  /** The answers of the person at the terminal, in their order. Without them, there is no terminal. */
  answers?: string[];
  /** The width of a terminal. Without one, the output is no terminal. */
  columns?: number;
  clock?: Context['clock'];
  signal?: AbortSignal;
};

/** Runs a command line in this process, with surroundings of its own. */
export async function runCli(args: readonly string[], given: Given = {}): Promise<Ran> {
  let output = '';
  let errors = '';
  const stdout = Object.assign(
    new Writable({
      decodeStrings: false,
      write(text, _encoding, done) {
        output += text;
        done();
      },
    }),
    given.columns !== undefined && { isTTY: true, columns: given.columns },
  );
  const stderr = { write: (text: string) => ((errors += text), true) };
  const answers = [...(given.answers ?? [])];
  const context: Context = {
    process: { stdout, stderr, env: {} },
    environment: given.environment ?? {},
    directory: given.directory ?? '/nowhere',
    home: { root: '/nowhere', isCheckout: true, data: '/nowhere', ...given.home },
    screen: createScreen(stdout),
    complain: (message) => {
      errors += `${message}\n`;
    },
    ask:
      given.answers === undefined
        ? undefined
        : (question) => {
            errors += question;
            return Promise.resolve(answers.shift() ?? '');
          },
    clock: given.clock ?? systemClock,
    stopSignal: () => given.signal ?? new AbortController().signal,
  };
  await runCommandLine(args, context);
  const plain = given.columns === undefined ? output : stripVTControlCharacters(output);
  return { output: plain, errors, code: context.process.exitCode };
}
