import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Claims a directory for this process, because two processes would destroy each other's tables. The claim of a dead process does
 * not count.
 *
 * @returns a function that releases the directory
 * @throws Error with the id of the process that uses the directory
 */
export async function claimDirectory(directory: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true });
  const claim = join(directory, 'in-use-by');
  const owner = Number(await readFile(claim, 'utf8').catch(() => ''));
  if (owner > 0 && isRunning(owner)) {
    throw new Error(
      `the data directory ${directory} is in use by process ${owner}: stop that process, or delete ${claim} if it is another program`,
    );
  }
  await writeFile(claim, String(process.pid));
  return () => rm(claim, { force: true });
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
