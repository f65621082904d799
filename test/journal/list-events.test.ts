import { describe, expect, test } from 'vitest';
import { HttpProblem } from '#lib/handler/problem';
import { JOURNAL_MS, type JournalAlert } from '#lib/journal/delivery-record';
import { EventsQuery, listEvents, type ReceivedEvent } from '#lib/journal/list-events';
import { type DeliveryHead, recordDelivery } from '#lib/journal/record-delivery';
import { recordRefusals } from '#lib/journal/record-refusal';
import { createMemoryStore } from '#lib/ledger/memory-store';
import { createLogger } from '#lib/log';

const NOW = Date.parse('2026-11-30T10:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const alert = (
  fingerprint: string,
  named: string[] = [],
  more: Partial<JournalAlert> = {},
): JournalAlert => ({
  alert: fingerprint,
  status: 'firing',
  named,
  ...more,
});

function createJournalBench() {
  const store = createMemoryStore();
  let count = 0;
  return {
    store,
    add: (ageMs: number, alerts: readonly JournalAlert[], status = 202, more: Partial<DeliveryHead> = {}) => {
      count += 1;
      const head = {
        id: `d${count}`,
        at: new Date(NOW - ageMs).toISOString(),
        source: 'alertmanager',
        bytes: 10,
        ...more,
      };
      return recordDelivery(store, head, 0, alerts, { status });
    },
    async list(query: object = {}): Promise<ReceivedEvent[][]> {
      const pages: ReceivedEvent[][] = [];
      let cursor: string | undefined;
      do {
        const parsed = EventsQuery.parse({ ...query, ...(cursor !== undefined && { cursor }) });
        const { events, next } = await listEvents(store, parsed, NOW);
        pages.push(events);
        cursor = next;
      } while (cursor !== undefined);
      return pages;
    },
  };
}

const ids = (pages: ReceivedEvent[][]) => pages.flat().map(({ delivery }) => delivery);

