import { expect, test } from 'vitest';
import { faultBegan } from '#lib/guards/fault';
import type { Facts } from '#lib/guards/guard';
import type { AlertRecord } from '#lib/ledger/alert-document';

const MINUTE = 60_000;
const START = Date.parse('2026-11-20T10:00:00Z');
const at = (minutes: number) => new Date(START + minutes * MINUTE).toISOString();

type Fired = { from: number; seen?: number; over?: number; claims?: number };

/** An alert that fired between these minutes. */
const alert = (fingerprint: string, { from, seen = from, over, claims = from }: Fired): AlertRecord => ({
  source: 'alertmanager',
  fingerprint,
  startsAt: at(claims),
  beganAt: at(from),
  status: over === undefined ? 'firing' : 'resolved',
  seenAt: at(over ?? seen),
  ...(over !== undefined && { resolvedAt: at(over) }),
});

/** The minute in which the fault behind an alert of minute 60 began, in a rule whose evidence is good for ten minutes. */
function began(others: readonly AlertRecord[], lookedBackTo?: string, own: Fired = { from: 60 }): number {
  const facts = {
    remediation: { alerts: [] },
    alerts: [alert('own', own)],
    limits: { maxEvidenceAgeMs: 10 * MINUTE },
  };
  return (faultBegan(facts as unknown as Facts, { alerts: others, lookedBackTo }) - START) / MINUTE;
}

test.each<[string, number, AlertRecord[]]>([
  ['itself, if it is alone', 60, []],
  ['an alert that still fires', 30, [alert('a', { from: 30, seen: 55 })]],
  ['an alert that was over at the same moment', 30, [alert('a', { from: 30, over: 59 })]],
  ['itself, if the other was over before', 60, [alert('a', { from: 30, over: 50 })]],
  [
    'itself, if the last delivery of the other is no evidence any more',
    60,
    [alert('a', { from: 30, seen: 48 })],
  ],
  [
    'the first of several, each still firing when the next began',
    10,
    [
      alert('a', { from: 40, over: 62 }),
      alert('b', { from: 10, over: 25 }),
      alert('c', { from: 20, over: 41 }),
    ],
  ],
  [
    'an alert that was over and claims the same beginning',
    30,
    [alert('a', { from: 30, over: 40, claims: 60 })],
  ],
  [
    'itself, if its sender has claimed another beginning of the other, which is over',
    60,
    [alert('a', { from: 30, seen: 52 }), alert('a', { from: 54, over: 56 })],
  ],
])('the fault behind an alert began with %s', (_, minute, others) => {
  expect(began(others)).toBe(minute);
});

test('a fault that reaches back to the end of the read alerts may be older', () => {
  const others = [alert('a', { from: 30, seen: 55 })];
  expect(began(others, at(31))).toBe(-Infinity);
  expect(began(others, at(30))).toBe(-Infinity);
  expect(began(others, at(29))).toBe(30);
});

test('an alert whose sender has another clock began when it was received', () => {
  expect(began([], undefined, { from: 60, claims: 90 })).toBe(60);
  expect(began([], undefined, { from: 60, claims: 20 })).toBe(60);
});
