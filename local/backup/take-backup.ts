import { randomUUID } from 'node:crypto';
import { access, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { VERSION } from '#lib/version';
import { requestJson } from '#local/client/http-json';
import { findRunningSystem, type RunningSystem } from '#local/client/system-file';
import { SECRET_HEADER } from '#local/cloud/run-credentials';
import { claimDirectory } from '#local/data/claim';
import { asDataError, DataError, isFull } from '#local/data/data-error';
import { assertCurrentFormat } from '#local/data/format';
import { type KeptPlaces, keptPlaces } from '#local/data/places';
import { TOKEN_NAMES } from '#local/data/tokens';
import { BackupError } from './backup-error.ts';
import { type BackupHead, type BackupPart, writeBackup } from './backup-file.ts';
import { copyLedger, QUEUES_FILE } from './copy-ledger.ts';
import { openTables } from './open-tables.ts';

export type BackupOptions = {
  /** The backup. Absolute. */
  file: string;
  /** The folder that has `.poolkeeper`. */
  data: string;
  /** Whether an existing file is replaced. */
  replace: boolean;
  now: () => number;
};

/** A copy of ledger and queues, and the rules in force. The running system answers this. */
export const Copied = z.object({
  folder: z.string(),
  takenAt: z.iso.datetime(),
  rules: z.object({ version: z.string(), text: z.string() }).exactOptional(),
});
export type Copied = z.output<typeof Copied>;

/** The folder of a copy begins like this. One that a killed process has left is removed at the next start. */
const COPY = 'copy-';

/** A new folder for a copy. */
export function copyFolder({ folder }: Pick<KeptPlaces, 'folder'>): string {
  return path.join(folder, `${COPY}${randomUUID()}`);
}

/** Removes the copies that killed processes have left. */
export async function removeCopies({ folder }: Pick<KeptPlaces, 'folder'>): Promise<void> {
  for (const name of await readdir(folder))
    if (name.startsWith(COPY)) await rm(path.join(folder, name), { recursive: true, force: true });
}

/**
 * Takes a backup of ledger, queues, tokens and rules in force, of a system that runs or not.
 *
 * @returns whether the system ran, and the number of items
 * @throws BackupError, RequestError or DataError
 */
export async function takeBackup(options: BackupOptions): Promise<Taken> {
  try {
    return await take(options);
  } catch (error) {
    const readable = asDataError(error, `The backup ${options.file} cannot be written`, 'name another file');
    // The user has named a place where no file can be, unless the disk is full.
    if (readable === error || !(readable instanceof DataError) || isFull(error)) throw readable;
    throw new BackupError(readable.message, { cause: error });
  }
}

type Taken = { running: boolean; items: number; head: Omit<BackupHead, 'poolkeeper' | 'format'> };

async function take({ file, data, replace, now }: BackupOptions): Promise<Taken> {
  if (!replace && (await exists(file)))
    throw new BackupError(`${file} exists: name another file, or add --replace.`);
  const places = keptPlaces(data);
  const running = await findRunningSystem(data);
  if (running?.simulatorUrl !== undefined)
    throw new BackupError(
      'The system that runs here has a simulator, and keeps nothing: there is no backup of it.',
    );
  await using parts = new AsyncDisposableStack();
  const { folder, takenAt, rules } = running ? await askForCopy(running) : await copyHere(places, now, parts);
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  const head = { version: VERSION, takenAt, ...(rules && { rules }), tokens: await tokensIn(places) };
  const items = await writeBackup(file, head, partsIn(folder));
  return { running: running !== undefined, items, head };
}

async function askForCopy({ control }: RunningSystem): Promise<Copied> {
  if (control === undefined)
    throw new BackupError(
      'The system that runs here is of a version without backups: end it, and take the backup then.',
    );
  const { endpoint, credentials } = control;
  return requestJson(Copied, {
    method: 'POST',
    url: `${endpoint}/copies`,
    headers: { [SECRET_HEADER]: credentials.sessionToken },
  });
}

async function copyHere(places: KeptPlaces, now: () => number, parts: AsyncDisposableStack): Promise<Copied> {
  if (!(await exists(places.ledger)))
    throw new BackupError(
      `${places.ledger} is not there: name the data folder with --data or POOLKEEPER_DATA.`,
    );
  parts.defer(await claimDirectory(places.folder));
  await assertCurrentFormat(places.ledger);
  const folder = copyFolder(places);
  await copyLedger(places.ledger, folder);
  return { folder, takenAt: new Date(now()).toISOString() };
}

async function* partsIn(folder: string): AsyncGenerator<BackupPart> {
  const queues = path.join(folder, 'queues', QUEUES_FILE);
  if (await exists(queues)) yield { queues: await readFile(queues) };
  let failure: unknown;
  await using tables = await openTables(path.join(folder, 'tables'), (error) => {
    failure ??= error;
  });
  try {
    yield* tables.items();
  } catch (error) {
    throw failure ?? error;
  }
}

async function tokensIn({ tokens }: KeptPlaces): Promise<BackupHead['tokens']> {
  const found: BackupHead['tokens'] = {};
  for (const name of TOKEN_NAMES) {
    const text = await readFile(path.join(tokens, name), 'utf8').catch(() => undefined);
    if (text !== undefined) found[name] = text.trim();
  }
  return found;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
