import { inspect } from 'node:util';
import { printable } from '#lib/printable';

/** Writes a message to the standard error, each line escaped: a part of it may have come from others. */
export function complain(message: string): void {
  const lines = message.split('\n').map((line) => `${printable(line)}\n`);
  process.stderr.write(lines.join(''));
}

/**
 * Lets the process end with 1 and says why: by its message where the reader can act on that, otherwise with the stack.
 */
export function endWith(error: unknown, isForTheReader: (error: unknown) => error is Error): void {
  complain(isForTheReader(error) ? error.message : inspect(error));
  process.exitCode = 1;
}
