import { describe, expect, test } from 'vitest';
import type { Delivery, ReceivedAlert } from '#lib/alerts/sources/source';
import { HttpProblem } from '#lib/handler/problem';
import { EventsQuery, listEvents } from '#lib/journal/list-events';
import type { AlertDocument } from '#lib/ledger/alert-document';
import type { Document } from '#lib/ledger/store';
import { receive } from '#lib/receiving/receive';
import { createBench, firing, nodeName, RULES } from '#test/remediation/bench';

type Bench = ReturnType<typeof createBench>;

const delivery = (alerts: ReceivedAlert[], more: Partial<Delivery> = {}): Delivery => ({
  source: 'alertmanager',
  bytes: 100,
  truncated: 0,
  alerts,
  unreadable: [],
  ...more,
});

const taken = (bench: Bench, alerts: ReceivedAlert[], more: Partial<Delivery> = {}) =>
  receive(delivery(alerts, more), bench.services, bench.invocation());

const events = async (bench: Bench, query: object = {}) =>
  (await listEvents(bench.store, EventsQuery.parse(query), bench.now())).events;

/** As many nodes as a pool does not have: the door does not read them. */
const many = (count: number): ReceivedAlert[] =>
  Array.from({ length: count }, (_, index) =>
    firing(`node-${String(index).padStart(4, '0')}`, { fingerprint: `f${index}` }),
  );

/** Counts what is asked of the ledger, and how many things at a time. */
function counted(bench: Bench) {
  const { store } = bench;
  const counts = { get: 0, getMany: 0, put: 0, putMany: 0, underWay: 0, most: 0 };
  for (const name of ['get', 'getMany', 'put', 'putMany'] as const) {
    const original: any = store[name];
    (store as any)[name] = async (...args: unknown[]) => {
      counts[name] += 1;
      counts.underWay += 1;
      counts.most = Math.max(counts.most, counts.underWay);
      try {
        await Promise.resolve();
        return await original(...args);
      } finally {
        counts.underWay -= 1;
      }
    };
  }
  return counts;
}

/** A process that has stored a remediation and dies before it has stored the alert. */
async function died() {
  const bench = createBench();
  const { put } = bench.store;
  bench.store.put = (document, version) =>
    document.pk.startsWith('alert#') ? Promise.reject(new Error('killed')) : put(document, version);
  await expect(taken(bench, many(1))).rejects.toThrow(HttpProblem);
  bench.store.put = put;
  return bench;
}

