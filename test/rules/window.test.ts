import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Window } from '#lib/rules/rules';
import { windowAt } from '#lib/rules/window';
import { runs } from '#test/runs';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const NIGHT: Window = { start: '0 22 * * ? *', lengthMs: 6 * HOUR, timezone: 'UTC' };
const berlin = (start: string, lengthMs: number): Window => ({ start, lengthMs, timezone: 'Europe/Berlin' });
const stateAt = (windows: readonly Window[], time: string) => windowAt(windows, Date.parse(time));
const isOpen = (windows: readonly Window[], time: string) => stateAt(windows, time).open;

test('a pool without windows allows work at any time', () => {
  expect(stateAt([], '2026-11-20T10:00:00Z')).toEqual({
    open: true,
    why: 'the pool allows work at any time',
  });
});

describe('a window over midnight', () => {
  test.each([
    ['2026-11-20T21:59:59.999Z', false],
    ['2026-11-20T22:00:00Z', true],
    ['2026-11-20T22:00:30Z', true],
    ['2026-11-21T00:00:00Z', true],
    ['2026-11-21T03:59:59.999Z', true],
    ['2026-11-21T04:00:00Z', false],
    ['2026-11-21T04:00:30Z', false],
  ])('at %s: %s', (time, open) => {
    expect(isOpen([NIGHT], time)).toBe(open);
  });

  test('says until when, and when next', () => {
    expect(stateAt([NIGHT], '2026-11-21T01:00:00Z')).toEqual({
      open: true,
      why: 'a window is open until 2026-11-21T04:00:00.000Z',
      closesAt: '2026-11-21T04:00:00.000Z',
      timezone: 'UTC',
    });
    expect(stateAt([NIGHT], '2026-11-21T04:00:00Z')).toEqual({
      open: false,
      why: 'no window is open; the next opens at 2026-11-21T22:00:00.000Z',
      opensAt: '2026-11-21T22:00:00.000Z',
      timezone: 'UTC',
    });
  });
});

test('of several windows any may be open, and the next of any is named', () => {
  const noon: Window = { start: '30 12 * * ? *', lengthMs: 90_000, timezone: 'UTC' };
  expect(isOpen([NIGHT, noon], '2026-11-20T12:31:29Z')).toBe(true);
  expect(isOpen([NIGHT, noon], '2026-11-20T12:31:30Z')).toBe(false);
  expect(stateAt([NIGHT, noon], '2026-11-20T10:00:00Z')).toMatchObject({
    opensAt: '2026-11-20T12:30:00.000Z',
  });
  expect(stateAt([NIGHT, noon], '2026-11-20T13:00:00Z')).toMatchObject({
    opensAt: '2026-11-20T22:00:00.000Z',
  });
});

test('one a week is found up to eight days ahead, one a month is not', () => {
  const saturdays = berlin('0 22 ? * SAT *', 6 * HOUR);
  // A moment after it has closed, at 04:00 on Sunday.
  expect(stateAt([saturdays], '2026-11-22T03:00:00Z')).toMatchObject({ opensAt: '2026-11-28T21:00:00.000Z' });
  const monthly: Window = { start: '0 0 1 * ? *', lengthMs: HOUR, timezone: 'UTC' };
  expect(stateAt([monthly], '2026-11-20T10:00:00Z')).toEqual({
    open: false,
    why: 'no window opens within the next eight days',
  });
});

describe('when the clocks change, a window keeps its length', () => {
  // In Berlin on 2026-03-29 02:00 becomes 03:00, and on 2026-10-25 03:00 becomes 02:00.
  test.each([
    ['2026-03-28T23:29:00Z', false],
    ['2026-03-28T23:30:00Z', true],
    ['2026-03-29T03:29:00Z', true],
    ['2026-03-29T03:30:00Z', false],
    ['2026-10-24T22:30:00Z', true],
    ['2026-10-25T02:29:00Z', true],
    ['2026-10-25T02:30:00Z', false],
  ])('at %s: %s', (time, open) => {
    expect(isOpen([berlin('30 0 * * ? *', 4 * HOUR)], time)).toBe(open);
  });

  test('one that would open in the hour that is skipped does not that day', () => {
    const skipped = berlin('30 2 * * ? *', HOUR);
    expect(isOpen([skipped], '2026-03-29T01:30:00Z')).toBe(false);
    expect(stateAt([skipped], '2026-03-28T03:00:00Z')).toMatchObject({ opensAt: '2026-03-30T00:30:00.000Z' });
  });

  test('one in the hour that comes twice opens the first time', () => {
    const twice = berlin('30 2 * * ? *', 20 * MINUTE);
    expect(isOpen([twice], '2026-10-25T00:35:00Z')).toBe(true);
    expect(isOpen([twice], '2026-10-25T01:35:00Z')).toBe(false);
  });
});

test('a window in UTC is open as plain arithmetic says, and the opening that it names is the first', () => {
  fc.assert(
    fc.property(
      fc.nat(23),
      fc.nat(59),
      fc.integer({ min: 1, max: 30 * 60 }),
      fc.integer({ min: Date.parse('2026-01-01T00:00:00Z'), max: Date.parse('2026-12-31T00:00:00Z') }),
      (hour, minute, minutes, now) => {
        const window: Window = {
          start: `${minute} ${hour} * * ? *`,
          lengthMs: minutes * MINUTE,
          timezone: 'UTC',
        };
        const sinceOpening = (now - hour * HOUR - minute * MINUTE) % DAY;
        const opened = sinceOpening < window.lengthMs;
        const state = windowAt([window], now);
        expect(state.open).toBe(opened);
        if (!state.open) expect(Date.parse(state.opensAt!)).toBe(now - sinceOpening + DAY);
      },
    ),
    { numRuns: runs(100) },
  );
});
