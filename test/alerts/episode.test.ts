import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  beganAtMs,
  claimedTimeMs,
  closedBy,
  type Episode,
  fired,
  GOSSIP_MS,
  isOpen,
  type Known,
  MAX_EPISODES,
  NOTHING_KNOWN,
  type Resolution,
  resolved,
  UNKNOWN_START_MS,
} from '#lib/alerts/episode';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const T0 = Date.parse('2026-11-20T10:00:00Z');

type Delivery =
  | { kind: 'firing'; startsAtMs: number; receivedAtMs: number }
  | { kind: 'resolved'; startsAtMs: number; endsAtMs?: number; receivedAtMs: number };

const firing = (startsAtMs: number, receivedAtMs: number): Delivery => ({
  kind: 'firing',
  startsAtMs,
  receivedAtMs,
});
const over = (startsAtMs: number, receivedAtMs: number, endsAtMs?: number): Delivery => ({
  kind: 'resolved',
  startsAtMs,
  receivedAtMs,
  ...(endsAtMs !== undefined && { endsAtMs }),
});

function deliver(deliveries: readonly Delivery[], from: Known = NOTHING_KNOWN): Known {
  return deliveries.reduce(
    (known, delivery) =>
      delivery.kind === 'firing' ? fired(known, delivery).known : resolved(known, delivery),
    from,
  );
}

const openOnes = ({ episodes }: Known) =>
  episodes
    .filter(isOpen)
    .map(({ startsAtMs, opening }) => `${startsAtMs - T0}/${opening}`)
    .toSorted();

describe('a firing', () => {
  test('opens an episode, and further ones tell that it still fires', () => {
    const first = fired(NOTHING_KNOWN, { startsAtMs: T0, receivedAtMs: T0 + SECOND });
    expect(first).toMatchObject({ means: 'opened', episode: { opening: 0, openedAtMs: T0 + SECOND } });
    const again = fired(first.known, { startsAtMs: T0, receivedAtMs: T0 + 5 * MINUTE });
    expect(again).toMatchObject({
      means: 'still-firing',
      episode: { opening: 0, openedAtMs: T0 + SECOND, seenAtMs: T0 + 5 * MINUTE },
    });
  });

  test('of another beginning is another episode', () => {
    expect(openOnes(deliver([firing(T0, T0), firing(T0 + MINUTE, T0 + MINUTE)]))).toEqual(['0/0', '60000/0']);
  });

  test('that comes within a minute of the resolution is late', () => {
    const known = deliver([firing(T0, T0), over(T0, T0 + MINUTE, T0 + MINUTE)]);
    const late = fired(known, { startsAtMs: T0, receivedAtMs: T0 + MINUTE + GOSSIP_MS });
    expect(late.means).toBe('late');
    expect(isOpen(late.episode)).toBe(false);
  });

  test('that comes later than that reopens the episode, each time under another number', () => {
    let known = deliver([firing(T0, T0)]);
    for (let round = 1; round <= 30; round += 1) {
      const at = T0 + round * 10 * MINUTE;
      known = resolved(known, { startsAtMs: T0, endsAtMs: at, receivedAtMs: at });
      const again = fired(known, { startsAtMs: T0, receivedAtMs: at + GOSSIP_MS + 1 });
      expect(again).toMatchObject({ means: 'reopened', episode: { startsAtMs: T0, opening: round } });
      known = again.known;
      expect(fired(known, { startsAtMs: T0, receivedAtMs: at + 5 * MINUTE })).toMatchObject({
        means: 'still-firing',
        episode: { opening: round },
      });
    }
    expect(known.episodes).toHaveLength(1);
  });

  test('that is overtaken by its resolution is late, with any beginning in the resolution', () => {
    for (const startsAtMs of [T0, T0 + 5 * MINUTE]) {
      const known = deliver([over(startsAtMs, T0 + 5 * MINUTE, T0 + 5 * MINUTE)]);
      expect(fired(known, { startsAtMs: T0, receivedAtMs: T0 + 5 * MINUTE + SECOND }).means).toBe('late');
      const later = fired(known, { startsAtMs: T0, receivedAtMs: T0 + 5 * MINUTE + GOSSIP_MS + 1 });
      expect(later).toMatchObject({ means: 'opened', episode: { opening: 0 } });
    }
  });

  test('that began after the end of the resolution is not late', () => {
    const known = deliver([over(T0, T0 + MINUTE, T0 + MINUTE)]);
    expect(fired(known, { startsAtMs: T0 + MINUTE + 1, receivedAtMs: T0 + MINUTE + SECOND }).means).toBe(
      'opened',
    );
  });
});

