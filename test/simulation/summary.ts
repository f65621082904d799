/** The totals of a run: worlds, steps in them, real seconds, and worlds that broke a promise. */
export type Ran = { seeds: number; steps: number; seconds: number; failed: number };

/** The last line of the output, and the exit code: 0 where promises were kept, 1 where not, 2 where nothing was checked. */
export function summary({ seeds, steps, seconds, failed }: Ran): { text: string; exitCode: 0 | 1 | 2 } {
  if (seeds === 0) return { text: 'No world was run, so no promise was checked.', exitCode: 2 };
  const speed = `${seeds} runs, ${steps} steps in ${seconds.toFixed(1)} s: ${Math.round(steps / seconds)} steps a second.`;
  return failed === 0
    ? { text: `${speed} Every promise was kept.`, exitCode: 0 }
    : { text: `${speed} In ${failed} of them a promise was broken.`, exitCode: 1 };
}
