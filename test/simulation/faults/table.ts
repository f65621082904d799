import type { Fault } from './catalogue.ts';
import type { Known } from './progress.ts';

/** The result for a fault, in one line. */
export function lineOf(
  { name, promise, heldBy }: Fault,
  { worlds, seconds, seed, found, isHeld }: Known,
): string {
  const how =
    seed !== undefined
      ? `world ${seed}`
      : isHeld
        ? 'a test'
        : heldBy === undefined
          ? `NOT in ${worlds}`
          : 'NOT HELD';
  const by = found || (isHeld ? heldBy : promise);
  return `${how.padStart(12)}  ${seconds.toFixed(1).padStart(6)} s  ${name} → ${by}`;
}

/**
 * All results, as a table and in numbers.
 *
 * @param open faults that this run did not finish.
 */
export function summaryOf(
  wanted: readonly Fault[],
  open: readonly Fault[],
  known: ReadonlyMap<string, Known>,
): { text: string; missed: number } {
  const rows = wanted
    .filter((fault) => !open.includes(fault))
    .flatMap((fault) => {
      const of = known.get(fault.name);
      return of ? [{ fault, of }] : [];
    });
  const inWorlds = rows.filter(({ of }) => of.seed !== undefined);
  const held = rows.filter(({ of }) => of.isHeld === true);
  const missed = rows.filter((row) => !inWorlds.includes(row) && !held.includes(row));
  const seeds = inWorlds.map(({ of }) => of.seed ?? 0).toSorted((left, right) => left - right);
  const median = seeds[Math.floor(seeds.length / 2)] ?? 0;
  const lines = [
    '',
    ...rows.map(({ fault, of }) => lineOf(fault, of)),
    '',
    `${rows.length} faults: ${inWorlds.length} were found in worlds (half of them by world ${median}), ${held.length} are held by a test, ${missed.length} were not found.`,
    ...missed.map(({ fault }) => `  not found: ${fault.name}`),
  ];
  if (open.length > 0)
    lines.push(`${open.length} more are left: the same command again goes on where this one was stopped.`);
  return { text: lines.join('\n'), missed: missed.length };
}
