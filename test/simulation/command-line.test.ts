import { describe, expect, test } from 'vitest';
import { readSimulateOptions, UsageError } from './command-line.ts';
import { summary } from './summary.ts';

describe('the options of npm run simulate', () => {
  test('without any, 1000 seeds from 1 on run in two threads', () => {
    expect(readSimulateOptions([])).toMatchObject({ from: 1, seeds: 1000, workers: 2, shown: false });
  });

  test('--coverage has as many seeds as its list was made with', () => {
    expect(readSimulateOptions(['--coverage'])).toMatchObject({ seeds: 1320, coverage: true });
    expect(readSimulateOptions(['--coverage', '--seeds', '7'])).toMatchObject({ seeds: 7 });
  });

  test('--seed is one seed, and all of it is shown', () => {
    expect(readSimulateOptions(['--seed', '4711'])).toMatchObject({ from: 4711, seeds: 1, shown: true });
  });

  test.each([
    ['--seed=abc', '--seed abc: must be a whole number'],
    ['--seeds=0', '--seeds 0: must be a whole number'],
    ['--seeds=1.5', '--seeds 1.5: must be a whole number'],
    ['--seeds=', '--seeds : must be a whole number'],
    ['--from=-3', '--from -3: must be a whole number'],
    ['--minutes=x', '--minutes x: must be a number above 0'],
    ['--minutes=0', '--minutes 0: must be a number above 0'],
    ['--workers=two', '--workers two: must be a whole number from 1 to 64'],
    ['--profile=nope', '--profile nope: must be one of mixed, races'],
    ['--sedes=5', "Unknown option '--sedes'"],
    ['60', 'Unexpected argument'],
  ])('%s is refused, and the line says why', (argument, why) => {
    expect(() => readSimulateOptions([argument])).toThrow(UsageError);
    expect(() => readSimulateOptions([argument])).toThrow(why);
  });

  test('--seed with --seeds is refused: it is not clear which is meant', () => {
    expect(() => readSimulateOptions(['--seed', '3', '--seeds', '5'])).toThrow('one seed alone');
  });
});

describe('what is said at the end', () => {
  const run = { seeds: 10, steps: 1000, seconds: 2 };

  test('promises were kept only where a world was run', () => {
    expect(summary({ ...run, failed: 0 })).toEqual({
      text: '10 runs, 1000 steps in 2.0 s: 500 steps a second. Every promise was kept.',
      exitCode: 0,
    });
    const none = summary({ seeds: 0, steps: 0, seconds: 0.1, failed: 0 });
    expect(none.exitCode).toBe(2);
    expect(none.text).toContain('No world was run');
  });

  test('a broken promise ends with 1', () => {
    expect(summary({ ...run, failed: 2 })).toMatchObject({ exitCode: 1 });
  });
});
