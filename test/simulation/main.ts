import { parseArgs } from 'node:util';
import { bundleSimulation } from './bundle.ts';
import { faults } from './faults/catalogue.ts';
import { profiles } from './scenario/profiles.ts';
import type { Said, Work } from './worker.ts';
import { runWorker, writeBundle } from './workers.ts';

const USAGE = `npm run simulate -- [options]

  --seeds N     as many seeds, one run each (default 1000)
  --from N      beginning with this one (default 1)
  --seed N      this one alone, with everything that happens in it
  --minutes N   for so long at most
  --workers N   in so many threads (default 2)
  --profile P   one kind of situation alone: mixed, races, actions, recovery, consent or limits
  --fault NAME  with this fault of the catalogue in the code
  --keep-going  goes on after a broken promise`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
    workers: { type: 'string', default: '2' },
    'keep-going': { type: 'boolean', default: false },
    fault: { type: 'string' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(USAGE);
} else {
  const beganMs = Date.now();
  const fault = values.fault === undefined ? undefined : faults.find(({ name }) => name === values.fault);
  if (values.fault !== undefined && !fault) throw new Error(`There is no fault called ${values.fault}`);
  const bundle = await writeBundle(await bundleSimulation(fault));
  const profile = profiles.find((known) => known === (values.profile ?? fault?.profile));
  const untilMs =
    values.minutes === undefined ? Number.POSITIVE_INFINITY : beganMs + Number(values.minutes) * 60_000;
  const isOne = values.seed !== undefined;
  const threads = isOne ? 1 : Number(values.workers);
  const total = isOne ? 1 : values.minutes !== undefined ? Number.MAX_SAFE_INTEGER / 8 : Number(values.seeds);
  let seeds = 0;
  let steps = 0;
  let failed = 0;

  function hear(said: Said): void {
    if (said.kind === 'progress') {
      seeds += said.seeds;
      steps += said.steps;
    }
    if (said.kind !== 'run') return;
    if (said.broken.length > 0) failed += 1;
    if (said.text !== undefined) console.log(`${said.text}\n`);
    else console.log(`seed ${said.seed}: ${said.broken.join('; ')}`);
    if (said.broken.length > 0)
      console.log(
        `npm run simulate -- --seed ${said.seed}${profile ? ` --profile ${profile}` : ''} shows all of it\n`,
      );
  }

  const works = Array.from(
    { length: threads },
    (_, index): Work => ({
      from: Number(isOne ? values.seed : values.from) + index,
      stride: threads,
      count: Math.ceil((total - index) / threads),
      untilMs,
      stopAtFirst: !values['keep-going'],
      tell: isOne ? 'all' : 'shrunk',
      profile,
    }),
  );
  await Promise.all(works.map((work) => runWorker(bundle.file, work, hear)));
  await bundle.close();
  const seconds = (Date.now() - beganMs) / 1000;
  console.log(
    `${seeds} runs, ${steps} steps in ${seconds.toFixed(1)} s: ${Math.round(steps / seconds)} steps a second. ` +
      (failed === 0 ? 'Every promise was kept.' : `In ${failed} of them a promise was broken.`),
  );
  process.exitCode = failed === 0 ? 0 : 1;
}
