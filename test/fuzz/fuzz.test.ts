import { expect, test } from 'vitest';
import { samplesOf } from './corpus.ts';
import { frontDoor, sourceNames } from './front-door.ts';
import { fuzz, subjectNames, subjectOf } from './run.ts';

/** `npm run fuzz` gives each 100,000. */
const RUNS = 50;

test.each(subjectNames)('%s keeps its promises with odd inputs', async (name) => {
  const subject = subjectOf(name);
  expect(subject.samples).toBeGreaterThan(0);
  const { outcomes, finding } = await fuzz(subject, { seed: 20_261_120, runs: RUNS });
  expect(finding).toBeUndefined();
  expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(RUNS);
});

test.each(sourceNames)('the fuzzer has samples of %s, and the front door takes one', async (name) => {
  const samples = samplesOf(name);
  expect(samples).not.toEqual([]);
  const subject = frontDoor(name);
  const taken: string[] = [];
  for (const sample of samples.keys())
    taken.push(
      await subject.give({ sample, mutations: [], bytes: [], proof: 'token', headers: {}, ends: true }),
    );
  expect(taken.some((outcome) => outcome.startsWith('202'))).toBe(true);
});
