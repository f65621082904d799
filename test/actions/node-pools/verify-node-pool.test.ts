import { describe, expect, test } from 'vitest';
import { verifyNodePool } from '#lib/actions/update-node-pool/verify-node-pool';
import type { NodePool } from '#lib/modelarts/replies/node-pool';
import type { Subject, View } from '#lib/verification/verification';

const SINCE = Date.parse('2026-11-20T10:00:00Z');
const DEADLINE = SINCE + 45 * 60_000;
const FLAVOR = 'modelarts.vm.2u4g';

type Counts = Partial<Record<'available' | 'creating' | 'deleting' | 'abnormal', number>>;

function verdict(
  wanted: Record<string, unknown>,
  shown: Record<string, unknown> | undefined,
  counts: Counts,
  {
    now = SINCE + 60_000,
    abnormalBefore,
    before = { state: 'running' },
    unreadable = [],
    changes,
    unknown,
    byName,
  }: {
    now?: number;
    abnormalBefore?: number;
    before?: Subject['before'];
    unreadable?: readonly { why: string }[];
    changes?: Record<string, { from: unknown; to: unknown }>;
    unknown?: ('resources' | 'nodeCounts')[];
    byName?: NodePool | 'none';
  } = {},
) {
  const nodeCounts = { available: 0, creating: 0, deleting: 0, abnormal: 0, ...counts };
  const view: View = {
    nodes: [],
    destination: [],
    unreadable: { nodePools: unreadable },
    nodePools: [
      { name: 'np-0', resources: {}, nodeCounts },
      ...(shown
        ? [{ name: 'np-1', resources: { flavor: FLAVOR, ...shown }, nodeCounts, ...(unknown && { unknown }) }]
        : []),
    ],
    nodePoolsByName: new Map(byName && [['np-1', byName]]),
  };
  const subject: Subject = {
    target: 'np-1',
    before,
    remediation: {
      ...(abnormalBefore !== undefined && {
        plan: { hash: '', request: {}, basis: [{ nodeCounts: { abnormal: abnormalBefore } }] },
      }),
      ...(changes && { plan: { hash: '', request: {}, basis: [], changes } }),
    } as Subject['remediation'],
    call: { request: { spec: { resources: { flavor: FLAVOR, ...wanted } } } },
    verify: undefined,
    sinceMs: SINCE,
    deadlineMs: DEADLINE,
    goneAfterMs: 60_000,
  };
  return verifyNodePool(view, subject, now);
}

const four = { count: 4, maxCount: 4 };
const elastic = { count: 4, maxCount: 8 };

describe('the numbers', () => {
  test.each<[string, typeof four, Counts, string]>([
    ['all are there', four, { available: 4 }, 'succeeded'],
    ['one is missing', four, { available: 3 }, 'verifying'],
    ['one is coming', four, { available: 4, creating: 1 }, 'verifying'],
    ['one is going', four, { available: 4, deleting: 1 }, 'verifying'],
    ['there is one too many', four, { available: 5 }, 'verifying'],
    ['one too many is broken', four, { available: 4, abnormal: 1 }, 'verifying'],
    ['one is broken', four, { available: 3, abnormal: 1 }, 'verifying'],
    ['an elastic one has what is committed', elastic, { available: 4 }, 'succeeded'],
    ['an elastic one has some spare nodes', elastic, { available: 6 }, 'succeeded'],
    ['an elastic one has less than is committed', elastic, { available: 3 }, 'verifying'],
    ['an elastic one has more than it may', elastic, { available: 9 }, 'verifying'],
    ['none are wanted and none are there', { count: 0, maxCount: 0 }, {}, 'succeeded'],
  ])('%s', (_name, wanted, counts, state) => {
    expect(verdict(wanted, wanted, counts)).toMatchObject({ state });
  });

  test.each<[string, typeof four, Counts, string, RegExp]>([
    ['too few, and none to come', four, { available: 3 }, 'failed', /region has none of the flavor left/],
    ['too few, for one came up broken', four, { available: 3, abnormal: 1 }, 'failed', /1 abnormal$/],
    ['too many', four, { available: 5 }, 'failed', /more than the 4 that it may have/],
    ['still in motion', four, { available: 3, creating: 1 }, 'verifying', /1 creating/],
    [
      'short of spare nodes',
      elastic,
      { available: 4 },
      'succeeded',
      /the region has no more of the up to 8 now/,
    ],
  ])('at the deadline: %s', (_name, wanted, counts, state, why) => {
    expect(verdict(wanted, wanted, counts, { now: DEADLINE })).toMatchObject({
      state,
      why: expect.stringMatching(why),
    });
  });

  test('nodes that were abnormal before are no reason to wait; those that became so are', () => {
    const counts = { available: 2, abnormal: 2 };
    expect(verdict(four, four, counts, { abnormalBefore: 2 })).toMatchObject({ state: 'succeeded' });
    expect(verdict(four, four, counts, { abnormalBefore: 1 })).toMatchObject({ state: 'verifying' });
    expect(verdict(four, four, { available: 3 }, { abnormalBefore: 2 })).toMatchObject({
      state: 'verifying',
    });
  });
});

