import { access, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { copyLevelDb } from './checkpoint.ts';

/** The database of the queues, in their folder. */
export const QUEUES_FILE = 'fauxqs.db';

/**
 * Copies the directory of ledger and queues. The copy is as the directory would be after a crash at this moment.
 *
 * @param hold keeps writes from the tables, and gives a function that lets them go on. Without it, no process may use the directory.
 */
export async function copyLedger(
  directory: string,
  target: string,
  hold: () => Promise<() => void> = () => Promise.resolve(() => {}),
): Promise<void> {
  await mkdir(target, { recursive: true, mode: 0o700 });
  try {
    const release = await hold();
    try {
      await copyQueues(path.join(directory, 'queues'), path.join(target, 'queues'));
      await copyLevelDb(path.join(directory, 'tables'), path.join(target, 'tables'));
    } finally {
      release();
    }
  } catch (error) {
    await rm(target, { recursive: true, force: true });
    throw error;
  }
}

/** Copies the queues as they are at one moment. SQLite allows a second reader beside the system. */
async function copyQueues(folder: string, target: string): Promise<void> {
  const file = path.join(folder, QUEUES_FILE);
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  await mkdir(target, { recursive: true });
  const queues = new DatabaseSync(file);
  try {
    queues.exec(`VACUUM INTO '${path.join(target, QUEUES_FILE).replaceAll("'", "''")}'`);
  } finally {
    queues.close();
  }
}
