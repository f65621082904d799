import path from 'node:path';
import { printable } from '#lib/printable';
import { describeFileError } from '#local/data/data-error';
import { openRotatedFile, type RotationOptions } from '#local/data/rotated-file';
import { type Level, levelPrefixes } from '#local/screen/journal';
import type { Settings } from './settings.ts';
import { StartError } from './start-error.ts';

/** Takes every log line of the functions, one JSON object each. */
export interface FunctionLog {
  write(functionName: string, line: string): void;
  close(): void;
}

/** @param file absolute */
function openFunctionLog(file: string, options: RotationOptions): FunctionLog {
  const lines = openRotatedFile(file, options);
  return {
    write: (functionName, line) => lines.write(asJson(functionName, line)),
    close: () => lines.close(),
  };
}

/** Writes the lines to a stream, such as standard output for the journal of systemd, which also gets their levels. */
function streamFunctionLog(output: NodeJS.WritableStream): FunctionLog {
  const prefixOf = levelPrefixes(output);
  return {
    write: (functionName, line) => output.write(`${prefixOf(levelOf(line))}${asJson(functionName, line)}\n`),
    close: () => {},
  };
}

/** As `lib/log.ts` begins its lines. */
function levelOf(line: string): Level {
  const [, level] = /^\{"time":"[^"]*","level":"(warn|error)"/.exec(line) ?? [];
  return level === 'warn' || level === 'error' ? level : 'info';
}

/** The log of the functions, at its place. A run with the simulator begins it anew. */
export function openLog(
  directory: string,
  { log: { target, maxBytes, files }, modelarts }: Pick<Settings, 'log' | 'modelarts'>,
  usual: string,
  { report, output }: { report: (line: string) => void; output: NodeJS.WritableStream },
): FunctionLog {
  if (target === '-') return streamFunctionLog(output);
  const file = target === undefined ? usual : path.resolve(directory, target);
  // A file that the user has named may have lines of other programs.
  const keep = modelarts.kind === 'api' || target !== undefined;
  try {
    return openFunctionLog(file, { keep, maxBytes, files, onProblem: report });
  } catch (error) {
    throw new StartError(`The log ${file} cannot be written: ${describeFileError(error, OTHER_LOG)}`, {
      cause: error,
    });
  }
}

const OTHER_LOG = 'name another file with --log or POOLKEEPER_LOG';

function asJson(functionName: string, line: string): string {
  return printable(line.startsWith('{') ? line : JSON.stringify({ function: functionName, message: line }));
}
