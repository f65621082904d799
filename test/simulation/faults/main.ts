import { parseArgs } from 'node:util';
import { bundleSimulation } from '../bundle.ts';
import type { Said } from '../worker.ts';
import { runWorker, writeBundle } from '../workers.ts';
import { faults } from './catalogue.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '3000' },
    only: { type: 'string' },
    profile: { type: 'string' },
    workers: { type: 'string', default: '2' },
  },
});

/** What came of one fault. */
type Row = {
  name: string;
  promise: string;
  seeds: number | undefined;
  steps: number;
  seconds: number;
  found: string;
};

const left = faults
  .filter(({ name }) => values.only === undefined || name.includes(values.only))
  .filter(({ profile = 'mixed' }) => values.profile === undefined || profile === values.profile);
const rows: Row[] = [];

async function hunt(): Promise<void> {
  for (let fault = left.shift(); fault; fault = left.shift()) {
    const { name, promise } = fault;
    const bundle = await writeBundle(await bundleSimulation(fault));
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
        count: Number(values.seeds),
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

await Promise.all(Array.from({ length: Number(values.workers) }, hunt));
const missed = rows.filter(({ seeds }) => seeds === undefined);
console.log(`${rows.length - missed.length} of ${rows.length} faults were found.`);
process.exitCode = missed.length === 0 ? 0 : 1;
