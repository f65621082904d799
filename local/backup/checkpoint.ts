import { copyFile, link, mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { BackupError } from './backup-error.ts';

/** LevelDB tidies its files up in the background, even if it has nothing to write. */
const TRIES = 20;

/** Files of a LevelDB that never change once they are there. */
const IMMUTABLE = /\.(?:ldb|sst)$/;

/** The file that a process with the database open holds, and its log for people. */
const LEFT_OUT = /^LOCK$|^LOG(?:\.old)?$/;

/**
 * Copies a LevelDB that has nothing to write, so that the copy opens as the database would after a crash at this moment. Large files become
 * links to the same content, so it takes milliseconds.
 *
 * @throws BackupError if its files keep changing
 */
export async function copyLevelDb(directory: string, target: string): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    await rm(target, { recursive: true, force: true });
    await mkdir(target, { recursive: true, mode: 0o700 });
    const before = await filesOf(directory);
    if ((await isCopied(directory, target, [...before.keys()])) && isSame(before, await filesOf(directory)))
      return;
  }
  await rm(target, { recursive: true, force: true });
  throw new BackupError(`The files in ${directory} keep changing: take the backup a little later.`);
}

/** The sizes of the files of a database. */
async function filesOf(directory: string): Promise<Map<string, number>> {
  const names = (await readdir(directory)).filter((name) => !LEFT_OUT.test(name));
  const sizes = await Promise.all(
    names.map((name) =>
      stat(path.join(directory, name)).then(
        ({ size }) => size,
        () => -1,
      ),
    ),
  );
  return new Map(names.map((name, index) => [name, sizes[index] ?? -1]));
}

function isSame(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): boolean {
  return one.size === other.size && [...one].every(([name, size]) => other.get(name) === size);
}

/** False: a file went away meanwhile. */
async function isCopied(directory: string, target: string, names: readonly string[]): Promise<boolean> {
  try {
    for (const name of names) {
      const [from, to] = [path.join(directory, name), path.join(target, name)];
      if (IMMUTABLE.test(name)) await link(from, to).catch(() => copyFile(from, to));
      else await copyFile(from, to);
    }
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
