/**
 * How often a property is tried, or how many worlds are simulated: the usual number, times the variable `RUNS`.
 * `RUNS=10 npm test` looks ten times as far.
 */
export function runs(usual: number): number {
  return Math.max(1, Math.round(usual * Number(process.env['RUNS'] ?? 1)));
}
