import { statfs } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { DataError } from './data-error.ts';

/** With less free space a running system ends, while every write still reaches the disk. */
const MIN_FREE_BYTES = 64 * 1024 ** 2;

/** A start wants more, so that it does not end again at once. */
const MIN_FREE_AT_START = 2 * MIN_FREE_BYTES;

const LOOK_EVERY_MS = 5_000;

/** The free bytes of the disk with a folder, for this user. */
export type FreeBytes = (folder: string) => Promise<number>;

const freeBytes: FreeBytes = async (folder) => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

/** @throws DataError if a system cannot start, because the disk of its data is nearly full */
export async function assertRoom(folder: string, free: FreeBytes = freeBytes): Promise<void> {
  const bytes = await free(folder);
  if (bytes >= MIN_FREE_AT_START) return;
  throw new DataError(
    `The disk with ${folder} has only ${megabytes(bytes)} free, and a start needs ${megabytes(MIN_FREE_AT_START)}: free some space. ` +
      'Ledger and queues are as they were.',
  );
}

/**
 * Watches the disk of a folder until the signal aborts. The database would lose confirmed writes if the disk were full in the middle of
 * one, so the system ends before.
 *
 * @throws DataError once the disk is nearly full
 */
export async function watchRoom(
  folder: string,
  signal: AbortSignal,
  { free = freeBytes, everyMs = LOOK_EVERY_MS }: { free?: FreeBytes; everyMs?: number } = {},
): Promise<never> {
  for (;;) {
    await delay(everyMs, undefined, { signal });
    const bytes = await free(folder);
    if (bytes >= MIN_FREE_BYTES) continue;
    throw new DataError(
      `The disk with ${folder} has only ${megabytes(bytes)} free. Poolkeeper has ended before a write was lost: free some space, and start it ` +
        'again. Senders send their alerts again.',
    );
  }
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / 1024 ** 2)} MB`;
}
