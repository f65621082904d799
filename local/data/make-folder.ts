import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { isRecord } from '#lib/is-record';

/**
 * Makes a folder, and those above it that are missing. One that is there stays as it is.
 *
 * Node's own recursive `mkdir` never ends in a folder that refuses every new one, such as /proc.
 *
 * @param mode of each new folder
 * @throws the error of the file system
 */
export async function makeFolder(folder: string, mode?: number): Promise<void> {
  try {
    await makeOne(folder, mode);
  } catch (error) {
    const above = path.dirname(folder);
    if (!hasCode(error, 'ENOENT') || above === folder) throw error;
    await makeFolder(above, mode);
    await makeOne(folder, mode);
  }
}

async function makeOne(folder: string, mode: number | undefined): Promise<void> {
  try {
    await mkdir(folder, { mode });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return isRecord(error) && error['code'] === code;
}
