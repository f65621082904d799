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

type Look = { minutes: number; dies?: boolean; callId?: string };

/** The last look at a node is so many minutes after the deadline. */
function followed(
  minutes: number,
  more: object = {},
  { looks = [], told }: { looks?: readonly Look[]; told?: number } = {},
) {
  const receipts = [{ step: 'verify', at: iso(DEADLINE + minutes) }];
  const value = { ...RESET, state: 'succeeded', deadline: iso(DEADLINE), receipts, ...more };
  const processes = looks.map((look, index) => ({ name: `poll-jobs#${index + 1}`, ...look }));
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
      ...(told === undefined
        ? []
        : [
            {
              atMs: (DEADLINE + told) * MINUTE_MS,
              pk: 'remediation#r-1',
              value: { ...value, state: 'needs-human' },
            },
          ]),
      { atMs: (DEADLINE + minutes) * MINUTE_MS, pk: 'remediation#r-1', value },
    ],
  });
  return [...deadlinesHold(run)].length > 0;
}

test.each([
  ['of a rung without verify', {}, 11],
  ['of a rung with one', { ladder: { root: 'r-1', rung: 1 } }, 36],
  ['of a step after a resolution, which has none', { resolution: { step: 1 }, ladder: { rung: 1 } }, 11],
])('nothing is looked at for longer than its deadline and the verify %s', (_, more, most) => {
  expect(followed(most, more)).toBe(false);
  expect(followed(most + 1, more)).toBe(true);
});

const dead = (...times: number[]): Look[] => times.map((minutes) => ({ minutes, dies: true }));

test('a look that dies moves the end to the next look, and no further', () => {
  const looks = [...dead(1, 8), { minutes: 14 }];
  expect(followed(14, {}, { looks })).toBe(false);
  expect(followed(19, {}, { looks })).toBe(false);
  expect(followed(20, {}, { looks })).toBe(true);
});

test('a look that lives moves nothing, nor do deaths after the time was over, or at another call', () => {
  expect(followed(14, {}, { looks: [{ minutes: 1 }, { minutes: 8 }, { minutes: 14 }] })).toBe(true);
  expect(followed(30, {}, { looks: [{ minutes: 1 }, ...dead(20), { minutes: 30 }] })).toBe(true);
  const looks = [
    { minutes: 8, dies: true, callId: 'call-2' },
    { minutes: 14, callId: 'call-2' },
  ];
  expect(followed(14, {}, { looks })).toBe(true);
});

test('a look whose message never comes again moves the end to the time when a sweep has found its call', () => {
  expect(followed(36, {}, { looks: dead(8) })).toBe(false);
  expect(followed(37, {}, { looks: dead(8) })).toBe(true);
});

test('a person who is told in time is enough, and one who is told late is not', () => {
  expect(followed(90, {}, { told: 1 })).toBe(false);
  expect(followed(90, {}, { told: 12 })).toBe(true);
  expect(followed(90, { state: 'needs-human' })).toBe(true);
});
