import { parseArgs } from 'node:util';
import { bundleSimulation } from '../bundle.ts';
import { profileOf, refusing, UsageError, wholeNumber } from '../command-line.ts';
import type { Said } from '../worker.ts';
import { runWorker, writeBundle } from '../workers.ts';
import { faults, makeFault } from './catalogue.ts';

/** What a person asked for: which faults, how many seeds for each, in how many threads. */
function readOptions(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const { values } = refusing(() =>
    parseArgs({ args: [...args], options: { seeds: text, only: text, profile: text, workers: text } }),
  );
  const profile = profileOf(values.profile);
  const wanted = faults
    .filter(({ name }) => values.only === undefined || name.includes(values.only))
    .filter((fault) => profile === undefined || (fault.profile ?? 'mixed') === profile);
  if (wanted.length === 0) throw new UsageError(`--only ${values.only ?? ''}: no fault is called so`);
  return {
    wanted,
    seeds: wholeNumber('seeds', values.seeds) ?? 3000,
    workers: wholeNumber('workers', values.workers, 64) ?? 2,
  };
}

/** What came of one fault. */
type Row = {
  name: string;
  promise: string;
  seeds: number | undefined;
  steps: number;
  seconds: number;
  found: string;
};

async function hunt(left: (typeof faults)[number][], seeds: number, rows: Row[]): Promise<void> {
  for (let fault = left.shift(); fault; fault = left.shift()) {
    const { name, promise } = fault;
    const bundle = await writeBundle(await bundleSimulation(makeFault(fault)));
    const beganMs = Date.now();
    const row: Row = { name, promise, seeds: undefined, steps: 0, seconds: 0, found: '' };
    const hear = (said: Said) => {
      if (said.kind === 'progress') row.steps += said.steps;
      if (said.kind === 'run') {
        row.seeds = said.seed;
        row.found = said.broken[0] ?? '';
      }
    };
    await runWorker(
      bundle.file,
      {
        from: 1,
        stride: 1,
        count: seeds,
        untilMs: Number.POSITIVE_INFINITY,
        stopAtFirst: true,
        tell: 'nothing',
        profile: fault.profile ?? 'mixed',
      },
      hear,
    );
    await bundle.close();
    row.seconds = (Date.now() - beganMs) / 1000;
    rows.push(row);
    console.log(
      `${row.seeds === undefined ? 'NOT FOUND' : `${row.seeds} seeds`.padStart(10)}  ${String(row.steps).padStart(8)} steps  ${row.seconds.toFixed(1).padStart(6)} s  ${name} → ${row.found || promise}`,
    );
  }
}

async function huntAll(): Promise<void> {
  const { wanted, seeds, workers } = readOptions(process.argv.slice(2));
  const left = [...wanted];
  const rows: Row[] = [];
  await Promise.all(Array.from({ length: workers }, () => hunt(left, seeds, rows)));
  const missed = rows.filter((row) => row.seeds === undefined);
  console.log(`${rows.length - missed.length} of ${rows.length} faults were found.`);
  process.exitCode = missed.length === 0 ? 0 : 1;
}

try {
  await huntAll();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
