import { expect, test } from 'vitest';
import type { Run } from '../../run.ts';
import { wakingIsBounded } from './holds.ts';

const DAY_MS = 24 * 3_600_000;
const AT_MS = Date.parse('2026-11-20T10:00:00Z');

/** A day in which a command of a pool was put off so often, with a window every twelve minutes or without any. */
function runWhere({ deferrals, start }: { deferrals: number; start?: string }): Run {
  const [createdAt, deferredUntil] = [AT_MS, AT_MS + DAY_MS].map((ms) => new Date(ms).toISOString());
  const value = { id: 'r-1', pool: 'pool-1', createdAt, deferredUntil, deferrals };
  const windows = start === undefined ? [] : [{ start, lengthMs: 3 * 60_000, timezone: 'UTC' }];
  return {
    table: { documents: () => [{ pk: 'remediation#r-1', sk: '-', value }] },
    scenario: { inputs: [] },
    mishaps: new Map(),
    rules: { pools: [{ id: 'pool-1', windows }] },
  } as unknown as Run;
}

const isBroken = (run: Run) => [...wakingIsBounded(run)].length > 0;

test('a command that waits looks every quarter of an hour, and at each opening of a window', () => {
  expect(isBroken(runWhere({ deferrals: 100 }))).toBe(false);
  expect(isBroken(runWhere({ deferrals: 121 }))).toBe(true);
  expect(isBroken(runWhere({ deferrals: 121, start: '4/12 * * * ? *' }))).toBe(false);
  expect(isBroken(runWhere({ deferrals: 121, start: '0 0/2 * * ? *' }))).toBe(true);
  expect(isBroken(runWhere({ deferrals: 230, start: '4/12 * * * ? *' }))).toBe(true);
});
