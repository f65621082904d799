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
])('a command that was deferred %s: %j is right: %s', (_, { deferrals, start }, isRight) => {
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
])('a command that waits for a slot, and %s, is woken when one is released: %s', (_, held, isToBeTold) => {
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

test.each<
  [
    string,
    { endedMs?: number; state?: string; mishaps?: Record<string, string>; told?: string[] },
    string | undefined,
  ]
>([
  ['is woken', { told: ['r-2'] }, undefined],
  ['is not woken', {}, 'r-2'],
  ['is not woken, though the one behind it is', { told: ['r-3'] }, 'r-2'],
  ['is withdrawn before, and the next is woken', { endedMs: 80, told: ['r-3'] }, undefined],
  ['is withdrawn before, and the next is not woken', { endedMs: 80 }, 'r-3'],
  ['is woken, and withdrawn after that', { endedMs: 2_000, told: ['r-2'] }, undefined],
  ['is withdrawn long after, and was not woken', { endedMs: 6_000 }, 'r-2'],
  ['is only deferred once more', { endedMs: 80, state: 'deferred' }, 'r-2'],
  [
    'is withdrawn by a process that dies',
    { endedMs: 80, mishaps: { 'console#1': 'killed-after' } },
    undefined,
  ],
])(
  'the oldest command that waits for a slot %s: %j',
  (_, { endedMs, state = 'rejected', mishaps, told = [] }, missed) => {
    const until = new Date(AT_MS + DAY_MS).toISOString();
    const waiting = ['r-2', 'r-3'].map((remediation) => ({
      remediation,
      createdAt: `2026-11-20T09:00:0${remediation.slice(2)}Z`,
      waitsFor: 'place',
      until,
    }));
    const history = told.map((id) => ({ body: JSON.stringify({ id }), sentAtMs: AT_MS + 100 }));
    const run = runOf({
      deployment: { queues: new Map([['reset-nodes', { history }]]) },
      ...(mishaps && { mishaps }),
      writes: [
        ...waiting.map(({ remediation: id }) => ({
          atMs: 1,
          pk: `remediation#${id}`,
          value: { id, state: 'deferred', deferredUntil: until },
        })),
        {
          atMs: 2,
          pk: `pool#${POOL}`,
          value: { pool: POOL, held: { 'node-1': { remediation: 'r-1' } }, waiting },
        },
        { atMs: AT_MS, pk: `pool#${POOL}`, value: { pool: POOL, held: {}, waiting } },
        ...(endedMs === undefined
          ? []
          : [
              {
                atMs: AT_MS + endedMs,
                by: 'console#1',
                pk: 'remediation#r-2',
                value: { id: 'r-2', state, deferredUntil: until },
              },
            ]),
      ],
    });
    const found = [...turnsAreTaken(run)].map(({ what }) => /slot at .*, and (r-\d)/.exec(what)?.[1]);
    expect(found).toEqual(missed === undefined ? [] : [missed]);
  },
);