describe('the fields', () => {
  const cases: [string, unknown, unknown, boolean][] = [
    ['count', 4, 3, false],
    ['maxCount', 4, 3, false],
    ['labels', { a: 'x' }, { a: 'x', b: 'y' }, true],
    ['labels', { a: 'x' }, { a: 'y' }, false],
    ['labels', { a: 'x' }, {}, false],
    ['taints', [], [{ key: 'a', effect: 'NoSchedule' }], false],
    ['taints', [{ key: 'a', effect: 'NoSchedule' }], [{ key: 'a', value: '', effect: 'NoSchedule' }], true],
    [
      'tags',
      [
        { key: 'a', value: '1' },
        { key: 'b', value: '2' },
      ],
      [
        { key: 'b', value: '2' },
        { key: 'a', value: '1' },
      ],
      true,
    ],
    ['tags', [{ key: 'a', value: '1' }], undefined, true],
    ['network', { subnet: 's-2' }, { vpc: 'v', subnet: 's-1' }, false],
    ['labels', { old: null }, { a: 'x' }, true],
    ['labels', { old: null }, { a: 'x', old: '' }, false],
    ['labels', null, { a: 'x' }, false],
    ['labels', null, {}, true],
    ['taints', null, [{ key: 'a', effect: 'NoSchedule' }], false],
    ['taints', null, [], true],
    ['extendParams', { dockerBaseSize: null }, undefined, true],
    ['nodePool', 'np-1-Default', 'np-1-default', true],
  ];
  test.each(cases)('%s: %j is wanted, and %j is shown', (field, wanted, shown, isThere) => {
    const said = verdict({ ...four, [field]: wanted }, { ...four, [field]: shown }, { available: 4 });
    expect(said.state).toBe(isThere ? 'succeeded' : 'verifying');
    if (!isThere) expect(said.why).toContain(field);
    const late = { now: DEADLINE };
    expect(
      verdict({ ...four, [field]: wanted }, { ...four, [field]: shown }, { available: 4 }, late).state,
    ).toBe(isThere ? 'succeeded' : 'failed');
  });
});

describe('what the API does not show', () => {
  const wanted = { ...four, labels: { a: 'new' } };
  const changes = { labels: { from: { a: 'old' }, to: { a: 'new' } } };

  test('proves nothing of a field that it showed before the change', () => {
    const said = verdict(wanted, four, { available: 4 }, { changes });
    expect(said).toMatchObject({ state: 'verifying', why: expect.stringContaining('labels') });
    const late = verdict(wanted, four, { available: 4 }, { changes, now: DEADLINE });
    expect(late).toMatchObject({ state: 'failed', notKnown: true });
  });

  test('cannot be judged of a field that it did not show before either', () => {
    const unseen = { labels: { from: null, to: { a: 'new' } } };
    expect(verdict(wanted, four, { available: 4 }, { changes: unseen })).toMatchObject({
      state: 'succeeded',
    });
  });

  test('is as it should be of a field that was to go', () => {
    const gone = { labels: { from: { a: 'old' }, to: null } };
    const said = verdict({ ...four, labels: null }, four, { available: 4 }, { changes: gone });
    expect(said).toMatchObject({ state: 'succeeded' });
  });

  test.each([['nodeCounts'], ['resources']] as const)('is no failure where it is the %s', (field) => {
    const said = verdict(four, field === 'resources' ? {} : four, {}, { unknown: [field] });
    expect(said).toMatchObject({ state: 'verifying' });
    const late = verdict(four, field === 'resources' ? {} : four, {}, { unknown: [field], now: DEADLINE });
    expect(late).toMatchObject({ state: 'failed', notKnown: true });
  });
});

describe('a node pool that its list does not show', () => {
  const notSeenSince = new Date(SINCE + 60_000).toISOString();
  const before = { state: 'verifying' as const, notSeenSince };

  test('and whose name the API does not know is looked at once more', () => {
    expect(verdict(four, undefined, {}, { byName: 'none' })).toMatchObject({
      state: 'verifying',
      notSeenSince,
    });
  });

  test('has failed when neither is so a minute later', () => {
    const said = verdict(four, undefined, {}, { now: SINCE + 120_000, before, byName: 'none' });
    expect(said).toMatchObject({ state: 'failed', why: expect.stringContaining('has been gone') });
  });

  test('is not gone while the API does not say so by its name', () => {
    const said = verdict(four, undefined, {}, { now: SINCE + 120_000, before });
    expect(said).toMatchObject({ state: 'verifying', why: expect.stringContaining('by its name') });
  });

  test('is judged as the API shows it by its name', () => {
    const byName = {
      name: 'np-1',
      resources: { flavor: FLAVOR, ...four },
      nodeCounts: { available: 4, creating: 0, deleting: 0, abnormal: 0 },
    };
    const said = verdict(four, undefined, {}, { now: SINCE + 120_000, before, byName });
    expect(said).toMatchObject({ state: 'succeeded' });
  });

  test('may be the entry that cannot be read, however often', () => {
    const unreadable = [{ why: 'entry 2 of the list' }];
    const said = verdict(four, undefined, {}, { now: SINCE + 120_000, before, unreadable });
    expect(said).toMatchObject({ state: 'verifying', notSeenSince });
  });

  test('goes to a person where nothing is known of it at the deadline', () => {
    const unreadable = [{ why: 'entry 2 of the list' }];
    const said = verdict(four, undefined, {}, { now: DEADLINE, unreadable });
    expect(said).toMatchObject({ state: 'failed', notKnown: true });
  });
});
