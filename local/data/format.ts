import { cp, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { VERSION } from '#lib/version';
import { DataError, describeFileError } from './data-error.ts';
import { makeFolder } from './make-folder.ts';
import { writeWhole } from './write-whole.ts';

/** The format of ledger and queues on disk that this version writes. */
export const FORMAT = 1;

export const FORMAT_FILE = 'format.json';

const FormatFile = z.object({
  format: z.int().nonnegative(),
  /** The version of Poolkeeper that wrote it last. */
  poolkeeper: z.string(),
});

/** Takes a directory from one format to the next. Without `run` its content stays as it is. */
export type Migration = { run?: (directory: string) => Promise<void> };

/** The key is the format before it. Format 0 is that of 0.1.0, which wrote no file about it. */
const MIGRATIONS: Readonly<Record<number, Migration>> = { 0: {} };

/**
 * Brings the directory of ledger and queues to the format of this version. A new one gets it, an older one is taken over. If that
 * changes content, a copy stays beside it.
 *
 * @returns one line about a directory that was taken over
 * @throws DataError for a directory of another version that cannot be taken over. It stays as it is.
 */
export async function openLedgerDirectory(
  directory: string,
  { format = FORMAT, migrations = MIGRATIONS } = {},
): Promise<string[]> {
  try {
    await makeFolder(directory, 0o700);
    const found = await formatOf(directory);
    if (found !== undefined) refuseOthers(directory, found, format, migrations);
    const from = found?.format ?? format;
    if (found === undefined || from < format) {
      await migrate(directory, from, format, migrations);
      await writeWhole(path.join(directory, FORMAT_FILE), contentFor(format));
    }
    return from < format
      ? [`The data of ${found?.poolkeeper} in ${directory} were taken over (format ${from} → ${format}).`]
      : [];
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`The data folder ${directory} cannot be written: ${describeFileError(error)}`, {
      cause: error,
    });
  }
}

/**
 * Refuses a directory whose content is not in the format of this version. It changes nothing.
 *
 * @throws DataError
 */
export async function assertCurrentFormat(
  directory: string,
  { format = FORMAT, migrations = MIGRATIONS } = {},
): Promise<void> {
  const found = await formatOf(directory);
  if (found === undefined) return;
  refuseOthers(directory, found, format, migrations);
  for (let from = found.format; from < format; from += 1) {
    if (migrations[from]?.run === undefined) continue;
    throw new DataError(
      `${directory} was written by Poolkeeper ${found.poolkeeper} in format ${found.format}. Use that version, or start Poolkeeper ${VERSION} ` +
        'once, which takes the folder over.',
    );
  }
}

/** The text of the file about a format. */
export function contentFor(format: number): string {
  const content: z.output<typeof FormatFile> = { format, poolkeeper: VERSION };
  return `${JSON.stringify(content)}\n`;
}

/** The format of a directory. Undefined: it is empty. */
async function formatOf(directory: string): Promise<z.output<typeof FormatFile> | undefined> {
  const file = path.join(directory, FORMAT_FILE);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text !== undefined) {
    const read = FormatFile.safeParse(parseJson(text));
    if (read.success) return read.data;
    throw new DataError(
      `${file} is damaged, so the format of the data beside it is unknown. Restore a backup into another folder (\`poolkeeper restore\`), or ` +
        `write the file anew if you know the format: ${contentFor(FORMAT).trim()}`,
    );
  }
  const names = await readdir(directory);
  return names.some((name) => name === 'tables' || name === 'queues')
    ? { format: 0, poolkeeper: 'version 0.1.0' }
    : undefined;
}

function refuseOthers(
  directory: string,
  { format: found, poolkeeper }: z.output<typeof FormatFile>,
  format: number,
  migrations: Readonly<Record<number, Migration>>,
): void {
  if (found > format) {
    throw new DataError(
      `${directory} was written by Poolkeeper ${poolkeeper} in format ${found}, and this is Poolkeeper ${VERSION} with format ${format}. ` +
        'Start that version or a later one, or restore an older backup into another folder (--data).',
    );
  }
  for (let from = found; from < format; from += 1) {
    if (migrations[from]) continue;
    throw new DataError(
      `${directory} was written by Poolkeeper ${poolkeeper} in format ${found}, which Poolkeeper ${VERSION} cannot take over. ` +
        'Keep the folder for that version, and start this one with another folder (--data).',
    );
  }
}

async function migrate(
  directory: string,
  from: number,
  to: number,
  migrations: Readonly<Record<number, Migration>>,
): Promise<void> {
  const steps = Array.from({ length: to - from }, (_, index) => migrations[from + index]?.run);
  if (steps.every((run) => run === undefined)) return;
  await cp(directory, `${directory}-format-${from}`, { recursive: true, errorOnExist: true, force: false });
  for (const run of steps) await run?.(directory);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