describe('a delivery', () => {
  test('of 2,000 alerts is taken with a bounded number of things at a time, and few for each', async () => {
    const bench = createBench();
    const counts = counted(bench);
    const { remediations } = await taken(bench, many(2_000));
    expect(new Set(remediations.map(({ id }) => id)).size).toBe(2_000);
    expect(counts.most).toBeLessThanOrEqual(32);
    // One for the remediation, and one for the alert.
    expect(counts.put).toBe(4_000);
    // Whether the same delivery was begun before.
    expect(counts.get).toBe(1);
    expect(counts.getMany + counts.putMany).toBeLessThan(300);
    expect(bench.queues.commands).toHaveLength(2_000);
  });

  test('with an alert about a name that every object has does what the others ask for', async () => {
    const bench = createBench();
    const { ignored } = await taken(bench, [firing('constructor'), firing(nodeName(1))]);
    expect(ignored).toEqual([{ alert: 'fp-CardLost-constructor', why: expect.stringContaining('neither') }]);
    await bench.drain('commands');
    expect(bench.bodies('batchResetNodes').map(({ nodeNames }) => nodeNames)).toEqual([[nodeName(1)]]);
  });

  test('of more ignored alerts than an answer has room for names as many as it has, and the journal has all', async () => {
    const bench = createBench();
    const why = 'it cannot be read: "'.repeat(20);
    const unreadable = Array.from({ length: 150_000 }, (_, index) => ({ alert: `alerts[${index}]`, why }));
    const answer = await taken(bench, [], { unreadable });
    expect(Buffer.byteLength(JSON.stringify(JSON.stringify(answer)))).toBeLessThan(6_000_000);
    expect(answer.ignored.length + answer.more!).toBe(150_000);
    const parts = bench.store.documents().flatMap(({ value }) => (value as any)?.alerts ?? []);
    expect(parts).toHaveLength(150_000);
  });

  test('that was taken a moment ago costs no write but for the journal', async () => {
    const bench = createBench();
    await taken(bench, many(50));
    const counts = counted(bench);
    const again = await taken(bench, many(50));
    expect(again.remediations).toHaveLength(50);
    expect(counts.put).toBe(0);
    bench.stand(60_000);
    await taken(bench, many(50));
    // That it still fires is evidence.
    expect(counts.put).toBe(50);
  });

  test('fifty times at once is taken once', async () => {
    const bench = createBench();
    const answers = await Promise.all(Array.from({ length: 50 }, () => taken(bench, many(20))));
    for (const { remediations } of answers) expect(remediations).toEqual(answers[0]!.remediations);
    expect(bench.remediations()).toHaveLength(20);
    await bench.drain('commands');
    expect(bench.requests.length).toBeGreaterThan(0);
  });

  describe('whose process died before it had stored the alert', () => {
    test('finds its remediation when it is sent again', async () => {
      const bench = await died();
      const [{ id } = { id: '' }] = bench.remediations();
      expect(await taken(bench, many(1))).toMatchObject({ remediations: [{ id }] });
      expect(bench.remediations()).toHaveLength(1);
      expect(bench.queues.commands).toHaveLength(1);
    });

    test('and whose remediation cannot be read says so, and does nothing', async () => {
      const bench = await died();
      const state = bench.store.documents().find(({ pk }) => pk.startsWith('remediation#'))!;
      await bench.store.put({ ...state, version: 2, value: {} }, 1);
      const [, id = ''] = state.pk.split('#');
      expect(await taken(bench, many(1))).toMatchObject({
        remediations: [],
        ignored: [{ why: `its remediation ${id} cannot be read` }],
      });
    });
  });

  test('of 7,000 alerts of one node is one remediation, and few writes', async () => {
    const bench = createBench();
    const alerts = Array.from({ length: 7_000 }, (_, index) =>
      firing(nodeName(1), { fingerprint: `f${index}` }),
    );
    const counts = counted(bench);
    const { remediations } = await taken(bench, alerts);
    expect(remediations).toHaveLength(1);
    expect(counts.put).toBeLessThan(300);
    expect(bench.remediations()[0]!.alerts).toHaveLength(200);
    const resolved = alerts.map((alert) => ({ ...alert, status: 'resolved' as const }));
    const before = bench.remediations()[0]!.receipts.length;
    bench.stand(120_000);
    const writes: Document[] = [];
    const { put } = bench.store;
    bench.store.put = (document, version) => {
      writes.push(document);
      return put(document, version);
    };
    await taken(bench, resolved);
    expect(writes.filter(({ pk }) => pk.startsWith('remediation#'))).toHaveLength(2);
    expect(bench.remediations()[0]!.receipts).toHaveLength(before + 200);
  });

  test('whose oldest alerts are over is spoken for by those that still fire', async () => {
    const bench = createBench();
    const old = Array.from({ length: 250 }, (_, index) =>
      firing(nodeName(1), { fingerprint: `old${index}`, startsAt: '2026-11-20T09:00:00.000Z' }),
    );
    await taken(
      bench,
      old.map((alert) => ({ ...alert, status: 'resolved' as const })),
    );
    const young = firing(nodeName(1), { fingerprint: 'young' });
    await taken(bench, [...old, young]);
    expect(bench.remediations()[0]!.alerts.map(({ fingerprint }) => fingerprint)).toContain('young');
    await bench.drain('commands');
    expect(bench.resets()).toHaveLength(1);
  });
});

/** Time passes with every write. */
function slow(bench: Bench, ms: number): void {
  const { put } = bench.store;
  bench.store.put = (document, version) => {
    bench.stand(ms);
    return put(document, version);
  };
}

const problemOf = (promise: Promise<unknown>): Promise<HttpProblem> =>
  promise.then(
    () => expect.fail('it was taken'),
    (error) => {
      expect(error).toBeInstanceOf(HttpProblem);
      return error;
    },
  );

