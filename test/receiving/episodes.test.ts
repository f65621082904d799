import { describe, expect, test } from 'vitest';
import { createBench, firing, nodeName } from '#test/remediation/bench';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const NODE = nodeName(1);

type Bench = ReturnType<typeof createBench>;
const iso = (ms: number) => new Date(ms).toISOString();
const byAge = (bench: Bench) => bench.remediations().toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));

/** The command waits: the key is refused for as long as `isClosed` says. */
function hold(bench: Bench) {
  const door = { isClosed: true };
  bench.api.before = (endpoint) => {
    if (door.isClosed && /nodes/i.test(endpoint)) throw new Error('not now');
  };
  return door;
}

describe('a resolution', () => {
  test('of other times than its firing takes the reason away', async () => {
    const bench = createBench();
    await bench.receive(firing(NODE));
    bench.stand(MINUTE);
    // As Grafana may send it: it bears the time at which it was sent as its beginning and its end.
    const at = iso(bench.now());
    const { ignored } = await bench.receive(firing(NODE, { status: 'resolved', startsAt: at, endsAt: at }));
    expect(ignored).toHaveLength(1);
    await bench.advance(MINUTE);
    expect(bench.resets()).toEqual([]);
    expect(bench.remediations()).toMatchObject([{ state: 'skipped', why: `the alert resolved at ${at}` }]);
    expect(bench.remediations()[0]!.receipts).toContainEqual({
      at,
      step: 'evidence',
      alert: `fp-CardLost-${NODE}`,
      status: 'resolved',
      resolvedAt: at,
    });
  });

  test('of the alerts of two nodes in one delivery is on record in both remediations', async () => {
    const bench = createBench();
    const nodes = [NODE, nodeName(2)];
    hold(bench);
    await bench.receive(...nodes.map((node) => firing(node)));
    bench.stand(MINUTE);
    await bench.receive(
      ...nodes.map((node) => firing(node, { status: 'resolved', endsAt: iso(bench.now()) })),
    );
    const told = bench.remediations().map(({ receipts }) => receipts.some(({ step }) => step === 'evidence'));
    expect(told).toEqual([true, true]);
  });

  test('leaves alone what began after its end', async () => {
    const bench = createBench();
    bench.stand(10 * MINUTE);
    await bench.receive(firing(NODE, { startsAt: iso(bench.now()) }));
    const endsAt = iso(bench.now() - 1);
    await bench.receive(firing(NODE, { status: 'resolved', startsAt: endsAt, endsAt }));
    await bench.advance(MINUTE);
    expect(bench.resets()).toHaveLength(1);
  });

  test('is on record once, however often it comes', async () => {
    const bench = createBench();
    await bench.receive(firing(NODE));
    await bench.advance(5 * SECOND);
    const over = firing(NODE, { status: 'resolved', endsAt: iso(bench.now()) });
    await bench.receive(over);
    bench.stand(10 * SECOND);
    await bench.receive(over);
    expect(bench.remediations()[0]!.receipts.filter(({ step }) => step === 'evidence')).toHaveLength(1);
  });
});

test('the resolutions of two beginnings of one alert are both on record', async () => {
  const bench = createBench();
  const early = { startsAt: '2026-11-20T09:50:00.000Z', endsAt: '2026-11-20T09:55:00.000Z' };
  const late = { startsAt: '2026-11-20T09:59:30.000Z', endsAt: iso(bench.now()) };
  await bench.receive(...[early, late].map(({ startsAt }) => firing(NODE, { startsAt })));
  for (const times of [early, late]) await bench.receive(firing(NODE, { ...times, status: 'resolved' }));
  const receipts = bench.remediations()[0]!.receipts.filter(({ step }) => step === 'evidence');
  expect(receipts).toMatchObject([early, late].map(({ endsAt }) => ({ resolvedAt: endsAt })));
});

describe('an alert that fires again with the beginning that it had', () => {
  test('is another remediation, of the same id however often it is delivered', async () => {
    const bench = createBench();
    const door = hold(bench);
    const first = await bench.receive(firing(NODE));
    bench.stand(MINUTE);
    await bench.receive(firing(NODE, { status: 'resolved', endsAt: iso(bench.now()) }));
    await bench.advance(7 * MINUTE);
    const ids = new Set<string>();
    for (let delivery = 0; delivery < 3; delivery += 1) {
      const again = await bench.receive(firing(NODE));
      ids.add(again.remediations[0]!.id);
      bench.stand(MINUTE);
    }
    expect(ids.size).toBe(1);
    expect(ids).not.toContain(first.remediations[0]!.id);
    door.isClosed = false;
    await bench.advance(10 * MINUTE);
    expect(byAge(bench)).toMatchObject([
      { state: 'skipped' },
      {
        state: 'running',
        alerts: [{ fingerprint: `fp-CardLost-${NODE}`, startsAt: '2026-11-20T09:59:30.000Z', opening: 1 }],
      },
    ]);
    expect(byAge(bench)[1]!.receipts[0]).toMatchObject({ step: 'event', reopened: 1 });
    expect(bench.resets()).toHaveLength(1);
  });

  test('within a minute of its resolution it has only come late', async () => {
    const bench = createBench();
    await bench.receive(firing(NODE, { status: 'resolved', endsAt: iso(bench.now()) }));
    bench.stand(50 * SECOND);
    await bench.receive(firing(NODE));
    await bench.advance(MINUTE);
    expect(bench.resets()).toEqual([]);
    expect(bench.remediations()).toMatchObject([{ state: 'skipped' }]);
  });
});

