import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import * as z from 'zod';
import { TOKEN_NAMES } from '#local/data/tokens';
import { BackupError } from './backup-error.ts';

/** The format of backups that this version writes. It reads this one and older ones. */
export const BACKUP_FORMAT = 1;

/** The first line of a backup. */
const Head = z.object({
  poolkeeper: z.literal('backup'),
  format: z.int().positive(),
  /** The version that wrote it. */
  version: z.string(),
  /** The moment of the copy. */
  takenAt: z.iso.datetime(),
  /** The version of the rules in force, and their text. */
  rules: z.object({ version: z.string(), text: z.string() }).exactOptional(),
  tokens: z.partialRecord(z.enum(TOKEN_NAMES), z.string()),
});
export type BackupHead = z.output<typeof Head>;

/** The lines after it: an item of the ledger, the database of the queues as base64, and at the end a digest of all lines before. */
const Line = z.union([
  z.object({ table: z.string(), item: z.record(z.string(), z.unknown()) }),
  z.object({ queues: z.string() }),
  z.object({ end: z.object({ items: z.int(), sha256: z.string() }) }),
]);

export type BackupPart = { table: string; item: Record<string, unknown> } | { queues: Buffer };

/**
 * Writes a backup: lines of JSON, compressed with gzip. Only this user may read the file, because it holds tokens. It has its name only when
 * it is complete.
 *
 * @returns the number of items
 */
export async function writeBackup(
  file: string,
  head: Omit<BackupHead, 'poolkeeper' | 'format'>,
  parts: AsyncIterable<BackupPart>,
): Promise<number> {
  const draft = `${file}.${process.pid}.new`;
  await rm(draft, { force: true });
  let items = 0;
  async function* lines(): AsyncGenerator<string> {
    const digest = createHash('sha256');
    const line = (content: unknown): string => {
      const text = `${JSON.stringify(content)}\n`;
      digest.update(text);
      return text;
    };
    yield line({ poolkeeper: 'backup', format: BACKUP_FORMAT, ...head });
    for await (const part of parts) {
      if ('item' in part) items += 1;
      yield line('item' in part ? part : { queues: part.queues.toString('base64') });
    }
    yield `${JSON.stringify({ end: { items, sha256: digest.digest('hex') } })}\n`;
  }
  try {
    await pipeline(lines, createGzip(), createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true }));
    await rename(draft, file);
    return items;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/**
 * Reads a backup.
 *
 * @returns its head, and its parts. They throw a BackupError at the end if the file is damaged or not complete.
 * @throws BackupError if it is no backup of this version or an older one
 */
export async function readBackup(
  file: string,
): Promise<{ head: BackupHead; parts: AsyncIterable<BackupPart> }> {
  const lines = linesOf(file);
  const first = await lines.next();
  const json = first.done ? undefined : parseJson(first.value);
  const { data: known } = z.looseObject({ format: z.number(), version: z.string() }).safeParse(json);
  if (known && known.format > BACKUP_FORMAT) {
    throw new BackupError(
      `${file} is a backup of Poolkeeper ${known.version} in format ${known.format}, which this version cannot read: use that version or a later one.`,
    );
  }
  const head = Head.safeParse(json);
  if (!head.success || first.done) throw new BackupError(`${file} is not a backup of Poolkeeper.`);
  return { head: head.data, parts: partsOf(file, first.value, lines) };
}

async function* partsOf(
  file: string,
  first: string,
  lines: AsyncIterable<string>,
): AsyncGenerator<BackupPart> {
  const digest = createHash('sha256').update(`${first}\n`);
  let items = 0;
  for await (const text of lines) {
    const line = Line.safeParse(parseJson(text));
    if (!line.success) throw damaged(file);
    if ('end' in line.data) {
      const { end } = line.data;
      if (end.items !== items || end.sha256 !== digest.digest('hex')) throw damaged(file);
      return;
    }
    digest.update(`${text}\n`);
    if ('item' in line.data) {
      items += 1;
      yield line.data;
    } else {
      yield { queues: Buffer.from(line.data.queues, 'base64') };
    }
  }
  throw damaged(file);
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const unzipped = createGunzip().setEncoding('utf8');
  createReadStream(file)
    .on('error', (error) => unzipped.destroy(error))
    .pipe(unzipped);
  let rest = '';
  try {
    for await (const chunk of unzipped) {
      const lines = `${rest}${String(chunk)}`.split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isMissing) throw new BackupError(`There is no file ${file}.`, { cause: error });
    const reason = error instanceof Error ? error.message : String(error);
    throw new BackupError(`${file} cannot be read as a backup: ${reason}. Use another backup.`, {
      cause: error,
    });
  }
}

function damaged(file: string): BackupError {
  return new BackupError(`${file} is damaged or not complete: use another backup. Nothing was restored.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
