import { expect, test } from 'vitest';
import { windowOpen } from '#lib/guards/window';
import { factsOf, NOW, poolOfNodes } from '#test/capacity/pool-facts';

const verdict = (window: object, origin: object = {}) =>
  windowOpen(
    factsOf(poolOfNodes(1), {
      window,
      remediation: { reason: { source: 'schedule' }, ...origin },
    } as object),
    NOW,
  );
const closed = { open: false, why: 'no window is open', opensAt: '2026-11-21T22:00:00.000Z' };

test('outside of a window a command waits for the next one, until its opening', () => {
  expect(verdict(closed)).toEqual({
    guard: 'window',
    allowed: false,
    defers: true,
    until: closed.opensAt,
    why: closed.why,
  });
});

test('where none is known to open it is refused for good', () => {
  const { opensAt: _none, ...never } = closed;
  expect(verdict(never)).toEqual({ guard: 'window', allowed: false, why: closed.why });
});

test('inside, and for a schedule of the rules file at any time, it is carried out', () => {
  expect(verdict({ open: true, why: 'any time' }).allowed).toBe(true);
  expect(verdict(closed, { scheduledBy: 'at-night' }).allowed).toBe(true);
});
