import { describe, expect, test } from 'vitest';
import { isSizeConfirmed, sizeAfter, sizeBelievedAt } from '#lib/capacity/capacity';
import { expectIsolation, isolatedAfter } from '#lib/capacity/isolation';
import { readDocument } from '#lib/ledger/change';
import { MAX_ISOLATED_BYTES } from '#lib/ledger/limits';
import { createMemoryStore } from '#lib/ledger/memory-store';
import { type PoolSize, poolRecordKey, poolRecordKind } from '#lib/ledger/pool-record';
import { REDUNDANCY_LABEL } from '#lib/modelarts/reading/redundancy';
import { at, factsOf, held, MINUTE, NOW, poolOfNodes, record } from './pool-facts.ts';

/** An absence lasts for so long. */
const GONE = 10 * MINUTE;

/** The size of a pool of ten after readings, each so many minutes after the first and with so many nodes. */
function after(...readings: [minute: number, seen: number][]): PoolSize | undefined {
  return readings.reduce<PoolSize | undefined>(
    (size, [minute, seen]) => sizeAfter(size, seen, NOW + minute * MINUTE, GONE),
    { nodes: 10, since: at(-MINUTE) },
  );
}

/** Whether a reading at a time confirms the size that was first shown at another. */
const confirmed = (sinceMs: number, readMs: number) =>
  isSizeConfirmed({
    ...factsOf([], { known: { size: { nodes: 10, since: at(sinceMs) } } }),
    readAtMs: NOW + readMs,
    waits: { goneAfterMs: GONE, retryMs: 1 },
  });

describe('the size of a pool', () => {
  test.each<[string, [number, number][], number]>([
    ['of more nodes', [[0, 12]], 12],
    ['of fewer', [[0, 8]], 10],
    [
      'of fewer, and of as few later',
      [
        [0, 8],
        [10, 8],
      ],
      8,
    ],
    [
      'of fewer, and of as few too soon',
      [
        [0, 8],
        [9, 8],
      ],
      10,
    ],
    [
      'of fewer, and of fewer still: the most that were shown',
      [
        [0, 9],
        [10, 8],
      ],
      9,
    ],
    [
      'of fewer, and of less fewer',
      [
        [0, 8],
        [10, 9],
      ],
      9,
    ],
    [
      'of fewer, of all, and of fewer',
      [
        [0, 8],
        [5, 10],
        [10, 8],
      ],
      10,
    ],
    [
      'of none',
      [
        [0, 0],
        [10, 0],
      ],
      10,
    ],
    [
      'of fewer, of none, and of fewer',
      [
        [0, 8],
        [5, 0],
        [10, 8],
      ],
      8,
    ],
  ])('after a reading %s', (_name, readings, nodes) => {
    expect(after(...readings)?.nodes).toBe(nodes);
  });

  test('is confirmed by a second reading, as long after the first', () => {
    expect([confirmed(-GONE, 0), confirmed(-GONE, -1), confirmed(-GONE + 1, 0)]).toEqual([
      true,
      false,
      false,
    ]);
    const known = { size: { nodes: 10, smaller: { nodes: 9, since: at(-GONE + MINUTE) } } };
    const waits = { goneAfterMs: GONE, retryMs: 1 };
    expect(sizeBelievedAt(factsOf([], { known, waits }), NOW)).toBe(at(MINUTE));
  });
});

/** A node whose label says so about its redundancy. */
const labelled = (value: string | undefined) => {
  const [node] = poolOfNodes(1);
  return [{ ...node!, labels: value === undefined ? {} : { [REDUNDANCY_LABEL]: value } }];
};

/** A call that isolates nodes. */
const call = (id: string) => ({
  id,
  pool: 'pool-a',
  action: 'update-nodes' as const,
  request: { action: 'openHaRedundant' },
});

describe('an isolated node', () => {
  const isolated = { n1: { callId: 'c', since: at(0) } };
  const left = (nodes: ReturnType<typeof poolOfNodes>, more: Parameters<typeof record>[0] = {}) =>
    Object.keys(isolatedAfter(record({ isolated, ...more }), { nodes }, NOW, GONE) ?? {});

  test('stays one until a label says otherwise, and not while a call works on it', () => {
    expect(left(labelled(undefined))).toEqual(['n1']);
    expect(left(labelled('true'))).toEqual(['n1']);
    expect(left(labelled('false'))).toEqual([]);
    expect(left(labelled('false'), { held: { n1: held() } })).toEqual(['n1']);
  });

  test('is forgotten once two whole lists have missed it', () => {
    const others = poolOfNodes(2).slice(1);
    expect(left(others)).toEqual(['n1']);
    const missed = { isolated: { n1: { ...isolated.n1, notSeenSince: at(-GONE) } } };
    expect(left(others, missed)).toEqual([]);
    expect(left([], missed)).toEqual(['n1']);
    const odd = { nodes: others, unreadable: { nodes: [{ why: 'odd' }] } };
    expect(isolatedAfter(record(missed), odd, NOW, GONE)).toEqual(missed.isolated);
  });

  test('keeps the call that isolated it; with many of them, the newest are kept', async () => {
    const store = createMemoryStore();
    await expectIsolation(store, call('first'), ['n1'], NOW);
    await expectIsolation(store, call('second'), ['n1', 'n2'], NOW + 1);
    const known = async () =>
      (await readDocument(store, poolRecordKind, poolRecordKey('pool-a')))?.isolated ?? {};
    expect(await known()).toEqual({
      n1: { callId: 'first', since: at(0) },
      n2: { callId: 'second', since: at(1) },
    });
    const many = Array.from({ length: 300 }, (_, index) => `node-${index}-${'x'.repeat(100)}`);
    await expectIsolation(store, call('third'), many, NOW + 2);
    const kept = await known();
    expect(JSON.stringify(kept).length).toBeLessThan(MAX_ISOLATED_BYTES + 10);
    expect(new Set(Object.values(kept).map(({ callId }) => callId))).toEqual(new Set(['third']));
  });
});
