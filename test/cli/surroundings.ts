import { Readable, Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { runCommandLine } from '#cli/application';
import { completionLines } from '#cli/completion/proposals';
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
  /** Standard input. */
  input?: string | Uint8Array;
  /** The width of a terminal. Without one, the output is no terminal. */
  columns?: number;
  clock?: Context['clock'];
  signal?: AbortSignal;
};

/** The completions of the last of these words. */
export async function proposalsFor(...words: string[]): Promise<string[]> {
  const lines = await completionLines(words, surroundings({}).context);
  return lines.map((line) => line.split('\t')[0] ?? '');
}

/** Runs a command line in this process, with surroundings of its own. */
export async function runCli(args: readonly string[], given: Given = {}): Promise<Ran> {
  const { context, output, errors } = surroundings(given);
  await runCommandLine(args, context);
  const plain = given.columns === undefined ? output() : stripVTControlCharacters(output());
  return { output: plain, errors: errors(), code: context.process.exitCode };
}

/** A stream whose texts are taken at once. */
function sink(take: (text: string) => void): Writable {
  return new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      take(text);
      done();
    },
  });
}

function surroundings(given: Given): { context: Context; output: () => string; errors: () => string } {
  let output = '';
  let errors = '';
  const stdout = Object.assign(
    sink((text) => {
      output += text;
    }),
    given.columns !== undefined && { isTTY: true, columns: given.columns },
  );
  const stderr = sink((text) => {
    errors += text;
  });
  const answers = [...(given.answers ?? [])];
  const context: Context = {
    process: { stdout, stderr, env: {} },
    environment: given.environment ?? {},
    directory: given.directory ?? '/nowhere',
    home: { root: '/nowhere', isCheckout: true, data: '/nowhere', ...given.home },
    screen: createScreen(stdout),
    output: stdout,
    errors: stderr,
    complain: (message) => {
      errors += `${message}\n`;
    },
    input: Readable.from(given.input === undefined ? [] : [given.input]),
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
  return { context, output: () => output, errors: () => errors };
}
