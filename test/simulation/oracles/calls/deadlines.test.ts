import { expect, test } from 'vitest';
import { runOf } from '../run-of.ts';
import { deadlinesHold } from './deadlines.ts';

const MINUTE_MS = 60_000;
const DEADLINE = 60;
const iso = (minutes: number) => new Date(minutes * MINUTE_MS).toISOString();
const verify = { withinMs: 20 * MINUTE_MS, healthyForMs: 5 * MINUTE_MS };
const rules = {
  polling: { everyMs: MINUTE_MS },
  rules: [
    { name: 'r', ladder: [{}, { verify }] },
    { name: 'act', ladder: [{ verify: { withinMs: 0 } }] },
  ],
};
const RESET = { id: 'r-1', action: 'reset-nodes', rule: 'r', mode: 'act', jobId: 'job-1', callId: 'call-1' };

type Look = { minutes: number; by?: string; dies?: boolean; callId?: string };

/** Whether it is too late to end so many minutes after the deadline. `told`: when a person heard of it before; `failed`: when its rung failed after that. */
function isLate(
  minutes: number,
  more: object = {},
  {
    looks = [],
    told,
    failed,
    call = 'accepted',
  }: { looks?: readonly Look[]; told?: number; failed?: number; call?: string } = {},
) {
  const value = { ...RESET, deadline: iso(DEADLINE), ...more };
  const processes = looks.map((look, index) => ({ name: `${look.by ?? 'poll-jobs'}#${index + 1}`, ...look }));
  const states = [
    { state: 'verifying', at: -1 },
    ...(told === undefined ? [] : [{ state: 'needs-human', at: told }]),
    ...(failed === undefined ? [] : [{ state: 'submitting', at: failed }]),
    { state: 'succeeded', at: minutes },
  ];
  const run = runOf({
    rules,
    deployment: {
      rules: [],
      begun: new Map(
        processes.map(({ name, minutes: at, dies }) => [
          name,
          { atMs: (DEADLINE + at) * MINUTE_MS, ...(dies && { killed: true }) },
        ]),
      ),
      batches: new Map(processes.map(({ name, callId = 'call-1' }) => [name, [JSON.stringify({ callId })]])),
    },
    writes: [
      { atMs: 1, pk: 'call#call-1', value: { state: call } },
      ...states.map(({ state, at }) => ({
        atMs: (DEADLINE + at) * MINUTE_MS,
        pk: 'remediation#r-1',
        value: { ...value, state },
      })),
    ],
  });
  return [...deadlinesHold(run)].length > 0;
}

test.each([
  ['of a rung without verify', {}, 11],
  ['of a rung with one', { ladder: { root: 'r-1', rung: 1 } }, 36],
  ['of a step after a resolution, which has none', { resolution: { step: 1 }, ladder: { rung: 1 } }, 11],
])('no call is followed for longer than its deadline and the verify %s', (_, more, most) => {
  expect(isLate(most, more)).toBe(false);
  expect(isLate(most + 1, more)).toBe(true);
});

test('a rung that had ended in time may fail later, and its ladder goes on by the next sweep', () => {
  const failedAt = iso(DEADLINE + 20);
  const isLateAt = (minutes: number) =>
    isLate(minutes, { ladder: { root: 'r-1', rung: 0, failedAt } }, { call: 'ended', told: 0, failed: 20 });
  expect(isLateAt(43)).toBe(false);
  expect(isLateAt(44)).toBe(true);
});

test('a sweep that dies over it leaves it to the next one', () => {
  const failed = { call: 'ended', told: 0, failed: 20 };
  const ladder = { root: 'r-1', rung: 0, failedAt: iso(DEADLINE + 20) };
  const isLateAt = (minutes: number, dies: boolean) =>
    isLate(minutes, { ladder }, { ...failed, looks: [{ minutes: 42, by: 'sweep', dies }] });
  expect(isLateAt(48, true)).toBe(false);
  expect(isLateAt(49, true)).toBe(true);
  expect(isLateAt(48, false)).toBe(true);
});

const dead = (...times: number[]): Look[] => times.map((minutes) => ({ minutes, dies: true }));

test('a poll that dies moves the end to the next poll, and no further', () => {
  const looks = [...dead(1, 8), { minutes: 14 }];
  expect(isLate(14, {}, { looks })).toBe(false);
  expect(isLate(19, {}, { looks })).toBe(false);
  expect(isLate(20, {}, { looks })).toBe(true);
});

test('a poll that lives moves nothing; a death after the end, or at another call, moves nothing either', () => {
  expect(isLate(14, {}, { looks: [{ minutes: 1 }, { minutes: 8 }, { minutes: 14 }] })).toBe(true);
  expect(isLate(30, {}, { looks: [{ minutes: 1 }, ...dead(20), { minutes: 30 }] })).toBe(true);
  const looks = [
    { minutes: 8, dies: true, callId: 'call-2' },
    { minutes: 14, callId: 'call-2' },
  ];
  expect(isLate(14, {}, { looks })).toBe(true);
});

test('a poll whose message never comes again moves the end to the time when a sweep has found its call', () => {
  expect(isLate(36, {}, { looks: dead(8) })).toBe(false);
  expect(isLate(37, {}, { looks: dead(8) })).toBe(true);
});

test('a sweep reports a call that no message follows', () => {
  expect(isLate(22, {}, { call: 'refused' })).toBe(false);
  expect(isLate(23, {}, { call: 'refused' })).toBe(true);
});

test('a person who hears of it in time is enough, and one who hears of it late is not', () => {
  expect(isLate(90, {}, { told: 1 })).toBe(false);
  expect(isLate(90, {}, { told: 12 })).toBe(true);
});
