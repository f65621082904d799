import { inspect } from 'node:util';
import { printable } from '#lib/printable';

/** Writes a message to standard error. It escapes each line, because parts of the text may come from strangers. */
export function complain(message: string): void {
  const lines = message.split('\n').map((line) => `${printable(line)}\n`);
  process.stderr.write(lines.join(''));
}

/** Ends the process with status 1. Prints the message if the reader can act on it, otherwise the stack. */
export function endWith(error: unknown, isForTheReader: (error: unknown) => error is Error): void {
  complain(isForTheReader(error) ? error.message : inspect(error));
  process.exitCode = 1;
}