describe('the journal', () => {
  test('lists what was received, newest first, over all its days', async () => {
    const { add, list } = createJournalBench();
    for (const age of [29 * DAY, 3 * DAY, DAY + HOUR, HOUR, 0]) await add(age, [alert('f')]);
    expect(ids(await list())).toEqual(['d5', 'd4', 'd3', 'd2', 'd1']);
    expect(ids(await list({ fingerprint: 'f' }))).toEqual(['d5', 'd4', 'd3', 'd2', 'd1']);
  });

  test('keeps it for thirty days: what is older is not shown, and goes from the table', async () => {
    const { store, add, list } = createJournalBench();
    await add(JOURNAL_MS + 1_000, [alert('f', ['n'])]);
    await add(JOURNAL_MS - 1_000, [alert('f', ['n'])]);
    for (const query of [{}, { fingerprint: 'f' }, { node: 'n' }])
      expect(ids(await list(query))).toEqual(['d2']);
    for (const document of store.documents()) {
      const { at } = document['value'] as { at: string };
      expect(document['expiresAt']).toBe(Math.floor((Date.parse(at) + JOURNAL_MS) / 1000));
    }
  });

  test('finds a delivery by the node, the address and the fingerprint of an alert, and shows no other alert', async () => {
    const { add, list } = createJournalBench();
    await add(HOUR, [alert('f1', ['node-1']), alert('f2', ['10.0.0.2', 'rack-7'])]);
    await add(0, [alert('f1', ['node-1'])]);
    expect(await list({ node: 'node-1' })).toMatchObject([
      [
        { delivery: 'd2', alerts: [{ alert: 'f1' }] },
        { delivery: 'd1', alerts: [{ alert: 'f1' }] },
      ],
    ]);
    for (const query of [
      { address: '10.0.0.2' },
      { node: 'rack-7' },
      { fingerprint: 'f2' },
      { node: '10.0.0.2:9100' },
    ]) {
      const [page] = await list(query);
      expect(page).toHaveLength(1);
      expect(page![0]!.alerts.map((one) => one.alert)).toEqual(['f2']);
    }
    expect(ids(await list({ node: 'node-1', fingerprint: 'f2' }))).toEqual([]);
    expect(ids(await list({ node: 'node' }))).toEqual([]);
  });

  test('finds alerts by their labels, also by a pattern, and by several at once', async () => {
    const { add, list } = createJournalBench();
    const labels = { alertname: 'NT_NPU_CARD_LOSE', rack: 'r7, left', instance: '10.0.0.7:9100' };
    await add(HOUR, [alert('f1', [], { labels }), alert('f2', [], { labels: { alertname: 'Other' } })]);
    await add(0, [alert('f3'), alert('f4', [], { labels: { alertname: 'NT_NPU_NET' } })]);
    const found = async (label: string) =>
      (await list({ label })).flat().flatMap(({ alerts }) => alerts.map((one) => one.alert));
    expect(await found('alertname=NT_NPU_*')).toEqual(['f4', 'f1']);
    expect(await found('alertname=NT_NPU_CARD_LOSE,rack=r7, left')).toEqual(['f1']);
    expect(await found('rack=r7, left')).toEqual(['f1']);
    expect(await found('alertname=nt_npu_net')).toEqual([]);
    expect(await found('constructor=*')).toEqual([]);
    expect(await found('rack=')).toEqual([]);
  });

  test('finds deliveries by outcome, source and sender', async () => {
    const { add, list } = createJournalBench();
    await add(5 * HOUR, [alert('acted', [], { remediation: 'r' }), alert('odd', [], { ignored: 'no rule' })]);
    await add(4 * HOUR, [alert('broken', [], { status: 'unreadable', ignored: 'no status' })]);
    await add(3 * HOUR, [], 413);
    await add(2 * HOUR, [], 202, { truncated: 37 });
    await add(HOUR, [], 202, { source: 'smn', sender: 'topic-1' });
    const found = async (query: object) =>
      (await list(query)).flat().map(({ delivery, alerts }) => [delivery, ...alerts.map((one) => one.alert)]);
    expect(await found({ outcome: 'remediation' })).toEqual([['d1', 'acted']]);
    expect(await found({ outcome: 'ignored' })).toEqual([['d1', 'odd']]);
    expect(await found({ outcome: 'unreadable' })).toEqual([['d2', 'broken']]);
    expect(await found({ outcome: 'refused' })).toEqual([['d3']]);
    expect(await found({ outcome: 'truncated' })).toEqual([['d4']]);
    expect(await found({ source: 'smn' })).toEqual([['d5']]);
    expect(await found({ sender: 'topic-1' })).toEqual([['d5']]);
    expect(await found({ source: 'alertmanager', outcome: 'ignored', fingerprint: 'odd' })).toEqual([
      ['d1', 'odd'],
    ]);
  });

  test('is cut by time and by pool', async () => {
    const { add, list } = createJournalBench();
    for (const hours of [5, 4, 3, 2, 1])
      await add(hours * HOUR, [alert('f', ['n'], { pool: hours === 3 ? 'p' : 'q' })]);
    const since = new Date(NOW - 4 * HOUR).toISOString();
    const until = new Date(NOW - 2 * HOUR).toISOString();
    for (const more of [{}, { node: 'n' }, { fingerprint: 'f' }]) {
      expect(ids(await list({ since, until, ...more }))).toEqual(['d4', 'd3', 'd2']);
      expect(ids(await list({ pool: 'p', ...more }))).toEqual(['d3']);
    }
    expect(ids(await list({ until: new Date(NOW - 2 * DAY).toISOString() }))).toEqual([]);
  });

  test('comes page by page, none left out and none twice', async () => {
    const { add, list } = createJournalBench();
    for (let minute = 0; minute < 130; minute += 1)
      await add(minute * 17 * 60_000, [alert(`f${minute % 2}`, ['n'])]);
    const all = ids(await list({ limit: 100 }));
    expect(new Set(all).size).toBe(130);
    for (const limit of [1, 7, 50]) expect(ids(await list({ limit }))).toEqual(all);
    const even = ids(await list({ fingerprint: 'f0', limit: 100 }));
    expect(even).toHaveLength(65);
    expect(ids(await list({ fingerprint: 'f0', limit: 7 }))).toEqual(even);
  });

  test('pages end at the size that Lambda gives on', async () => {
    const { add, list } = createJournalBench();
    const labels = Object.fromEntries(
      Array.from({ length: 15 }, (_, index) => [`l${index}`, '"'.repeat(100)]),
    );
    for (let index = 0; index < 100; index += 1)
      await add(
        index * 1000,
        Array.from({ length: 40 }, (_, n) => alert(`f${n}`, [], { labels })),
      );
    const pages = await list({ limit: 100 });
    expect(pages.length).toBeGreaterThan(1);
    expect(new Set(ids(pages)).size).toBe(100);
    for (const page of pages)
      expect(Buffer.byteLength(JSON.stringify({ body: JSON.stringify(page) }))).toBeLessThan(6 * 1024 * 1024);
  });

  test('holds a delivery of thousands in items that each fit, with few writes', async () => {
    const { store, add, list } = createJournalBench();
    await add(
      0,
      Array.from({ length: 2_000 }, (_, index) => alert(`f${index}`, [`n${index % 50}`])),
    );
    const documents = store.documents();
    for (const document of documents) expect(JSON.stringify(document).length).toBeLessThan(200_000);
    expect(documents.filter(({ pk }) => pk.startsWith('deliveries#'))).toHaveLength(20);
    const found = (await list({ node: 'n7', limit: 100 })).flat();
    expect(found.flatMap(({ alerts }) => alerts)).toHaveLength(40);
    // The answer to it appears once, with the last part.
    expect((await list({ limit: 100 })).flat().map(({ status }) => status)).toEqual([
      202,
      ...Array(19).fill(undefined),
    ]);
  });

  test('names what cannot be read beside the rest', async () => {
    const { store, add } = createJournalBench();
    await add(HOUR, [alert('f', ['n'])]);
    await add(0, [alert('f', ['n'])]);
    const spoilt = store.documents().find(({ sk, pk }) => pk.startsWith('deliveries#') && sk.includes('d2'))!;
    await store.put({ ...spoilt, version: 2, value: { id: 7 } }, 1);
    for (const query of [{}, { node: 'n' }]) {
      const { events, unreadable } = await listEvents(store, EventsQuery.parse(query), NOW);
      expect(events.map(({ delivery }) => delivery)).toEqual(['d1']);
      expect(unreadable).toHaveLength(1);
    }
  });

  test.each([
    { since: 'yesterday' },
    { until: '9999-12-31T23:59:59-23:59' },
    { limit: '0' },
    { limit: '101' },
    { cursor: 'x' },
    { node: 'x'.repeat(254) },
    { fingerprint: '' },
    { label: 'alertname' },
    { label: '=x' },
    { label: 'a=1,b=2,c=3,d=4,e=5,f=6' },
    { outcome: 'lost' },
    { source: '' },
    { nod: 'x' },
  ])('is not asked for %j', (query) => {
    expect(EventsQuery.safeParse(query).success).toBe(false);
  });
});

