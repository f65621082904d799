import { describe, expect, test } from 'vitest';
import type { Run } from '../../run.ts';
import { POOL, runOf } from '../run-of.ts';
import { refusedForCause } from './consent-evidence.ts';

const AT_MS = 60_000;
const BY = 'migrate-nodes#1';
const iso = (ms: number) => new Date(ms).toISOString();

/** A pool that is known to have two nodes. Its second one comes at a time, and a guard says at 60 s that it saw too little. */
function runWhere({ secondComesAtMs, readAtMs }: { secondComesAtMs: number; readAtMs: number }): Run {
  const guard = { step: 'guard', guard: 'source-keeps-a-node', allowed: false, unknown: true, why: 'unseen' };
  const remediation = { id: 'r-1', action: 'migrate-nodes', pool: POOL, state: 'deferred' };
  return runOf({
    pasts: { 'node-1': [{}], 'node-2': [{ fromMs: secondComesAtMs }] },
    writes: [
      { atMs: 0, by: BY, pk: `pool#${POOL}`, value: { size: { nodes: 2 }, held: {} } },
      {
        atMs: AT_MS,
        by: BY,
        pk: 'remediation#r-1',
        value: { ...remediation, receipts: [{ ...guard, targets: ['node-1'] }] },
      },
    ],
    requests: [{ by: BY, path: `/pools/${POOL}/nodes`, atMs: readAtMs }],
  });
}

describe('a guard that saw too little of a pool', () => {
  test('was right if the pool was read before its last node came, also if that came before the record', () => {
    expect([...refusedForCause(runWhere({ secondComesAtMs: 55_000, readAtMs: 50_000 }))]).toEqual([]);
  });

  test('was wrong if the pool was read as a whole', () => {
    const [finding] = refusedForCause(runWhere({ secondComesAtMs: 45_000, readAtMs: 50_000 }));
    expect(finding?.what).toContain('its pool was read as it was');
  });
});

test.each([
  ['just now', 1_000, true],
  ['long ago', 600_000, false],
])(
  'a supernode that may have more nodes is refused for cause if the pool was read first %s',
  (_, agoMs, isRight) => {
    const atMs = 1_000_000;
    const guard = { step: 'guard', guard: 'whole-supernode', allowed: false, unknown: true, why: 'unseen' };
    const remediation = { id: 'r-1', action: 'migrate-nodes', pool: POOL, state: 'deferred' };
    const run = runOf({
      pasts: { 'node-1': [{}] },
      writes: [
        { atMs: atMs - agoMs, by: BY, pk: `pool#${POOL}`, value: { size: { nodes: 1 } } },
        {
          atMs,
          by: BY,
          pk: 'remediation#r-1',
          value: { ...remediation, receipts: [{ ...guard, targets: ['node-1'] }] },
        },
      ],
      requests: [{ by: BY, path: `/pools/${POOL}/nodes`, atMs: atMs - 500 }],
    });
    expect([...refusedForCause(run)].length === 0).toBe(isRight);
  },
);

test.each([
  ['fires', [], false],
  ['has resolved, and an older one fires', [{ status: 'resolved' }], true],
  ['has resolved, and fires again', [{ status: 'resolved' }, { status: 'firing' }], false],
])(
  'an alert from after the last call for its node is refused for cause if it %s',
  (_, delivered, isRight) => {
    const HOUR_MS = 3_600_000;
    const [older, younger] = [0, 5 * HOUR_MS].map((ms) => new Date(ms).toISOString());
    const guard = {
      step: 'guard',
      guard: 'newer-than-last-remediation',
      allowed: false,
      why: 'it began before',
    };
    const call = { action: 'reset-nodes', pool: POOL, callingAt: new Date(2 * HOUR_MS).toISOString() };
    const run = runOf({
      pasts: { 'node-1': [{}] },
      delivered: delivered.map((one, index) => ({
        ...one,
        episode: { fingerprint: 'younger', startsAtMs: 5 * HOUR_MS },
        sentAtMs: (5.5 + index / 10) * HOUR_MS,
      })),
      writes: [
        {
          atMs: 2 * HOUR_MS,
          pk: 'call#c-1',
          value: { ...call, members: [{ remediation: 'r-0', targets: ['node-1'] }] },
        },
        {
          atMs: 6 * HOUR_MS,
          pk: 'remediation#r-1',
          value: {
            id: 'r-1',
            action: 'reset-nodes',
            pool: POOL,
            state: 'skipped',
            alerts: [
              { fingerprint: 'older', startsAt: older },
              { fingerprint: 'younger', startsAt: younger },
            ],
            receipts: [{ ...guard, targets: ['node-1'] }],
          },
        },
      ],
    });
    expect([...refusedForCause(run)].length === 0).toBe(isRight);
  },
);

