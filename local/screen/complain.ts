import { inspect } from 'node:util';
import { printable } from '#lib/printable';

/** Writes a message to the standard error, each line escaped, because parts of it may be foreign. */
export function complain(message: string): void {
  const lines = message.split('\n').map((line) => `${printable(line)}\n`);
  process.stderr.write(lines.join(''));
}

/** Ends the process with 1 and says why: by the message if the reader can act on that, otherwise with the stack. */
export function endWith(error: unknown, isForTheReader: (error: unknown) => error is Error): void {
  complain(isForTheReader(error) ? error.message : inspect(error));
  process.exitCode = 1;
}
