import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { printable } from '#lib/printable';

/** The file with every log line of the functions, one JSON object each. */
export interface FunctionLog {
  write(functionName: string, line: string): void;
  close(): Promise<void>;
}

/** @param keep whether the lines of earlier runs stay */
export function openFunctionLog(file: string, { keep }: { keep: boolean }): FunctionLog {
  const stream = createWriteStream(file, { flags: keep ? 'a' : 'w' });
  // A full disk is no reason to end the system that fills it.
  stream.on('error', () => {});
  return {
    write(functionName, line) {
      const isJson = line.startsWith('{');
      stream.write(
        `${printable(isJson ? line : JSON.stringify({ function: functionName, message: line }))}\n`,
      );
    },
    async close() {
      stream.end();
      await finished(stream).catch(() => {});
    },
  };
}
