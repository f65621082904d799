import type { Mishaps } from './engine/mishaps.ts';
import { type Result, run } from './run.ts';
import type { Input, Scenario } from './scenario/scenario.ts';

/** A failing run made smaller: what is left in it is needed to break the same promise. */
export type Shrunk = { scenario: Scenario; mishaps: Mishaps; result: Result; runs: number };

/**
 * Leaves out inputs and mishaps, halves of them at first and then one by one, for as long as the same promise is broken.
 *
 * @param maxRuns how many runs may be spent.
 */
export async function shrink(scenario: Scenario, failing: Result, maxRuns = 600): Promise<Shrunk> {
  const promise = failing.violations[0]!.promise;
  let best: Shrunk = { scenario, mishaps: failing.mishaps, result: failing, runs: 0 };

  async function attempt(inputs: readonly Input[], mishaps: Mishaps): Promise<boolean> {
    if (best.runs >= maxRuns) return false;
    const smaller = { ...scenario, inputs: [...inputs] };
    const result = await run(smaller, mishaps);
    best = { ...best, runs: best.runs + 1 };
    if (!result.violations.some((violation) => violation.promise === promise)) return false;
    best = { ...best, scenario: smaller, mishaps, result };
    return true;
  }

  // The mishaps that were listed at first are those of another weather: from now on nothing but the list counts.
  await attempt(scenario.inputs, failing.mishaps);
  for (;;) {
    const fewerMishaps = await reduce(
      () => [...best.mishaps],
      (left) => attempt(best.scenario.inputs, new Map(left)),
    );
    const fewerInputs = await reduce(
      () => best.scenario.inputs,
      (left) => attempt(left, best.mishaps),
    );
    if (best.runs >= maxRuns || (!fewerMishaps && !fewerInputs)) return best;
  }
}

/** Leaves out parts of a list, large ones first, as long as `works` says that it may be so. */
async function reduce<Item>(
  items: () => readonly Item[],
  works: (left: readonly Item[]) => Promise<boolean>,
): Promise<boolean> {
  let smaller = false;
  for (let size = Math.ceil(items().length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < items().length; ) {
      const left = items().filter((_, index) => index < from || index >= from + size);
      if (await works(left)) smaller = true;
      else from += size;
    }
  }
  return smaller;
}
