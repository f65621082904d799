import { spawn } from 'node:child_process';
import path from 'node:path';
import { bundleSimulation } from '../bundle.ts';
import type { Said, Work } from '../worker.ts';
import { runWorker, writeBundle } from '../workers.ts';
import { type Fault, makeFault } from './catalogue.ts';
import type { Known } from './progress.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

/**
 * Looks for a world in which a fault breaks a promise: first the world that found it last, then those that no run has tried.
 *
 * @returns what is known of the fault now.
 */
export async function huntInWorlds(
  fault: Fault,
  { hint, ...before }: Known,
  { most, untilMs }: { most: number; untilMs: number },
): Promise<Known> {
  const beganMs = Date.now();
  const bundle = await writeBundle(await bundleSimulation(makeFault(fault)));
  let known: Known = before;
  const hear = (said: Said) => {
    if (said.kind === 'run') known = { ...known, seed: said.seed, found: said.broken[0] ?? '' };
  };
  const work = {
    stride: 1,
    untilMs,
    stopAtFirst: true,
    tell: 'nothing',
    profile: fault.profile ?? 'mixed',
  } satisfies Partial<Work>;
  try {
    if (hint !== undefined) await runWorker(bundle.file, { ...work, from: hint, count: 1 }, hear);
    if (known.seed === undefined) {
      await runWorker(
        bundle.file,
        { ...work, from: before.worlds + 1, count: most - before.worlds },
        (said) => {
          hear(said);
          if (said.kind === 'progress') known = { ...known, worlds: known.worlds + said.seeds };
        },
      );
    }
  } finally {
    await bundle.close();
  }
  return { ...known, seconds: before.seconds + (Date.now() - beganMs) / 1000 };
}

/**
 * Runs the test that holds a fault, with the fault in the code and without it.
 *
 * @returns whether it fails with it, and only with it.
 */
export async function failsItsTest({ name, heldBy }: Fault & { heldBy: string }): Promise<boolean> {
  return (await passes(heldBy, '')) && !(await passes(heldBy, name));
}

function passes(tests: string, fault: string): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const config = path.join(import.meta.dirname, 'vitest.config.ts');
  const run = spawn(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--config', config, '--root', ROOT, '--bail', '1', tests],
    { cwd: ROOT, env: { ...process.env, FAULT: fault }, stdio: 'ignore' },
  );
  run.on('error', reject);
  run.on('close', (code) => resolve(code === 0));
  return promise;
}
