import { expect, test } from 'vitest';
import { noStorm } from '#lib/capacity/storm';
import { at, factsOf, MINUTE, NOW, poolOfNodes } from './pool-facts.ts';

const storm = { since: at(-MINUTE), until: at(9 * MINUTE), nodes: 31, told: true };
const verdict = (known: Parameters<typeof factsOf>[1], now = NOW) =>
  noStorm(factsOf(poolOfNodes(100), known), now);

test('many nodes at once are one incident: nothing is done until it is quiet', () => {
  expect(verdict({ known: { storm } })).toEqual({
    guard: 'storm',
    allowed: false,
    defers: true,
    until: storm.until,
    why: `31 nodes were reported at once since ${storm.since}: that is one incident, and people have its notice`,
  });
});

test('a storm that is over, and none at all, stop no command', () => {
  expect(verdict({ known: { storm } }, NOW + 9 * MINUTE).allowed).toBe(true);
  expect(verdict({}).allowed).toBe(true);
});