const lost = (receivedAtMs: number): Resolution => ({
  startsAtMs: T0,
  endsAtMs: receivedAtMs,
  receivedAtMs,
  lost: 'MissingSeries',
});
const closings = ({ episodes }: Known) => episodes.map(({ closing }) => closing);

describe('a lost resolution', () => {
  test('closes the episode, and says why it is lost', () => {
    const known = resolved(deliver([firing(T0, T0)]), lost(T0 + MINUTE));
    expect(closings(known)).toEqual([
      { receivedAtMs: T0 + MINUTE, endsAtMs: T0 + MINUTE, lost: 'MissingSeries' },
    ]);
    expect(closedBy(known, lost(T0 + MINUTE))).toHaveLength(1);
  });

  test('gives way to a resolution of the same alert, in any order and also before its firing', () => {
    const real = { startsAtMs: T0, endsAtMs: T0 + MINUTE, receivedAtMs: T0 + MINUTE };
    const gone = lost(T0 + MINUTE + SECOND);
    const fires = { startsAtMs: T0, receivedAtMs: T0 + MINUTE + 2 * SECOND };
    for (const [first, second] of [
      [real, gone],
      [gone, real],
    ] as const) {
      const afterwards = resolved(resolved(deliver([firing(T0, T0)]), first), second);
      const overtaken = fired(resolved(resolved(NOTHING_KNOWN, first), second), fires).known;
      for (const known of [afterwards, overtaken]) {
        expect(openOnes(known)).toEqual([]);
        expect(closings(known)[0]).not.toHaveProperty('lost');
      }
      expect(closedBy(afterwards, gone)).toEqual([]);
    }
  });
});

describe('a firing that reports no fault', () => {
  const noData = { startsAtMs: T0, receivedAtMs: T0 + 5 * MINUTE, state: 'nodata' } as const;

  test('does not confirm a reported fault', () => {
    const { episode } = fired(deliver([firing(T0, T0)]), noData);
    expect(episode).toEqual({ startsAtMs: T0, opening: 0, openedAtMs: T0, seenAtMs: T0 });
  });

  test('confirms its own episode, until a fault is reported', () => {
    const first = fired(NOTHING_KNOWN, { ...noData, receivedAtMs: T0 });
    const again = fired(first.known, noData);
    expect(again).toMatchObject({
      means: 'still-firing',
      episode: { state: 'nodata', seenAtMs: noData.receivedAtMs },
    });
    const reported = fired(again.known, { startsAtMs: T0, receivedAtMs: T0 + 6 * MINUTE });
    expect(reported.episode).not.toHaveProperty('state');
    expect(reported.episode.seenAtMs).toBe(T0 + 6 * MINUTE);
  });
});