const services = (store = createMemoryStore()) => ({
  store,
  clock: { now: () => NOW, sleep: () => Promise.resolve() },
});

function refuse(): never {
  throw new HttpProblem(400, 'Bad Request', 'no');
}

describe('a body that is refused', () => {
  const received = { source: 'alertmanager', sender: 'am-1', bytes: 7_000_000 };
  const log = createLogger({}, { write: () => {} });

  test.each([
    [413, 'Content Too Large', 'The body has 7000000 bytes; the limit is 6291456', []],
    [
      400,
      'Bad Request',
      'Some fields are wrong: errors lists them',
      [{ field: 'alerts', message: 'must be a list' }],
    ],
  ])('is in the journal with its size and the reason: %s', async (status, title, detail, errors) => {
    const own = services();
    const read = () => {
      throw new HttpProblem(status, title, detail, errors);
    };
    await expect(recordRefusals(received, own, log, read)).rejects.toMatchObject({ status });
    const { events } = await listEvents(own.store, EventsQuery.parse({}), NOW);
    expect(events).toMatchObject([
      {
        status,
        bytes: 7_000_000,
        source: 'alertmanager',
        sender: 'am-1',
        why: expect.stringContaining(detail),
        alerts: [],
      },
    ]);
    for (const { field, message } of errors) expect(events[0]!.why).toContain(`${field}: ${message}`);
  });

  test('is refused all the same where the journal cannot be written', async () => {
    const own = services();
    own.store.putMany = () => Promise.reject(new Error('the table is away'));
    await expect(recordRefusals(received, own, log, refuse)).rejects.toMatchObject({ status: 400 });
  });
});