describe('a sender whose clock is ahead', () => {
  test('does not report its own alert anew: a node that is well is well', async () => {
    const bench = createBench();
    // It fires, and is delivered at once; by the clock of its sender that is 20 seconds later.
    await bench.receive(firing(NODE, { startsAt: iso(bench.now() + 20 * SECOND) }));
    await bench.advance(10 * SECOND);
    bench.endJob('job-1');
    await bench.advance(5 * MINUTE);
    expect(bench.remediations()).toMatchObject([
      { state: 'succeeded', why: 'the node is Available (no driver is shown)' },
    ]);
  });

  test('does report an alert anew that it opens after the call', async () => {
    const bench = createBench();
    await bench.receive(firing(NODE));
    await bench.advance(10 * SECOND);
    bench.endJob('job-1');
    // By a clock that is behind: the beginning lies before the call.
    await bench.receive(firing(NODE, { startsAt: iso(bench.now() - 5 * MINUTE) }));
    await bench.pass(5 * MINUTE);
    expect(byAge(bench)[0]!.state).not.toBe('succeeded');
  });
});

test('a function that stands still dates what it has received by the time of receipt', async () => {
  const bench = createBench();
  hold(bench);
  const at = iso(bench.now());
  const { put } = bench.store;
  bench.store.put = (document, version) => {
    if (document.pk.startsWith('remediation#')) bench.stand(25 * MINUTE);
    return put(document, version);
  };
  await bench.receive(firing(NODE));
  bench.store.put = put;
  const episodes = () => bench.store.documents().find(({ pk }) => pk.startsWith('alert#'))!['value'] as any;
  expect(episodes()).toMatchObject({ episodes: [{ openedAtMs: Date.parse(at), seenAtMs: Date.parse(at) }] });
  expect(bench.remediations()).toMatchObject([{ evidenceAt: at }]);
});

test('what has fired anew after the call and has resolved since does not speak against the node', async () => {
  const bench = createBench();
  await bench.receive(firing(NODE));
  await bench.advance(10 * SECOND);
  bench.endJob('job-1');
  const anew = firing(NODE, { startsAt: iso(bench.now()) });
  await bench.receive(anew);
  bench.stand(SECOND);
  await bench.receive({ ...anew, status: 'resolved', endsAt: iso(bench.now()) });
  await bench.pass(5 * MINUTE);
  expect(byAge(bench)[0]).toMatchObject({
    state: 'succeeded',
    why: 'the node is Available (no driver is shown)',
  });
});

test('of alerts of one delivery, one that is over does not speak for one that fires', async () => {
  const bench = createBench();
  await bench.receive(firing(NODE));
  await bench.receive(firing(NODE, { status: 'resolved', endsAt: iso(bench.now()) }));
  await bench.advance(10 * SECOND);
  const { remediations } = await bench.receive(
    firing(NODE),
    firing(NODE, { fingerprint: 'another', startsAt: iso(bench.now()) }),
  );
  expect(remediations).toMatchObject([{ state: 'submitting' }]);
  await bench.advance(10 * SECOND);
  expect(bench.resets()).toHaveLength(1);
});

test('a command on a queue with evidence from the future is a dead letter with the reason', async () => {
  const bench = createBench();
  const evidenceAt = '2099-01-01T00:00:00Z';
  const command = { action: 'reset-nodes', pool: 'train-a', nodes: [NODE], parameters: {}, mode: 'act' };
  await bench.command({ ...command, evidenceAt });
  await bench.advance(5 * SECOND);
  expect(bench.resets()).toEqual([]);
  expect(bench.queues.deadLetters).toMatchObject([
    { attributes: { reason: expect.stringContaining('evidenceAt: must not be in the future') } },
  ]);
});

test('a command that waits while the clock of the machine is set back is no dead letter, and goes on', async () => {
  const bench = createBench();
  const door = hold(bench);
  const evidenceAt = iso(bench.now());
  const command = { id: 'command-1', action: 'reset-nodes', pool: 'train-a', nodes: [NODE], parameters: {} };
  await bench.command({ ...command, mode: 'act', evidenceAt });
  await bench.advance(5 * SECOND);
  expect(bench.resets()).toEqual([]);
  bench.stand(-60 * MINUTE);
  // The start has every message delivered then.
  await bench.command({ ...command, mode: 'act', evidenceAt });
  await bench.advance(5 * SECOND);
  expect(bench.queues.deadLetters).toEqual([]);
  door.isClosed = false;
  await bench.advance(70 * MINUTE);
  expect(bench.resets()).toHaveLength(1);
  expect(bench.queues.deadLetters).toEqual([]);
});