describe('a resolution', () => {
  test('closes the episode, also where it bears another beginning', () => {
    const at = T0 + 10 * MINUTE;
    for (const delivery of [over(T0, at, at), over(at, at, at), over(at, at), over(UNKNOWN_START_MS, at)])
      expect(openOnes(deliver([firing(T0, T0), delivery]))).toEqual([]);
  });

  test('closes every open episode that began before its end, and no later one', () => {
    const known = deliver([
      firing(T0, T0),
      firing(T0 + MINUTE, T0 + MINUTE),
      firing(T0 + 9 * MINUTE, T0 + 9 * MINUTE),
    ]);
    const resolution = {
      startsAtMs: T0 + MINUTE,
      endsAtMs: T0 + 5 * MINUTE,
      receivedAtMs: T0 + 9 * MINUTE,
    };
    const after = resolved(known, resolution);
    expect(openOnes(after)).toEqual(['540000/0']);
    expect(closedBy(after, resolution).map(({ startsAtMs }) => startsAtMs)).toEqual([T0, T0 + MINUTE]);
  });

  test('closes what claims to begin in our future, and may claim an end there, too', () => {
    const skew = 20 * SECOND;
    for (const endsAtMs of [T0 + 5 * SECOND, T0 + 10 * SECOND + skew, Date.parse('9999-01-01T00:00:00Z')])
      expect(openOnes(deliver([firing(T0 + skew, T0), over(endsAtMs, T0 + 10 * SECOND, endsAtMs)]))).toEqual(
        [],
      );
  });

  test('that is said twice names what it has closed both times', () => {
    const known = deliver([
      firing(T0 - MINUTE, T0 - MINUTE),
      over(T0 - MINUTE, T0 - 1, T0 - 1),
      firing(T0, T0),
      over(T0, T0 + MINUTE, T0 + MINUTE),
    ]);
    const copy = { startsAtMs: T0, endsAtMs: T0 + MINUTE, receivedAtMs: T0 + 2 * MINUTE };
    const again = resolved(known, copy);
    expect(closedBy(again, copy).map(({ startsAtMs }) => startsAtMs)).toEqual([T0]);
    // A late resolution counts from the last time that it was said.
    expect(fired(again, { startsAtMs: T0, receivedAtMs: T0 + 3 * MINUTE }).means).toBe('late');
  });

  test('with an end that is nonsense does not close what is received more than a minute after it', () => {
    const known = deliver([over(T0, T0, Date.parse('9999-01-01T00:00:00Z'))]);
    const startsAtMs = T0 + 2 * MINUTE;
    expect(fired(known, { startsAtMs, receivedAtMs: startsAtMs }).means).toBe('opened');
  });
});

describe('when an episode began, by our clock', () => {
  const episode = { startsAtMs: T0, opening: 0, openedAtMs: T0 + MINUTE, seenAtMs: T0 + MINUTE };
  test.each<[string, Partial<Episode>, number]>([
    ['as it claims', {}, T0],
    ['when it was received, where it claims a later time', { startsAtMs: T0 + 2 * MINUTE }, T0 + MINUTE],
    ['as it claims, also where it was reopened since', { opening: 1 }, T0],
    ['when it was received, where it claims nothing', { startsAtMs: UNKNOWN_START_MS }, T0 + MINUTE],
  ])('%s', (_name, more, expected) => {
    expect(beganAtMs({ ...episode, ...more })).toBe(expected);
  });

  test.each([
    ['2026-11-20T10:00:00Z', T0],
    ['2026-11-20T11:00:00+01:00', T0],
    ['0001-01-01T00:00:00Z', undefined],
    ['soon', undefined],
    [undefined, undefined],
  ])('the claim %s', (text, expected) => {
    expect(claimedTimeMs(text)).toBe(expected);
  });
});

/** Deliveries about one alert: beginnings and ends within a few minutes, as its senders claim them. */
const anyDelivery = (windowMs: number) =>
  fc
    .record({
      isFiring: fc.boolean(),
      start: fc.constantFrom(0, 1, 2, 3),
      end: fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined }),
      receivedMs: fc.integer({ min: 0, max: windowMs }),
    })
    .map(({ isFiring, start, end, receivedMs }): Delivery => {
      const startsAtMs = T0 - 4 * MINUTE + start * MINUTE;
      const receivedAtMs = T0 + receivedMs;
      return isFiring
        ? firing(startsAtMs, receivedAtMs)
        : over(startsAtMs, receivedAtMs, end === undefined ? undefined : startsAtMs + end * MINUTE);
    });

