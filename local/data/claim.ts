import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError, describeFileError } from './data-error.ts';
import { makeFolder } from './make-folder.ts';

const CLAIM = 'in-use-by';

/** A claim of a dead process is removed, and another process may claim meanwhile. */
const TRIES = 5;

/** The claims of this process. */
const own = new Set<string>();

/**
 * Claims a folder for this process, because two processes would destroy each other's tables. The claim of a dead process does
 * not count, even if its number belongs to another process by now.
 *
 * @returns a function that releases the folder
 * @throws DataError with the id of the process that uses the folder, or if it cannot be written
 */
export async function claimDirectory(directory: string): Promise<() => Promise<void>> {
  const claim = join(directory, CLAIM);
  try {
    await makeFolder(directory);
    for (let tries = 0; tries < TRIES; tries += 1) {
      if (await isClaimed(claim)) {
        own.add(claim);
        return async () => {
          own.delete(claim);
          await rm(claim, { force: true });
        };
      }
      const owner = await ownerOf(claim);
      if (owner !== undefined) {
        throw new DataError(
          `the data folder ${directory} is in use by process ${owner}: stop that process, or delete ${claim} if it is another program`,
        );
      }
      await removeStale(claim);
    }
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`The data folder ${directory} cannot be written: ${describeFileError(error)}`, {
      cause: error,
    });
  }
  throw new DataError(
    `the data folder ${directory} is being claimed by other processes: start one at a time`,
  );
}

/** Whether this process now has the claim. False: there is one already. */
async function isClaimed(claim: string): Promise<boolean> {
  try {
    await writeFile(claim, `${process.pid} ${await beginningOf(process.pid)}`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The living process that has a claim. */
async function ownerOf(claim: string): Promise<number | undefined> {
  const [id = '', beginning = ''] = (await readFile(claim, 'utf8').catch(() => '')).split(' ');
  const owner = Number(id);
  if (!(owner > 0) || !isRunning(owner)) return undefined;
  // In a container this process may have the number of its predecessor.
  if (owner === process.pid) return own.has(claim) ? owner : undefined;
  const isOther = beginning !== '' && beginning !== (await beginningOf(owner));
  return isOther ? undefined : owner;
}

async function removeStale(claim: string): Promise<void> {
  const aside = `${claim}.${process.pid}`;
  await rename(claim, aside).catch(() => {});
  await rm(aside, { force: true });
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It exists, and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Tells a process from an earlier one with the same number: the boot of the machine and the start of the process. Linux only. */
async function beginningOf(pid: number): Promise<string> {
  try {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    const [, fields = ''] = /^\d+ \(.*\) (.*)/s.exec(await readFile(`/proc/${pid}/stat`, 'utf8')) ?? [];
    // The start is field 22, and the first of these is field 3.
    return `${boot}:${fields.split(' ')[19] ?? ''}`;
  } catch {
    return '';
  }
}
