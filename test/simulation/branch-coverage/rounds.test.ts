import { expect, test } from 'vitest';
import { roundsOf } from './rounds.ts';

test('further rounds have other seeds than all before them', () => {
  const rounds = roundsOf({ from: 5, seeds: 10, profile: undefined });
  const seeds = rounds.flatMap(({ from, seeds: many }) =>
    Array.from({ length: many }, (_, index) => from + index),
  );
  expect(seeds[0]).toBe(5);
  expect(new Set(seeds).size).toBe(seeds.length);
  expect(rounds.length).toBeGreaterThan(1);
});

const profilesOf = (profile: 'untidy' | undefined) =>
  roundsOf({ from: 1, seeds: 10, profile }).map((round) => round.profile);

test('every second further round has corners alone, unless one profile is wanted', () => {
  expect(profilesOf(undefined).slice(0, 4)).toEqual([undefined, 'corners', undefined, 'corners']);
  expect(new Set(profilesOf('untidy'))).toEqual(new Set(['untidy']));
});
