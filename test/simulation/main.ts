import type { FunctionRanges } from './branch-coverage/counts.ts';
import { coverageOf } from './branch-coverage/coverage.ts';
import { type CoverageReport, reportCoverage } from './branch-coverage/report.ts';
import { type Round, roundsOf } from './branch-coverage/rounds.ts';
import { unreached } from './branch-coverage/unreached.ts';
import { bundleSimulation } from './bundle.ts';
import { readSimulateOptions, type SimulateOptions, UsageError, usage } from './command-line.ts';
import { faults, makeFault } from './faults/catalogue.ts';
import { summary } from './summary.ts';
import type { Said, Work } from './worker.ts';
import { runWorker, writeBundle } from './workers.ts';

async function simulate(options: SimulateOptions): Promise<void> {
  const {
    from,
    seeds: wanted,
    shown,
    minutes = Number.POSITIVE_INFINITY,
    workers,
    keepGoing,
    coverage,
  } = options;
  const beganMs = Date.now();
  const fault = faults.find(({ name }) => name === options.fault);
  if (options.fault !== undefined && !fault)
    throw new UsageError(`--fault ${options.fault}: there is no such fault in test/simulation/faults`);
  const profile = options.profile ?? fault?.profile;
  const built = await bundleSimulation(fault && makeFault(fault));
  const bundle = await writeBundle(built);
  const counted: (readonly FunctionRanges[])[] = [];
  let seeds = 0;
  let steps = 0;
  let failed = 0;

  function hear(said: Said): void {
    if (said.kind === 'progress') {
      seeds += said.seeds;
      steps += said.steps;
    }
    if (said.kind === 'coverage') counted.push(said.functions);
    if (said.kind !== 'run') return;
    if (said.broken.length > 0) failed += 1;
    if (said.text !== undefined) console.log(`${said.text}\n`);
    else console.log(`seed ${said.seed}: ${said.broken.join('; ')}`);
    if (said.broken.length > 0)
      console.log(
        `npm run simulate -- --seed ${said.seed}${profile ? ` --profile ${profile}` : ''} shows all of it\n`,
      );
  }

  const worksOf = (round: Round) =>
    Array.from(
      { length: workers },
      (_, index): Work => ({
        from: round.from + index,
        stride: workers,
        count: Math.ceil((round.seeds - index) / workers),
        untilMs: beganMs + minutes * 60_000,
        stopAtFirst: !keepGoing,
        tell: shown ? 'all' : keepGoing ? 'lines' : 'shrunk',
        profile: round.profile,
      }),
    );
  const first: Round = { from, seeds: wanted, profile };
  const rounds = coverage && !shown ? roundsOf(first) : [first];
  let report: CoverageReport | undefined;
  try {
    for (const round of rounds) {
      await Promise.all(worksOf(round).map((work) => runWorker(bundle.file, work, hear, coverage)));
      if (coverage) report = reportCoverage(await coverageOf(built, counted), unreached);
      const isEnough = !report || report.missing.length === 0;
      if (!isEnough) console.log(`after ${seeds} worlds, ${report?.missing.length} branches are missing`);
      if (isEnough || failed > 0 || Date.now() >= beganMs + minutes * 60_000) break;
    }
  } finally {
    await bundle.close();
  }
  const said = summary({ seeds, steps, failed, seconds: (Date.now() - beganMs) / 1000 });
  console.log(said.text);
  process.exitCode = said.exitCode;
  if (!report) return;
  const { lines, missing, needless, strangers } = report;
  console.log(lines.join('\n'));
  if (said.exitCode === 0 && missing.length + needless.length + strangers.length > 0) process.exitCode = 1;
}

try {
  const options = readSimulateOptions(process.argv.slice(2));
  if (options === 'help') console.log(usage);
  else await simulate(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\nSee npm run simulate -- --help`);
  process.exitCode = 2;
}
