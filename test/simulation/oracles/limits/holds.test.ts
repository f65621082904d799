import { expect, test } from 'vitest';
import { POOL, runOf } from '../run-of.ts';
import { turnsAreTaken, wakingIsBounded } from './holds.ts';

const DAY_MS = 24 * 3_600_000;
const AT_MS = Date.parse('2026-11-20T10:00:00Z');

test.each<[string, { deferrals: number; start?: string }, boolean]>([
  ['100 times in a day', { deferrals: 100 }, true],
  ['121 times, in a pool without windows', { deferrals: 121 }, false],
  ['121 times, as often as a window opens', { deferrals: 121, start: '4/12 * * * ? *' }, true],
  ['121 times, where a window opens every two hours', { deferrals: 121, start: '0 0/2 * * ? *' }, false],
  ['230 times, with a window every twelve minutes', { deferrals: 230, start: '4/12 * * * ? *' }, false],
])('a command that was put off %s: %j is right: %s', (_, { deferrals, start }, isRight) => {
  const [createdAt, deferredUntil] = [AT_MS, AT_MS + DAY_MS].map((ms) => new Date(ms).toISOString());
  const windows = start === undefined ? [] : [{ start, lengthMs: 3 * 60_000, timezone: 'UTC' }];
  const run = runOf({
    rules: { pools: [{ id: POOL, windows }] },
    deployment: { rules: [] },
    writes: [
      {
        atMs: AT_MS,
        pk: 'remediation#r-1',
        value: { id: 'r-1', pool: POOL, createdAt, deferredUntil, deferrals },
      },
    ],
  });
  expect([...wakingIsBounded(run)].length === 0).toBe(isRight);
});

test.each([
  ['has none', {}, true],
  [
    'has one that a process left to it that died',
    { 'node-2': { remediation: 'r-2', disruptive: true } },
    false,
  ],
])('a command that waits for a place, and %s, is told when one is given back: %s', (_, held, isToBeTold) => {
  const until = new Date(AT_MS + DAY_MS).toISOString();
  const waiting = [{ remediation: 'r-2', createdAt: until, waitsFor: 'place', until }];
  const run = runOf({
    deployment: { queues: new Map() },
    writes: [
      { atMs: 1, pk: 'remediation#r-2', value: { id: 'r-2', state: 'deferred', deferredUntil: until } },
      {
        atMs: 2,
        pk: `pool#${POOL}`,
        value: { pool: POOL, held: { ...held, 'node-1': { remediation: 'r-1', disruptive: true } }, waiting },
      },
      { atMs: AT_MS, pk: `pool#${POOL}`, value: { pool: POOL, held, waiting } },
    ],
  });
  expect([...turnsAreTaken(run)].length > 0).toBe(isToBeTold);
});
