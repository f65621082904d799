import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { absenceOf, sightingOf } from '#lib/modelarts/reading/absence';
import type { Listing } from '#lib/modelarts/replies/listing';

const now = Date.parse('2026-11-20T10:00:00Z');
const GONE_AFTER_MS = 60_000;
const iso = (ms: number) => new Date(ms).toISOString();

const list = (names: string[], unreadable: Listing<string>['unreadable'] = []): Listing<string> => ({
  items: names,
  unreadable,
});
const look = (listing: Listing<string>) =>
  sightingOf(
    listing,
    (name) => name === 'a',
    (name) => name === 'a',
  );

describe('an entry of a list', () => {
  test.each([
    ['is seen', list(['a', 'b']), 'seen'],
    ['is seen beside others that cannot be read', list(['a'], [{ why: 'x' }]), 'seen'],
    ['is missing', list(['b']), 'not-seen'],
    ['is missing beside another that cannot be read', list(['b'], [{ name: 'b', why: 'x' }]), 'not-seen'],
    ['may be one that cannot be read', list(['b'], [{ why: 'x' }]), 'unreadable'],
    ['cannot be read', list(['b'], [{ name: 'a', why: 'x' }]), 'unreadable'],
    ['is missing from an empty list', list([]), 'doubtful'],
  ])('%s', (_, listing, kind) => expect(look(listing).kind).toBe(kind));

  test('may be one that does not show its name', () => {
    const sighting = sightingOf(
      list(['b']),
      (name) => name === 'a',
      () => false,
      (name) => name === 'b',
    );
    expect(sighting.kind).toBe('unreadable');
  });
});

const kinds = fc.constantFrom('seen', 'unreadable', 'not-seen', 'doubtful');
type Look = { kind: 'seen' | 'unreadable' | 'not-seen' | 'doubtful'; afterMs: number };

/** The knowledge after several readings, each so long after the one before. */
function after(looks: readonly Look[]): { gone: boolean; atMs: number; since: string | undefined } {
  let since: string | undefined;
  let atMs = now;
  let gone = false;
  for (const { kind, afterMs } of looks) {
    atMs += afterMs;
    ({ notSeenSince: since, gone } = absenceOf({ kind }, since, atMs, GONE_AFTER_MS));
  }
  return { gone, atMs, since };
}

describe('gone', () => {
  test('is what was missing from two whole lists that far apart', () => {
    expect(after([{ kind: 'not-seen', afterMs: 0 }]).gone).toBe(false);
    const twice = (afterMs: number) =>
      after([
        { kind: 'not-seen', afterMs: 0 },
        { kind: 'not-seen', afterMs },
      ]);
    expect(twice(GONE_AFTER_MS - 1)).toMatchObject({ gone: false, since: iso(now) });
    expect(twice(GONE_AFTER_MS).gone).toBe(true);
  });

  test('is nothing that was seen in between', () => {
    const { gone } = after([
      { kind: 'not-seen', afterMs: 0 },
      { kind: 'seen', afterMs: 30_000 },
      { kind: 'not-seen', afterMs: 60_000 },
    ]);
    expect(gone).toBe(false);
  });

  test('needs two lists that were whole, with any other lists beside them', () => {
    const looks = fc.array(fc.record({ kind: kinds, afterMs: fc.integer({ min: 0, max: 90_000 }) }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(looks as fc.Arbitrary<Look[]>, (some) => {
        const { gone, atMs } = after(some);
        if (!gone) return;
        const times = some.map((_, index) => after(some.slice(0, index + 1)).atMs);
        const lastSeen = some.findLastIndex(({ kind }) => kind === 'seen');
        const missed = times.filter((_, index) => index > lastSeen && some[index]?.kind === 'not-seen');
        expect(some.at(-1)?.kind).toBe('not-seen');
        expect(atMs - Math.min(...missed)).toBeGreaterThanOrEqual(GONE_AFTER_MS);
      }),
    );
  });
});
