import * as fc from 'fast-check';
import { demand, Finding, type Subject, watchRejections } from './finding.ts';
import { frontDoor, sourceNames } from './front-door.ts';
import { queueNames, queueOf } from './queue.ts';

/** The names of everything that is fuzzed: each source of alerts, and each queue. */
export const subjectNames: readonly string[] = [...sourceNames, ...queueNames];

export function subjectOf(name: string): Subject {
  return sourceNames.includes(name) ? frontDoor(name) : queueOf(name);
}

/** The outcomes by their number, and the finding, if there is one. */
export type Fuzzed = {
  outcomes: Record<string, number>;
  finding?: { why: string; input: string; seed: number; path: string };
};

/**
 * Gives a number of inputs to a subject. The first finding ends the run; its input is shrunk.
 *
 * @param seed the same seed gives the same inputs.
 * @param path only the input at this place of the run, to see a finding again.
 */
export async function fuzz(
  subject: Subject,
  { seed, runs, path }: { seed: number; runs: number; path?: string },
): Promise<Fuzzed> {
  const outcomes: Record<string, number> = {};
  using rejections = watchRejections();
  const property = fc.asyncProperty(subject.inputs, async (input) => {
    const outcome = await subject.give(input);
    const rejected = rejections.take();
    demand(rejected === undefined, `no rejection is left unhandled: ${String(rejected)}`);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  });
  const details = await fc.check(property, { seed, numRuns: runs, ...(path !== undefined && { path }) });
  if (!details.failed) return { outcomes };
  const { errorInstance: error, counterexample, counterexamplePath } = details;
  const why =
    error instanceof Finding
      ? `broken: ${error.message}`
      : error instanceof Error
        ? String(error.stack)
        : String(error);
  const input = counterexample ? subject.show(counterexample[0]) : '';
  return { outcomes, finding: { why, input, seed, path: counterexamplePath ?? '' } };
}
