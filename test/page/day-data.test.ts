import { expect, test } from 'vitest';
import { BIN_MS, binned, curveOf, DAY_MS, momentsOf, peakOf } from '#console/src/views/day/day-data';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const FROM = NOW - DAY_MS;
const ago = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();

/** A reset that was called and has ended, by minutes before now. */
const reset = (id: string, called: number, ended: number | undefined, more = {}) =>
  ({
    id,
    action: 'reset-nodes',
    pool: 'p',
    nodes: [id],
    state: ended === undefined ? 'running' : 'succeeded',
    createdAt: ago(called + 1),
    updatedAt: ago(ended ?? called),
    stateSince: ago(ended ?? called),
    receipts: [{ at: ago(called), step: 'call', outcome: 'accepted' }],
    ...more,
  }) as never;

test('the curve counts the nodes between their calls and the ends of their remediations', () => {
  const remediations = [
    reset('a', 120, 60),
    reset('b', 90, 30, { nodes: ['b', 'c'] }),
    reset('d', 10, undefined),
    reset('other', 50, 20, { pool: 'q' }),
    reset('tags', 50, 20, { action: 'update-nodes' }),
    reset('refused', 50, 20, { receipts: [{ at: ago(50), step: 'call', outcome: 'refused' }] }),
  ];
  const { atMs, out } = curveOf('p', remediations, FROM, NOW);
  expect(atMs.map((at) => (NOW - at) / 60_000)).toEqual([1_440, 120, 90, 60, 30, 10, 0]);
  expect(out).toEqual([0, 1, 3, 2, 0, 1, 1]);
  expect(peakOf({ atMs, out })).toEqual({ count: 3, atMs: NOW - 90 * 60_000 });
});

test('a node that was out before the day counts from its beginning, and a lost answer counts like a call', () => {
  const remediations = [
    reset('a', 1_500, 1_400),
    reset('b', 5, undefined, { receipts: [{ at: ago(5), step: 'call', outcome: 'unknown' }] }),
  ];
  expect(curveOf('p', remediations, FROM, NOW).out).toEqual([1, 0, 1, 1]);
});

test('alerts, decisions and calls of one pool fall into their quarters of an hour', () => {
  const events = [
    {
      delivery: 'd',
      at: ago(1),
      source: 'smn',
      alerts: [{ alert: 'f', pool: 'p' }, { alert: 'g', pool: 'q' }, { alert: 'h' }],
    },
  ];
  const moments = momentsOf('p', events, [reset('a', 20, 2), reset('b', 20, 2, { pool: 'q' })]);
  expect(moments.map(({ kind, to }) => [kind, to])).toEqual([
    ['decision', 'a'],
    ['call', 'a'],
    ['alert', 'f'],
  ]);
  const { alert, decision, call } = binned(moments, FROM);
  expect(alert).toHaveLength(DAY_MS / BIN_MS);
  expect([alert.at(-1), decision.at(-2), call.at(-2)]).toEqual([1, 1, 1]);
  expect(momentsOf(undefined, events, []).map(({ to }) => to)).toEqual(['h']);
});
