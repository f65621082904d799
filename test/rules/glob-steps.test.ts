import { Session } from 'node:inspector/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { globMatches } from '#lib/rules/glob';

const session = new Session();
beforeAll(async () => {
  session.connect();
  await session.post('Profiler.enable');
});
afterAll(() => session.disconnect());

/** How often the busiest block of `globMatches` runs: a count, because a time would judge the machine. */
async function stepsOf(glob: string, text: string): Promise<number> {
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  globMatches(glob, text);
  const { result } = await session.post('Profiler.takePreciseCoverage');
  await session.post('Profiler.stopPreciseCoverage');
  const counts = result
    .flatMap(({ functions }) => functions)
    .filter(({ functionName }) => functionName === 'globMatches')
    .flatMap(({ ranges }) => ranges.map(({ count }) => count));
  return Math.max(...counts);
}

test.each([
  ['*a*a*a*a*a*b', 'a'],
  [`${'*a'.repeat(50)}*b`, 'a'],
  [`*${'a'.repeat(50)}b`, 'a'],
  [`${'*?'.repeat(50)}b`, 'a'],
  ['**********b', 'ab'],
  ['*ab*ab*ab*abc', 'ab'],
  ['NT_NPU_*', 'NT_NPU_'],
])('the steps of %s grow with the length of a hostile text, not faster', async (glob, piece) => {
  const sizes = [500, 1_000, 2_000, 4_000];
  const steps: number[] = [];
  for (const size of sizes) steps.push(await stepsOf(glob, piece.repeat(size / piece.length)));
  for (const [index, size] of sizes.entries())
    expect(steps[index]).toBeLessThanOrEqual((size + 1) * (glob.length + 1));
  expect(steps[3]! / steps[2]!).toBeLessThan(2.2);
});
