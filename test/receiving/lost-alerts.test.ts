import { describe, expect, test } from 'vitest';
import { EventsQuery, listEvents } from '#lib/journal/list-events';
import { apiError, createBench, firing, nodeName, RULES } from '#test/remediation/bench';

// An alert is lost when its sender ends it without knowing that the fault is over, as Grafana does for MissingSeries.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NODE = nodeName(1);

type Bench = ReturnType<typeof createBench>;
const iso = (ms: number) => new Date(ms).toISOString();
const byAge = (bench: Bench) => bench.remediations().toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
const lost = (bench: Bench, more = {}) =>
  firing(NODE, { status: 'resolved', endsAt: iso(bench.now()), lost: 'MissingSeries', ...more });
const resolved = (bench: Bench) => firing(NODE, { status: 'resolved', endsAt: iso(bench.now()) });

describe('while a command waits', () => {
  test('a lost alert leads to no call; a person gets a notice when its evidence is too old', async () => {
    const bench = createBench();
    await bench.receive(firing(NODE));
    const { ignored } = await bench.receive(lost(bench));
    expect(ignored).toMatchObject([
      {
        why: 'its sender has lost sight of it (MissingSeries), which does not mean that the fault is over',
      },
    ]);
    await bench.advance(20 * MINUTE);
    expect(bench.remediations()).toMatchObject([
      {
        state: 'deferred',
        why: `it waits: the sender of alert fp-CardLost-${NODE} has lost sight of it (MissingSeries): the fault may be over or not`,
      },
    ]);
    await bench.advance(HOUR);
    expect(bench.remediations()).toMatchObject([
      { state: 'needs-human', why: expect.stringContaining('has lost sight of it (MissingSeries)') },
    ]);
    expect(bench.resets()).toEqual([]);
    expect(bench.remediations()[0]!.receipts).toContainEqual(
      expect.objectContaining({ step: 'evidence', status: 'lost', why: 'MissingSeries' }),
    );
  });

  test('one that resolves then, or before, is over, in either order', async () => {
    for (const order of ['lost first', 'resolved first']) {
      const bench = createBench();
      await bench.receive(firing(NODE));
      const ends = [lost(bench), resolved(bench)];
      for (const end of order === 'lost first' ? ends : ends.toReversed()) {
        await bench.receive(end);
        bench.stand(1_000);
      }
      await bench.advance(10 * MINUTE);
      expect([order, byAge(bench)]).toMatchObject([
        order,
        [{ state: 'skipped', why: expect.stringContaining('the alert resolved at') }],
      ]);
      expect(bench.resets()).toEqual([]);
    }
  });

  test('one that fires anew is another case: one call for the node', async () => {
    const bench = createBench();
    await bench.receive(firing(NODE));
    await bench.receive(lost(bench));
    bench.stand(10_000);
    await bench.receive(firing(NODE, { startsAt: iso(bench.now()) }));
    await bench.advance(30 * MINUTE);
    expect(bench.resets()).toHaveLength(1);
    expect(byAge(bench)).toMatchObject([{ state: 'skipped' }, { state: 'running' }]);
  });

  test('one of two that is lost does not stop the other', async () => {
    const bench = createBench();
    await bench.receive(firing(NODE), firing(NODE, { fingerprint: 'other' }));
    await bench.receive(lost(bench));
    await bench.advance(MINUTE);
    expect(bench.resets()).toHaveLength(1);
  });

  test('one that is lost right before the call leads to none', async () => {
    const bench = createBench();
    await bench.receive(firing(NODE));
    let isPrepared = false;
    const put = bench.store.put.bind(bench.store);
    bench.store.put = async (document, ...more) => {
      const stored = await put(document, ...more);
      if (isPrepared || !document.pk.startsWith('call#')) return stored;
      isPrepared = true;
      await bench.receive(lost(bench));
      return stored;
    };
    await bench.advance(20 * MINUTE);
    expect(isPrepared).toBe(true);
    expect(bench.resets()).toEqual([]);
    expect(bench.remediations()).toMatchObject([
      { state: 'deferred', why: expect.stringContaining('lost sight') },
    ]);
  });
});

describe('after the call', () => {
  test('a lost alert proves nothing: the node itself decides', async () => {
    const bench = createBench();
    await bench.receive(firing(NODE));
    await bench.advance(10_000);
    await bench.receive(lost(bench));
    bench.endJob('job-1', 'Success', { [NODE]: 'Abnormal' });
    await bench.advance(10 * MINUTE);
    expect(bench.remediations()).toMatchObject([{ state: 'needs-human' }]);
  });

  test('nothing is undone for a lost alert', async () => {
    const bench = createBench(
      RULES.replace(
        'ladder: [ { reset-nodes: {} } ]\n',
        'ladder: [ { reset-nodes: {} } ]\n    onResolved: [ { notify: {} } ]\n',
      ),
    );
    await bench.receive(firing(NODE));
    await bench.advance(10_000);
    bench.endJob('job-1');
    await bench.advance(5 * MINUTE);
    expect((await bench.receive(lost(bench))).remediations).toEqual([]);
    bench.stand(MINUTE);
    expect((await bench.receive(resolved(bench))).remediations).toMatchObject([{ state: 'succeeded' }]);
  });
});

describe('a firing that reports no fault', () => {
  const noData = { state: 'nodata', stateReason: 'NoData' } as const;

  test('is in the journal with its reason, and opens nothing', async () => {
    const bench = createBench();
    const { remediations } = await bench.receive(firing(NODE, noData));
    expect(remediations).toEqual([]);
    await bench.advance(MINUTE);
    expect(bench.resets()).toEqual([]);
    const { events } = await listEvents(bench.store, EventsQuery.parse({ node: NODE }), bench.now());
    expect(events).toMatchObject([
      { alerts: [{ status: 'firing', ignored: expect.stringContaining('it reports no fault') }] },
    ]);
  });

  test('does not confirm the alert of a waiting command', async () => {
    const bench = createBench();
    bench.api.before = () => {
      throw apiError('listPoolNodes', { outcome: 'ambiguous', transient: true, status: 503 } as never);
    };
    await bench.receive(firing(NODE));
    for (let minutes = 0; minutes < 80; minutes += 5) {
      await bench.receive(firing(NODE, noData));
      await bench.advance(5 * MINUTE);
    }
    expect(bench.remediations()).toMatchObject([{ state: 'needs-human' }]);
  });

  const both = RULES.replace(
    'rules:\n',
    `rules:
  - name: no-data
    when: { state: nodata, labels: { alertname: CardLost } }
    node: { from: labels.instance }
    pool: train-a
    mode: act
    ladder: [ { notify: {} } ]
`,
  );

  test('does not count as the fault again after a call, also where another rule takes it', async () => {
    const bench = createBench(both);
    await bench.receive(firing(NODE));
    await bench.advance(10_000);
    bench.endJob('job-1');
    await bench.receive(firing(NODE, { ...noData, startsAt: iso(bench.now()) }));
    await bench.advance(10 * MINUTE);
    expect(byAge(bench).map(({ rule, state }) => [rule, state])).toContainEqual(['card-lost', 'succeeded']);
    expect(bench.resets()).toHaveLength(1);
  });

  test('leads to the ladder of a rule that asks for it', async () => {
    const bench = createBench(both);
    expect((await bench.receive(firing(NODE, noData))).remediations).toMatchObject([{ rule: 'no-data' }]);
  });
});
