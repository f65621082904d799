import { printable } from '#lib/printable';
import { openRotatedFile, type RotationOptions } from '#local/data/rotated-file';

/** Takes every log line of the functions, one JSON object each. */
export interface FunctionLog {
  write(functionName: string, line: string): void;
  close(): void;
}

/** @param file absolute */
export function openFunctionLog(file: string, options: RotationOptions): FunctionLog {
  const lines = openRotatedFile(file, options);
  return {
    write: (functionName, line) => lines.write(asJson(functionName, line)),
    close: () => lines.close(),
  };
}

/** Writes the lines to a stream, such as standard output for the journal of systemd. */
export function streamFunctionLog(output: NodeJS.WritableStream): FunctionLog {
  return {
    write: (functionName, line) => output.write(`${asJson(functionName, line)}\n`),
    close: () => {},
  };
}

function asJson(functionName: string, line: string): string {
  return printable(line.startsWith('{') ? line : JSON.stringify({ function: functionName, message: line }));
}
