import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { RulesError } from '#lib/rules/parse/parse';
import type { Rules } from '#lib/rules/rules';
import { compileRules } from '#local/build/read-rules';
import { findRunningSystem } from '#local/client/system-file';
import type { KeptDirectory } from '#local/cloud/kept-directory';
import { claimDirectory } from '#local/data/claim';
import { asDataError } from '#local/data/data-error';
import { contentFor, FORMAT, FORMAT_FILE } from '#local/data/format';
import { type KeptPlaces, keptPlaces } from '#local/data/places';
import { TOKEN_NAMES } from '#local/data/tokens';
import { writeWhole } from '#local/data/write-whole';
import { type AfterRestore, afterRestore } from './after-restore.ts';
import { BackupError } from './backup-error.ts';
import { type BackupHead, type BackupPart, readBackup } from './backup-file.ts';
import { QUEUES_FILE } from './copy-ledger.ts';
import { BATCH, openTables } from './open-tables.ts';

export type RestoreOptions = {
  /** The backup. Absolute. */
  file: string;
  /** The folder that gets `.poolkeeper`. */
  data: string;
  /** Nothing ran since the backup was taken, so the commands that wait go on. */
  unchanged: boolean;
  now: number;
};

export type Restored = {
  head: BackupHead;
  items: number;
  /** Absent with `unchanged`. */
  after?: AfterRestore;
  /** The tokens that stay as they are in the folder, and differ from those of the backup. */
  keptTokens: string[];
  /** The file with the rules of the backup. */
  rulesFile?: string;
};

/**
 * Restores a backup into a folder without a ledger. The folder gets the ledger only when all of it is there.
 *
 * @throws BackupError if a system runs there, if it has a ledger, or if the backup is damaged; DataError if it cannot be written
 */
export async function restoreBackup({ file, data, unchanged, now }: RestoreOptions): Promise<Restored> {
  const places = keptPlaces(data);
  const running = await findRunningSystem(data);
  if (running) {
    throw new BackupError(
      `A system runs there, as process ${running.pid}: end it first (\`systemctl stop poolkeeper\` if systemd runs it).`,
    );
  }
  await using claimed = new AsyncDisposableStack();
  claimed.defer(await claimDirectory(places.folder));
  if ((await readdir(places.ledger).catch(() => [])).length > 0) {
    throw new BackupError(
      `${places.ledger} has a ledger already. Restore into another folder (--data), or move it away first: mv ${places.ledger} ` +
        `${places.ledger}.old`,
    );
  }
  const { head, parts } = await readBackup(file);
  const draft = `${places.ledger}.restoring`;
  let failure: unknown;
  const onFailure = (error: unknown): void => {
    failure ??= error;
  };
  await rm(draft, { recursive: true, force: true });
  try {
    await mkdir(draft, { recursive: true, mode: 0o700 });
    const { items, after } = await fill(draft, head, parts, { unchanged, now, onFailure });
    await writeFile(path.join(draft, FORMAT_FILE), contentFor(FORMAT));
    await rm(places.ledger, { recursive: true, force: true });
    await rename(draft, places.ledger);
    return {
      head,
      items,
      ...(after && { after }),
      keptTokens: await restoreTokens(places, head),
      ...(await restoreRules(places, head)),
    };
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw asDataError(failure ?? error, `The backup cannot be restored into ${places.ledger}`);
  }
}

async function fill(
  draft: string,
  head: BackupHead,
  parts: AsyncIterable<BackupPart>,
  { unchanged, now, onFailure }: Pick<RestoreOptions, 'unchanged' | 'now'> & Pick<KeptDirectory, 'onFailure'>,
): Promise<{ items: number; after?: AfterRestore }> {
  await using tables = await openTables(path.join(draft, 'tables'), onFailure);
  const pools = new Set<string>();
  const known = new Set<string>();
  let batch: { table: string; item: Record<string, unknown> }[] = [];
  let items = 0;
  const flush = async (): Promise<void> => {
    for (const [table, entries] of Map.groupBy(batch, (entry) => entry.table))
      await tables.write(
        table,
        entries.map(({ item }) => item),
      );
    batch = [];
  };
  for await (const part of parts) {
    if ('queues' in part) {
      await restoreQueues(path.join(draft, 'queues'), part.queues, unchanged);
      continue;
    }
    items += 1;
    known.add(part.table);
    const pool = poolOf(part.item);
    if (pool !== undefined) pools.add(pool);
    if (batch.push(part) === BATCH) await flush();
  }
  await flush();
  if (unchanged) return { items };
  const rules = rulesOf(head);
  let after: AfterRestore = { handedOver: 0, followed: 0 };
  for (const table of known) {
    const ledger = { store: tables.store(table), rules, pools, takenAt: head.takenAt, now };
    after = await afterRestore(ledger);
  }
  return { items, after };
}

/** The id of the pool whose document an item is. */
function poolOf(item: Record<string, unknown>): string | undefined {
  const { pk } = item;
  const key: unknown = typeof pk === 'object' && pk !== null ? Reflect.get(pk, 'S') : undefined;
  return typeof key === 'string' ? /^pool#(.+)$/.exec(key)?.[1] : undefined;
}

/** Keeps dead letters, which only a person sends back. All other messages would carry commands out again. */
async function restoreQueues(folder: string, database: Buffer, unchanged: boolean): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, QUEUES_FILE);
  await writeFile(file, database, { mode: 0o600 });
  if (unchanged) return;
  const queues = new DatabaseSync(file);
  try {
    queues.exec("DELETE FROM sqs_messages WHERE queue_name NOT LIKE '%-dlq'");
  } finally {
    queues.close();
  }
}

/** A rules file must have a pool. */
const NO_RULES = 'pools: { none: { id: pool-00000000-00000000000000000000000000000000 } }\nrules: []\n';

/** The rules of a backup. If another version wrote them, no person gets a notice before the next start. */
function rulesOf({ rules }: BackupHead): Rules {
  try {
    if (rules !== undefined) return compileRules(Buffer.from(rules.text), 'the rules of the backup').rules;
  } catch (error) {
    if (!(error instanceof RulesError)) throw error;
  }
  return { ...compileRules(Buffer.from(NO_RULES), 'no rules').rules, pools: [] };
}

async function restoreTokens({ tokens: folder }: KeptPlaces, { tokens }: BackupHead): Promise<string[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const kept: string[] = [];
  for (const name of TOKEN_NAMES) {
    const token = tokens[name];
    if (token === undefined) continue;
    const file = path.join(folder, name);
    const present = await readFile(file, 'utf8').catch(() => undefined);
    if (present === undefined) await writeWhole(file, `${token}\n`, 0o600);
    else if (present.trim() !== token) kept.push(file);
  }
  return kept;
}

async function restoreRules({ folder }: KeptPlaces, { rules }: BackupHead): Promise<{ rulesFile?: string }> {
  if (rules === undefined) return {};
  const rulesFile = path.join(folder, 'restored-rules.yml');
  await writeWhole(rulesFile, rules.text);
  return { rulesFile };
}
