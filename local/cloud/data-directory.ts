import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Keeps a directory for this process: two at once would destroy each other's tables. What a killed process left is taken
 * over.
 *
 * @returns gives the directory free again
 * @throws naming the process that uses it
 */
export async function claimDirectory(directory: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true });
  const claim = join(directory, 'in-use-by');
  const owner = Number(await readFile(claim, 'utf8').catch(() => ''));
  if (owner > 0 && isRunning(owner)) {
    throw new Error(
      `the data directory ${directory} is in use by process ${owner}; if that is something else, delete ${claim}`,
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
