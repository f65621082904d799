import { inspect } from 'node:util';
import { printable } from '#lib/printable';

/** Writes a message to the standard error, line by line: what is in a line came from others in part. */
export function complain(message: string): void {
  const lines = message.split('\n').map((line) => `${printable(line)}\n`);
  process.stderr.write(lines.join(''));
}

/**
 * Ends the process with 1, and says why: an error that the reader can mend by its message alone, any other with its stack.
 */
export function endWith(error: unknown, isForTheReader: (error: unknown) => error is Error): void {
  complain(isForTheReader(error) ? error.message : inspect(error));
  process.exitCode = 1;
}