test.each([
  ['was not made', undefined, false],
  ['was lost, and searched until after it began', 'c-1', true],
])('an alert that began after a call is refused for cause if that %s', (_, callId, isRight) => {
  const HOUR_MS = 3_600_000;
  const guard = {
    step: 'guard',
    guard: 'newer-than-last-remediation',
    allowed: false,
    why: 'it began before',
  };
  const reset = { action: 'reset-nodes', pool: POOL };
  const run = runOf({
    pasts: { 'node-1': [{}] },
    writes: [
      {
        atMs: HOUR_MS,
        pk: 'call#c-1',
        value: { ...reset, callingAt: iso(HOUR_MS), members: [{ remediation: 'r-0', targets: ['node-1'] }] },
      },
      {
        atMs: 2 * HOUR_MS,
        pk: 'remediation#r-0',
        value: {
          ...reset,
          id: 'r-0',
          callId,
          outcomes: { 'node-1': { state: 'running' } },
          stateSince: iso(2 * HOUR_MS),
        },
      },
      {
        atMs: 3 * HOUR_MS,
        pk: 'remediation#r-1',
        value: {
          ...reset,
          id: 'r-1',
          state: 'skipped',
          alerts: [{ fingerprint: 'a', startsAt: iso(1.9 * HOUR_MS) }],
          receipts: [{ ...guard, targets: ['node-1'] }],
        },
      },
    ],
  });
  expect([...refusedForCause(run)].length === 0).toBe(isRight);
});

const SHARED = { guard: 'node-present', handsOver: true, why: 'it is unclear which of 2 nodes is meant' };
const RESOLVED = { guard: 'alert-firing', why: 'the alert has resolved' };

test.each([
  ['the command ends for another reason', 'odd-shared-address', [SHARED, RESOLVED], true],
  ['the command ends for nothing else', 'odd-shared-address', [SHARED], false],
  ['another guard only defers it', 'odd-shared-address', [SHARED, { ...RESOLVED, defers: true }], false],
  ['the list was as it is', undefined, [SHARED, RESOLVED], false],
])('a node that an odd list shows twice is refused for cause if %s', (_, odd, said, isRight) => {
  const alert = { fingerprint: 'a', startsAt: iso(0) };
  const receipts = said.map((one) => ({ step: 'guard', allowed: false, targets: ['node-1'], ...one }));
  const remediation = { id: 'r-1', action: 'reset-nodes', pool: POOL, state: 'skipped' };
  const run = runOf({
    deployment: { rules: [] },
    pasts: { 'node-1': [{}] },
    delivered: [{ status: 'resolved', episode: { fingerprint: 'a', startsAtMs: 0 }, sentAtMs: 30_000 }],
    writes: [
      { atMs: AT_MS, by: BY, pk: 'remediation#r-1', value: { ...remediation, alerts: [alert], receipts } },
    ],
    requests: [{ by: BY, path: `/pools/${POOL}/nodes`, atMs: AT_MS - 500, odd }],
  });
  expect([...refusedForCause(run)].length === 0).toBe(isRight);
});