const byReceipt = (a: Delivery, b: Delivery) => a.receivedAtMs - b.receivedAtMs;

describe('after any deliveries,', () => {
  test('in which order it comes within the time of a gossip does not matter', () => {
    fc.assert(
      fc.property(
        fc
          .array(anyDelivery(GOSSIP_MS), { minLength: 2, maxLength: 8 })
          .chain((deliveries) =>
            fc.tuple(
              fc.constant(deliveries),
              fc.shuffledSubarray(deliveries, { minLength: deliveries.length }),
            ),
          ),
        ([deliveries, shuffled]) => {
          // The same times of receipt, and other deliveries at them.
          const times = deliveries.map(({ receivedAtMs }) => receivedAtMs).toSorted((a, b) => a - b);
          const at = (order: readonly Delivery[]) =>
            order.map((delivery, index) => ({ ...delivery, receivedAtMs: times[index]! }));
          const known = [deliver(at(deliveries)), deliver(at(shuffled))].map(openOnes);
          expect(known[1]).toEqual(known[0]);
        },
      ),
    );
  });

  test('what is said to be over is not open, until it is received firing more than a minute later', () => {
    fc.assert(
      fc.property(fc.array(anyDelivery(20 * MINUTE), { maxLength: 30 }), (unordered) => {
        const deliveries = unordered.toSorted(byReceipt);
        const known = deliver(deliveries);
        for (const episode of known.episodes.filter(isOpen)) {
          const last = deliveries.findLast(
            (one) => one.kind === 'resolved' && one.startsAtMs === episode.startsAtMs,
          );
          if (last) expect(episode.openedAtMs).toBeGreaterThan(last.receivedAtMs + GOSSIP_MS);
        }
      }),
    );
  });

  test('no firing is swallowed that comes more than a minute after every resolution', () => {
    fc.assert(
      fc.property(
        fc.array(anyDelivery(20 * MINUTE), { maxLength: 30 }),
        fc.constantFrom(0, 1, 2, 3),
        (unordered, start) => {
          const known = deliver(unordered.toSorted(byReceipt));
          const startsAtMs = T0 - 4 * MINUTE + start * MINUTE;
          const { means, episode } = fired(known, { startsAtMs, receivedAtMs: T0 + 22 * MINUTE });
          expect(means).not.toBe('late');
          expect(isOpen(episode)).toBe(true);
        },
      ),
    );
  });

  test('a delivery that is repeated speaks of the same episode', () => {
    fc.assert(
      fc.property(
        fc.array(anyDelivery(20 * MINUTE), { maxLength: 30 }),
        fc.integer({ min: 0, max: 10 * MINUTE }),
        (unordered, afterMs) => {
          const known = deliver(unordered.toSorted(byReceipt));
          const receivedAtMs = T0 + 20 * MINUTE;
          const first = fired(known, { startsAtMs: T0, receivedAtMs });
          const again = fired(first.known, { startsAtMs: T0, receivedAtMs: receivedAtMs + afterMs });
          fc.pre(first.means !== 'late');
          expect(again.episode).toMatchObject({
            startsAtMs: first.episode.startsAtMs,
            opening: first.episode.opening,
            openedAtMs: first.episode.openedAtMs,
          });
        },
      ),
    );
  });

  test('no more is kept than has room', () => {
    const beginnings = Array.from({ length: 100 }, (_, index) => T0 + index * MINUTE);
    const known = deliver(
      beginnings.flatMap((at) => [firing(at, at), ...(at % 2 === 0 ? [over(at, at + SECOND, at)] : [])]),
    );
    expect(known.episodes).toHaveLength(MAX_EPISODES);
    expect(known.episodes.at(-1)?.startsAtMs).toBe(beginnings.at(-1));
    expect(known.resolutions.length).toBeLessThanOrEqual(5);
  });
});
