import { parentPort, workerData } from 'node:worker_threads';
import type { FunctionRanges } from './branch-coverage/counts.ts';
import { describe } from './report.ts';
import { run } from './run.ts';
import { type Profile, scenarioOf } from './scenario/profiles/profiles.ts';
import { shrink } from './shrink.ts';

/** The work of one worker: every `stride`-th seed from one on, until one fails, or all are done, or time is over. */
export type Work = {
  from: number;
  stride: number;
  count: number;
  untilMs: number;
  /** Whether to stop at the first broken promise. */
  stopAtFirst: boolean;
  /** The report of a failing seed: none, a line for each broken promise, the smallest run, or all. `all` is also for sound seeds. */
  tell: 'nothing' | 'lines' | 'shrunk' | 'all';
  /** Undefined: each seed has its own. */
  profile?: Profile | undefined;
};

/** The messages of a worker. */
export type Said =
  | { kind: 'progress'; seeds: number; steps: number }
  | { kind: 'run'; seed: number; broken: string[]; text: string | undefined }
  | { kind: 'coverage'; functions: readonly FunctionRanges[] }
  | { kind: 'end' };

/** So many broken promises of one seed are reported. */
const MOST_LINES = 4;

const work = workerData as Work;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window
const say = (said: Said) => parentPort?.postMessage(said);

let seeds = 0;
let steps = 0;
for (let seed = work.from; seed < work.from + work.count * work.stride; seed += work.stride) {
  if (Date.now() > work.untilMs) break;
  const scenario = scenarioOf(seed, work.profile);
  const result = await run(scenario);
  seeds += 1;
  steps += result.steps;
  if (seeds === 50) {
    say({ kind: 'progress', seeds, steps });
    seeds = 0;
    steps = 0;
  }
  const isBroken = result.violations.length > 0;
  if (!isBroken && work.tell !== 'all') continue;
  const broken = [...new Set(result.violations.map(({ promise }) => promise))];
  let text: string | undefined;
  if (work.tell === 'all') text = describe(scenario, result);
  if (isBroken && work.tell === 'lines') {
    const lines = result.violations.map(({ promise, what }) => `  "${promise}": ${what}`);
    text = [`seed ${seed}:`, ...lines.slice(0, MOST_LINES)].join('\n');
  }
  if (isBroken && work.tell === 'shrunk') {
    const smaller = await shrink(scenario, result);
    text = describe(smaller.scenario, smaller.result);
  }
  say({ kind: 'run', seed, broken, text });
  if (isBroken && work.stopAtFirst) break;
}
say({ kind: 'progress', seeds, steps });
say({ kind: 'end' });