describe('a delivery that cannot be stored as a whole', () => {
  test('within the time is answered 503 with its stored part, which is sent; the same again goes on from there', async () => {
    const bench = createBench();
    slow(bench, 100);
    const stored: number[] = [];
    for (let tries = 1; ; tries += 1) {
      const answer = await taken(bench, many(1_000)).catch((error: HttpProblem) => error);
      const { length } = bench.remediations();
      expect(new Set(bench.queues.commands.map(({ body }) => JSON.parse(body).id)).size).toBe(length);
      if (!(answer instanceof HttpProblem)) break;
      const body: any = answer.toBody();
      expect(body).toMatchObject({ status: 503, stored: length, left: 1_000 - length });
      expect(body.detail).toContain(`${length} of 1000 alerts are stored`);
      expect(body.remediations).toHaveLength(Math.min(length, 100));
      // Once all of it is stored, the alerts of the first tries have to be confirmed.
      expect(length === 1_000 || length > (stored.at(-1) ?? 0)).toBe(true);
      stored.push(length);
      expect(tries).toBeLessThan(10);
    }
    expect(bench.remediations()).toHaveLength(1_000);
    expect(stored.length).toBeGreaterThan(1);
  });

  test('within the time, though all of it is stored, is requested again until every alert is confirmed', async () => {
    const bench = createBench();
    await taken(bench, many(800));
    bench.stand(10 * 60_000);
    slow(bench, 100);
    const seenAtMs = () =>
      bench.store
        .documents()
        .flatMap(({ pk, value }) => (pk.startsWith('alert#') ? (value as AlertDocument).episodes : []))
        .map((episode) => episode.seenAtMs);
    const unconfirmed: number[] = [];
    for (;;) {
      const answer = await taken(bench, many(800)).catch((error: HttpProblem) => error);
      if (!(answer instanceof HttpProblem)) break;
      const [, count] = /\((\d+) not confirmed yet\)/.exec((answer.toBody() as any).detail) ?? [];
      expect(answer.toBody()).toMatchObject({ status: 503, stored: 800, left: 0 });
      expect(Number(count)).toBeLessThan(unconfirmed.at(-1) ?? 800);
      unconfirmed.push(Number(count));
    }
    expect(unconfirmed.length).toBeGreaterThan(0);
    expect(bench.now() - Math.min(...seenAtMs())).toBeLessThan(2 * 60_000);
  });

  test('ends in 202, however many tries its confirmations take, and is a new report afterwards', async () => {
    const bench = createBench();
    await taken(bench, many(600));
    bench.stand(10 * 60_000);
    slow(bench, 500);
    const report = many(600);
    const tries = async () => {
      const left: number[] = [];
      for (;;) {
        // The order of the alerts is another one in each try.
        const turned = [...report.slice(left.length), ...report.slice(0, left.length)];
        const answer = await taken(bench, turned).catch((error: HttpProblem) => error);
        if (!(answer instanceof HttpProblem)) return left;
        const [, count] = /\((\d+) not confirmed yet\)/.exec((answer.toBody() as any).detail) ?? [];
        left.push(Number(count));
        expect(left.length).toBeLessThan(12);
        bench.stand(20_000);
      }
    };
    const left = await tries();
    expect(left.length).toBeGreaterThan(4);
    expect(left).toEqual(left.toSorted((a, b) => b - a));
    bench.stand(60_000);
    const [first = 0] = await tries();
    expect(first).toBeGreaterThan(400);
  });

  test('is taken only with every alert of a node, if one of them failed in an earlier try', async () => {
    const bench = createBench();
    const second = firing('node-0000', { fingerprint: 'second', startsAt: '2026-11-20T09:58:00Z' });
    const report = [...many(100), second];
    const { put } = bench.store;
    bench.store.put = (document, version) =>
      document.pk.endsWith('second') ? Promise.reject(new Error('throttled')) : put(document, version);
    expect(await problemOf(taken(bench, report))).toMatchObject({ status: 503 });
    bench.store.put = put;
    bench.stand(10_000);
    await taken(bench, report);
    expect(bench.store.documents().some(({ pk }) => pk.endsWith('second'))).toBe(true);
  });

  test.each([
    ['for longer than five minutes', 6 * 60_000, many(800)],
    ['and another report comes', 1_000, many(799)],
  ])('begins anew if the sender does not repeat it %s', async (_, ms, next) => {
    const bench = createBench();
    await taken(bench, many(800));
    bench.stand(10 * 60_000);
    const { put } = bench.store;
    slow(bench, 100);
    expect(await problemOf(taken(bench, many(800)))).toMatchObject({ status: 503 });
    bench.store.put = put;
    bench.stand(ms + 2 * 60_000);
    let confirmed = 0;
    bench.store.put = (document, version) => {
      if (document.pk.startsWith('alert#')) confirmed += 1;
      return put(document, version);
    };
    await taken(bench, next);
    expect(confirmed).toBe(next.length);
  });

  test('begins anew once its tries have taken half an hour', async () => {
    const bench = createBench();
    await taken(bench, many(600));
    bench.stand(10 * 60_000);
    const { put } = bench.store;
    slow(bench, 1_500);
    const beganAt = bench.now();
    while (bench.now() - beganAt <= 30 * 60_000) {
      expect(await problemOf(taken(bench, many(600)))).toMatchObject({ status: 503 });
      bench.stand(2 * 60_000);
    }
    let confirmed = 0;
    bench.store.put = (document, version) => {
      if (document.pk.startsWith('alert#')) confirmed += 1;
      return put(document, version);
    };
    await taken(bench, many(600));
    expect(confirmed).toBe(600);
  });

  test.each([
    ['a minute', 60_000, 202],
    ['longer', 61_000, 503],
  ])('is taken without time if its alert was confirmed %s before', async (_, ms, status) => {
    const bench = createBench();
    await taken(bench, many(1));
    bench.stand(ms);
    const late = { ...bench.invocation(), deadlineMs: bench.now() + 1_000 };
    const answer = await receive(delivery(many(1)), bench.services, late).catch(
      (error: HttpProblem) => error,
    );
    expect(answer instanceof HttpProblem ? answer.status : 202).toBe(status);
  });

  test('but was stored by a delivery that has not sent it yet is sent before it is answered', async () => {
    const bench = createBench();
    const { commands } = bench.services;
    const dying = { ...commands, 'reset-nodes': { send: () => Promise.reject(new Error('it was killed')) } };
    const invocation = bench.invocation();
    await problemOf(receive(delivery(many(1)), { ...bench.services, commands: dying }, invocation));
    expect(bench.queues.commands).toHaveLength(0);
    const late = { ...invocation, deadlineMs: bench.now() + 1_000 };
    const { remediations } = await receive(delivery(many(1)), bench.services, late);
    expect(bench.queues.commands.map(({ body }) => JSON.parse(body).id)).toEqual([remediations[0]!.id]);
  });

  test('since one of it fails is stored but for that one', async () => {
    const bench = createBench();
    const { put } = bench.store;
    bench.store.put = (document, version) =>
      JSON.stringify(document).includes('node-0003')
        ? Promise.reject(new Error('the table is throttled'))
        : put(document, version);
    const problem = await problemOf(taken(bench, many(6)));
    expect(problem).toMatchObject({ status: 503, cause: { message: 'the table is throttled' } });
    expect(problem.toBody()).toMatchObject({ stored: 5, left: 1 });
    expect(bench.queues.commands).toHaveLength(5);
    expect(await events(bench)).toMatchObject([{ status: 503, why: expect.stringContaining('5 of 6') }]);
    bench.store.put = put;
    expect((await taken(bench, many(6))).remediations).toHaveLength(6);
    expect(bench.remediations()).toHaveLength(6);
  });

  test('since the journal cannot be written is asked for again, and its commands are on their queue', async () => {
    const bench = createBench();
    const { putMany } = bench.store;
    bench.store.putMany = (documents) =>
      documents.some(({ pk }) => pk.startsWith('deliveries#'))
        ? Promise.reject(new Error('the table is throttled'))
        : putMany(documents);
    await expect(taken(bench, many(3))).rejects.toThrow('the table is throttled');
    expect(bench.queues.commands).toHaveLength(3);
  });
});

