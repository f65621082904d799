import { expect, test } from 'vitest';
import type { Facts } from '#lib/guards/guard';
import { boundedRounds } from '#lib/guards/rounds';

const DAY = 24 * 3_600_000;
const NOW = Date.parse('2026-11-20T10:00:00Z');
const at = (agoMs: number) => new Date(NOW - agoMs).toISOString();

/** The verdict on a ladder `mine` of rule `r`, which may begin twice in two days, after these ladders of the node. */
function verdict(...rounds: { rule: string; root: string; at: string }[]) {
  const facts = {
    remediation: { rule: 'r', ladder: { root: 'mine', rung: 0 } },
    record: { pool: 'p', node: 'n', rounds },
    limits: { rounds: { max: 2, withinMs: 2 * DAY } },
  };
  return boundedRounds(facts as unknown as Facts, NOW);
}

const round = (root: string, { rule = 'r', agoMs = DAY } = {}) => ({ rule, root, at: at(agoMs) });

test.each([
  ['none', [], true],
  ['one', [round('a')], true],
  ['two', [round('a'), round('b')], false],
  ['two, one of them by another rule', [round('a'), round('b', { rule: 'other' })], true],
  ['two, one of them begun longer ago', [round('a'), round('b', { agoMs: 2 * DAY })], true],
  ['three, one of them its own', [round('a'), round('b'), round('mine')], true],
])('after %s a ladder of the rule may begin: %s', (_name, rounds, allowed) => {
  expect(verdict(...rounds)).toMatchObject(allowed ? { allowed } : { allowed, handsOver: true });
});
