import { expect, test } from 'vitest';
import { faultsOf, figuresOf, type Seen } from './verdict.ts';

const good: Seen = {
  minutes: 10,
  kills: 12,
  repeated: 3,
  accepted: [
    { node: 'n1', remediations: ['r1'] },
    { node: 'n2', remediations: ['r2'] },
  ],
  states: { r1: 'succeeded', r2: 'needs-human' },
  resets: { n1: 1 },
  deadLetters: 0,
  heap: Array.from({ length: 30 }, (_, index) => 50e6 + (index % 3) * 1e6),
};

test('a soak passes if every alert has an outcome', () => {
  expect(faultsOf(good)).toEqual([]);
  expect(figuresOf(good)).toContain('outcomes: 1 succeeded, 1 needs-human');
});

test('what a process needs in its first minute is no growth', () => {
  const heap = good.heap.map((bytes, index) => bytes - Math.max(0, 12 - index) * 2e6);
  expect(faultsOf({ ...good, heap })).toEqual([]);
});

test.each<[string, Partial<Seen>]>([
  ['remediation r2 was accepted, and the ledger does not have it', { states: { r1: 'succeeded' } }],
  ['remediation r2 has no outcome: it is running', { states: { r1: 'succeeded', r2: 'running' } }],
  ['n1 was reset 2 times, for fewer alerts', { resets: { n1: 2 } }],
  ['n3 was reset 1 times, for fewer alerts', { resets: { n3: 1 } }],
  ['2 messages are dead letters', { deadLetters: 2 }],
  [
    'the heap grew by +40.0 %',
    { heap: Array.from({ length: 30 }, (_, index) => (index < 22 ? 50e6 : 70e6)) },
  ],
  ['no alert was accepted', { accepted: [], resets: {} }],
])('and fails if %s', (fault, change) => {
  expect(faultsOf({ ...good, ...change })).toEqual([fault]);
});
