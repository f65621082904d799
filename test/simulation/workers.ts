import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { CoveringWork } from './branch-coverage/covering-worker.ts';
import type { Said, Work } from './worker.ts';

const COVERING = path.join(import.meta.dirname, 'branch-coverage/covering-worker.ts');

/** Runs built simulations. Its file lies beside the packages that it imports, and goes away with `close`. */
export async function writeBundle({
  code,
}: {
  code: string;
}): Promise<{ file: string; close(): Promise<void> }> {
  const root = path.resolve(import.meta.dirname, '../..');
  const folder = await mkdtemp(path.join(root, '.simulation-'));
  const file = path.join(folder, 'simulation.mjs');
  await writeFile(file, code);
  return { file, close: () => rm(folder, { recursive: true, force: true }) };
}

/** Lets one worker do its part, and count what code it runs where that is wanted. @returns when it has ended. */
export function runWorker(
  file: string,
  work: Work,
  hear: (said: Said) => void,
  counts = false,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const covering: CoveringWork = { ...work, bundle: file };
  const worker = new Worker(counts ? COVERING : file, {
    workerData: counts ? covering : work,
    resourceLimits: { maxOldGenerationSizeMb: 1024 },
  });
  worker.on('message', hear);
  worker.on('error', reject);
  worker.on('exit', () => resolve());
  return promise;
}
