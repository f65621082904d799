import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { printable } from '#lib/printable';
import { provideBundledRules } from '../provide-bundled-rules.ts';

const usage = `npm run fuzz -- [options]

  --subject NAME  one source of alerts or one queue alone
  --runs N        as many inputs for each (default 100000)
  --seed N        the beginning of the inputs (default: of this time)
  --path P        with --subject and --seed: one input again, as a finding names it
  --minutes N     for so long at most

Ends with 1 after a finding, or if the memory grows.`;

/** The memory is measured after each part. */
const PART = 5_000;

/** The memory after the last part may be this much more than after the first ones. */
const GROWTH = 1.25;
const SLACK_MB = 8;

provideBundledRules();
setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

class UsageError extends Error {
  override name = 'UsageError';
}

type Options = { seed: number; runs: number; path: string | undefined; untilMs: number };

function heapMb(): number {
  collect();
  return process.memoryUsage().heapUsed / 1024 / 1024;
}

async function fuzzOne(name: string, { seed, runs, path, untilMs }: Options): Promise<boolean> {
  const { fuzz, subjectOf } = await import('./run.ts');
  const subject = subjectOf(name);
  const total: Record<string, number> = {};
  const heaps: number[] = [];
  let done = 0;
  while (done < runs && Date.now() < untilMs) {
    const part = Math.min(PART, runs - done);
    const { outcomes, finding } = await fuzz(subject, {
      seed: seed + done,
      runs: part,
      ...(path !== undefined && { path }),
    });
    for (const [outcome, count] of Object.entries(outcomes)) total[outcome] = (total[outcome] ?? 0) + count;
    if (finding) {
      console.log(`${name}: ${printable(finding.why)}\n${printable(finding.input)}`);
      console.log(
        `npm run fuzz -- --subject ${name} --seed ${finding.seed} --path ${finding.path} shows it again`,
      );
      return false;
    }
    done += part;
    heaps.push(heapMb());
    if (process.stderr.isTTY) process.stderr.write(`\r${name}: ${done} of ${runs}\u001b[K\r`);
  }
  return report(name, done, total, heaps);
}

function report(
  name: string,
  done: number,
  total: Record<string, number>,
  heaps: readonly number[],
): boolean {
  const counts = Object.entries(total).toSorted(([a], [b]) => a.localeCompare(b));
  const words = counts.map(([outcome, count]) => `${outcome}: ${count}`).join(', ');
  // The first part compiles the code.
  const [, before = Number.POSITIVE_INFINITY] = heaps;
  const after = heaps.at(-1) ?? 0;
  const isFlat = after <= before * GROWTH + SLACK_MB;
  const memory = heaps.length > 2 ? `; memory ${before.toFixed(0)} MB, then ${after.toFixed(0)} MB` : '';
  console.log(`${name}: ${done} inputs: ${words}${memory}${isFlat ? '' : ': it grows'}`);
  return isFlat;
}

function numberOf(text: string | undefined, name: string, otherwise: number): number {
  if (text === undefined) return otherwise;
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new UsageError(`--${name} must be a whole number above 0, not ${text}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      subject: { type: 'string' },
      runs: { type: 'string' },
      seed: { type: 'string' },
      path: { type: 'string' },
      minutes: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(usage);
  const { subjectNames } = await import('./run.ts');
  const { subject } = values;
  if (subject !== undefined && !subjectNames.includes(subject))
    throw new UsageError(`--subject must be one of ${subjectNames.join(', ')}`);
  const seed = numberOf(values.seed, 'seed', Date.now() % 1_000_000_000);
  const runs = numberOf(values.runs, 'runs', 100_000);
  const minutes = numberOf(values.minutes, 'minutes', 24 * 60);
  const options = { seed, runs, path: values.path, untilMs: Date.now() + minutes * 60_000 };
  console.log(`seed ${seed}`);
  for (const name of subject === undefined ? subjectNames : [subject]) {
    if (!(await fuzzOne(name, options))) process.exitCode = 1;
  }
}

try {
  await main();
} catch (error) {
  const isOfUsage = error instanceof UsageError || error instanceof TypeError;
  console.error(isOfUsage ? `${error.message}\n\n${usage}` : error);
  process.exitCode = 2;
}