const warned = ({ logs }: Bench) =>
  logs.map((line) => JSON.parse(line)).filter(({ _aws, level }) => _aws !== undefined && level === 'warn');

describe('what comes to nothing is on record, and warned of', () => {
  test('alerts of a rule that acts, whose node is none, unknown or missing', async () => {
    const bench = createBench();
    const missing = firing('x', { fingerprint: 'missing' });
    missing.labels = { alertname: 'CardLost', node: nodeName(7) };
    await taken(bench, [
      firing('not a node!', { fingerprint: 'odd' }),
      missing,
      firing('10.9.9.9:9100', { fingerprint: 'elsewhere' }),
      firing(nodeName(3), { fingerprint: 'nobody', alertname: 'NobodyAsks' }),
    ]);
    expect(warned(bench)).toMatchObject([
      {
        level: 'warn',
        AlertsIgnored: 2,
        alerts: [
          { alert: 'odd', rule: 'card-lost', why: expect.stringContaining('neither a node') },
          { alert: 'missing', rule: 'card-lost', why: expect.stringContaining('labels.instance') },
        ],
      },
    ]);
    for (const [query, alert, why] of [
      [{ node: 'not a node!' }, 'odd', /neither a node/],
      [{ node: nodeName(7) }, 'missing', /labels.instance/],
      [{ fingerprint: 'missing' }, 'missing', /labels.instance/],
      [{ address: '10.9.9.9' }, 'elsewhere', undefined],
      [{ address: '10.9.9.9:9100' }, 'elsewhere', undefined],
      [{ node: nodeName(3) }, 'nobody', /no rule matches it/],
    ] as const) {
      const found = await events(bench, query);
      expect(found).toMatchObject([{ status: 202, alerts: [{ alert }] }]);
      const [{ alerts: [entry] = [] }] = found as [any];
      if (why) expect(entry.ignored).toMatch(why);
      else expect(entry.remediation).toBe(bench.remediations()[0]!.id);
    }
    expect(await events(bench, { node: 'somebody-else' })).toEqual([]);
  });

  test('alerts that the sender left out', async () => {
    const bench = createBench();
    await taken(bench, many(2), { truncated: 37, receiver: 'poolkeeper' });
    expect(warned(bench)).toMatchObject([
      { level: 'warn', AlertsTruncated: 37, received: 2, receiver: 'poolkeeper' },
    ]);
    expect(await events(bench)).toMatchObject([{ truncated: 37, receiver: 'poolkeeper', alerts: [{}, {}] }]);
  });

  test('alerts that cannot be read', async () => {
    const bench = createBench();
    const unreadable = [{ alert: 'f7', why: 'it cannot be read: startsAt must be a time' }];
    const { ignored } = await taken(bench, many(1), { unreadable });
    expect(ignored).toEqual(unreadable);
    expect(warned(bench)).toMatchObject([{ AlertsIgnored: 1 }]);
    expect(await events(bench, { fingerprint: 'f7' })).toMatchObject([
      { alerts: [{ alert: 'f7', status: 'unreadable', ignored: unreadable[0]!.why }] },
    ]);
  });

  test('each alert without effect in a line of the log, with its reason and its word for the node', async () => {
    const bench = createBench(RULES);
    await taken(
      bench,
      [
        firing('10.0.0.7:9100', { alertname: 'NobodyAsks' }),
        firing(nodeName(2), { alertname: 'NobodyAsks' }),
        firing(nodeName(1)),
      ],
      { unreadable: [{ alert: 'f7', why: 'it cannot be read' }] },
    );
    const lines = bench.logs
      .map((line) => JSON.parse(line))
      .filter(({ message }) => message === 'an alert has no effect');
    expect(lines).toHaveLength(3);
    expect(lines).toMatchObject([
      { alert: 'f7', status: 'unreadable', why: 'it cannot be read', source: 'alertmanager' },
      { status: 'firing', why: 'no rule matches it', node: ['10.0.0.7'] },
      { status: 'firing', why: 'no rule matches it', node: [nodeName(2)] },
    ]);
  });

  test('but an alert of a rule that only observes, or of none, is no reason to warn', async () => {
    const bench = createBench(RULES);
    await taken(bench, [
      firing('not a node!', { alertname: 'Watched' }),
      firing(nodeName(1), { alertname: 'NobodyAsks' }),
    ]);
    expect(warned(bench)).toEqual([]);
    expect(await events(bench)).toMatchObject([{ alerts: [{}, {}] }]);
  });
});

test('an alert with the fingerprint of a property of every object is heard to resolve', async () => {
  const bench = createBench();
  const alert = firing(nodeName(1), { fingerprint: 'constructor' });
  await taken(bench, [alert]);
  const endsAt = new Date(bench.now()).toISOString();
  await taken(bench, [{ ...alert, status: 'resolved', endsAt }]);
  expect(bench.remediations()).toMatchObject([{ resolvedAlerts: { constructor: endsAt } }]);
});
