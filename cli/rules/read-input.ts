import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from '../context.ts';
import { CommandError } from '../failure.ts';

/** The name of standard input in arguments. */
export const STANDARD_INPUT = '-';

/** A rules file has some hundred lines, and a delivery of alerts at most 6 MB. */
const MAX_BYTES = 8 * 1024 * 1024;

type Readable = Pick<Context, 'directory' | 'input'>;

/**
 * The text of a file, or of standard input for `-`. A mark of the byte order at its beginning is no part of it.
 *
 * @param what the kind of file, for the messages, such as "rules file"
 * @throws CommandError if there is none, or if it is no text
 */
export async function readInput(file: string, what: string, context: Readable): Promise<string> {
  const name = file === STANDARD_INPUT ? 'standard input' : file;
  const bytes =
    file === STANDARD_INPUT ? await readAll(context.input, what) : await readBytes(file, what, context);
  const text = textOf(bytes);
  if (text === undefined)
    throw new CommandError(`${name} is not UTF-8 text, so it is no ${what}. Name another file.`, 'usage');
  return text.replace(/^\ufeff/, '');
}

/**
 * The text of a file that may be large, such as an export of a month.
 *
 * @param what the kind of file, for the messages
 * @throws CommandError if it cannot be read
 */
export async function readWholeFile(directory: string, file: string, what: string): Promise<string> {
  const text = await readFile(path.resolve(directory, file), 'utf8').catch((error: unknown) => {
    throw new CommandError(whyUnreadable(error, file, what), 'usage', { cause: error });
  });
  return text.replace(/^\ufeff/, '');
}

async function readBytes(file: string, what: string, { directory }: Readable): Promise<Buffer> {
  const absolute = path.resolve(directory, file);
  const stats = await stat(absolute).catch((error: unknown) => {
    throw new CommandError(whyUnreadable(error, file, what), 'usage', { cause: error });
  });
  if (stats.isDirectory()) throw new CommandError(`${file} is a folder. Name a ${what} in it.`, 'usage');
  if (stats.size > MAX_BYTES) throw tooLarge(file, what);
  return readFile(absolute).catch((error: unknown) => {
    throw new CommandError(whyUnreadable(error, file, what), 'usage', { cause: error });
  });
}

async function readAll(input: Context['input'], what: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > MAX_BYTES) throw tooLarge('standard input', what);
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}

function tooLarge(name: string, what: string): CommandError {
  return new CommandError(
    `${name} has more than ${MAX_BYTES / 1024 / 1024} MB, so it is no ${what}. Name another file.`,
    'usage',
  );
}

function whyUnreadable(error: unknown, file: string, what: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return `There is no ${what} ${file}. Check the path, or create the file.`;
  if (code === 'EISDIR') return `${file} is a folder. Name a ${what} in it.`;
  if (code === 'EACCES' || code === 'EPERM')
    return `${file} may not be read by this user. Change its mode, or name another file.`;
  return `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}

function textOf(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
