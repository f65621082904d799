import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDocument, updateDocument } from '#lib/ledger/change';
import { updateRemediation } from '#lib/ledger/change-remediation';
import { listRemediations } from '#lib/ledger/listing/listing';
import { ListQuery } from '#lib/ledger/listing/query';
import { type ShownRemediation, showRemediation } from '#lib/ledger/listing/shown';
import { createMemoryStore } from '#lib/ledger/memory-store';
import { nodeHistoryKey, nodeHistoryKind } from '#lib/ledger/node-record';
import type { Receipt } from '#lib/ledger/receipts/receipt';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { parseRules } from '#lib/rules/parse/parse';
import { type RemediationState, remediationStates } from '#lib/rules/state';
import { inState } from '#test/remediation/in-state';
import { runs } from '#test/runs';
import { startDynaliteStore } from './dynalite-store.ts';

const POOL_A = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';
const POOL_B = 'pool-77aa-6f5da086876d4cd084d36f8bd3346036';
const rules = parseRules(
  `pools: { train-a: { id: ${POOL_A} }, train-b: { id: ${POOL_B} } }\nrules: []`,
  'r.yml',
);
const NOW = Date.parse('2026-11-20T10:00:00Z');
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const iso = (ageMs: number) => new Date(NOW - ageMs).toISOString();

let count = 0;
/** Puts a remediation into a ledger as it is accepted: with the history of its nodes. */
async function add(store: Store, ageMs: number, more: Partial<Remediation> = {}): Promise<Remediation> {
  count += 1;
  const createdAt = new Date(NOW - ageMs).toISOString();
  const remediation = inState({
    id: `r${count}`,
    action: 'reset-nodes',
    pool: POOL_A,
    nodes: ['node-1'],
    parameters: {},
    mode: 'act',
    alerts: [],
    contentHash: 'secret-of-the-ledger',
    createdAt,
    updatedAt: createdAt,
    outcomes: {},
    receiptChain: { count: 0 },
    ...more,
  });
  await createDocument(store, remediationKind, remediationKey(remediation.id), remediation);
  for (const node of remediation.nodes ?? []) {
    const key = nodeHistoryKey(node, createdAt, remediation.id);
    await updateDocument(store, nodeHistoryKind, key, () => ({ remediation: remediation.id }));
  }
  return remediation;
}

/** Follows `next` to the end of a list, and gives its pages. */
async function pagesOf(store: Store, query: Record<string, unknown>): Promise<ShownRemediation[][]> {
  const pages: ShownRemediation[][] = [];
  let cursor: string | undefined;
  do {
    const parsed = ListQuery.parse({ ...query, ...(cursor !== undefined && { cursor }) });
    const page = await listRemediations(store, rules, parsed, NOW);
    pages.push(page.remediations);
    cursor = page.next;
  } while (cursor !== undefined);
  return pages;
}

async function idsOf(store: Store, query: Record<string, unknown> = {}): Promise<string[]> {
  return (await pagesOf(store, query)).flat().map(({ id }) => id);
}

describe('filters', () => {
  const store = createMemoryStore();
  const added: Record<string, Remediation> = {};
  beforeAll(async () => {
    added['oldest'] = await add(store, 4 * DAY, { pool: POOL_B, nodes: ['node-2'], state: 'failed' });
    added['older'] = await add(store, 3 * DAY, { nodes: ['node-2', 'node-3'], state: 'failed' });
    added['newer'] = await add(store, 2 * DAY, { state: 'running', rule: 'card-lost' });
    added['newest'] = await add(store, DAY, {
      pool: POOL_B,
      nodes: ['node-3'],
      state: 'running',
      action: 'update-nodes',
    });
  });

  test.each([
    [{}, ['newest', 'newer', 'older', 'oldest']],
    [{ pool: 'train-a' }, ['newer', 'older']],
    [{ pool: POOL_A }, ['newer', 'older']],
    [{ pool: 'train-z' }, []],
    [{ node: 'node-3' }, ['newest', 'older']],
    [{ node: 'node' }, []],
    [{ state: 'failed' }, ['older', 'oldest']],
    [{ state: 'succeeded' }, []],
    [{ pool: 'train-b', state: 'failed' }, ['oldest']],
    [{ node: 'node-3', state: 'failed' }, ['older']],
    [{ node: 'node-2', pool: 'train-b' }, ['oldest']],
    [{ node: 'node-2', pool: 'train-b', state: 'running' }, []],
    [{ state: 'failed,running' }, ['newest', 'newer', 'older', 'oldest']],
    [{ state: 'failed,failed' }, ['older', 'oldest']],
    [{ rule: 'card-lost' }, ['newer']],
    [{ rule: 'card-lost', pool: 'train-b' }, []],
    [{ action: 'update-nodes' }, ['newest']],
    [{ since: iso(3 * DAY) }, ['newest', 'newer', 'older']],
    [{ until: iso(2 * DAY) }, ['newer', 'older', 'oldest']],
    [{ since: iso(3 * DAY), until: iso(2 * DAY) }, ['newer', 'older']],
    [{ since: iso(2 * DAY), until: iso(3 * DAY) }, []],
    [{ since: iso(3 * DAY), until: iso(2 * DAY), state: 'failed' }, ['older']],
    [{ node: 'node-2', since: iso(3 * DAY) }, ['older']],
    [{ until: '2026-11-19T01:00:00.000+02:00' }, ['newer', 'older', 'oldest']],
  ])('%j', async (query, names) => {
    expect(await idsOf(store, query)).toEqual(names.map((name) => added[name]?.id));
  });
});

test('by a state alone, the one that came into it last is the first', async () => {
  const store = createMemoryStore();
  const older = await add(store, 3 * DAY, { state: 'failed', stateSince: new Date(NOW).toISOString() });
  const newer = await add(store, 2 * DAY, { state: 'failed' });
  expect(await idsOf(store, { state: 'failed' })).toEqual([older.id, newer.id]);
  expect(await idsOf(store)).toEqual([newer.id, older.id]);
});

describe('pages', () => {
  let dynamoDb: Store & AsyncDisposable;
  beforeAll(async () => {
    dynamoDb = await startDynaliteStore();
  });
  afterAll(() => dynamoDb[Symbol.asyncDispose]());

  const remediation = fc.record({
    // Over month boundaries, and several within one millisecond.
    ageMs: fc.oneof(fc.nat(400 * DAY), fc.constantFrom(0, DAY, 20 * DAY, 50 * DAY)),
    pool: fc.constantFrom(POOL_A, POOL_B),
    nodes: fc.uniqueArray(fc.constantFrom('node-1', 'node-2', 'node-3'), { minLength: 1 }),
    state: fc.constantFrom<RemediationState[]>('running', 'failed', 'observed'),
  });
  const query = fc.record(
    {
      pool: fc.constantFrom('train-a', POOL_B),
      node: fc.constantFrom('node-1', 'node-2'),
      state: fc.constantFrom('running', 'failed', 'failed,observed'),
      since: fc.nat(400 * DAY).map(iso),
      until: fc.nat(400 * DAY).map(iso),
      limit: fc.integer({ min: 1, max: 7 }),
    },
    { requiredKeys: ['limit'] },
  );

  test('lead to the end, newest first, without a gap or a repetition', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(remediation, { maxLength: 25 }), query, async (remediations, asked) => {
        const store = createMemoryStore();
        const added: Remediation[] = [];
        for (const { ageMs, ...more } of remediations) added.push(await add(store, ageMs, more));

        const pool = asked.pool === 'train-a' ? POOL_A : asked.pool;
        const expected = added
          .filter((one) => pool === undefined || one.pool === pool)
          .filter(({ nodes }) => asked.node === undefined || nodes?.includes(asked.node))
          .filter(({ state }) => asked.state === undefined || asked.state.split(',').includes(state))
          .filter(({ createdAt }) => asked.since === undefined || createdAt >= asked.since)
          .filter(({ createdAt }) => asked.until === undefined || createdAt <= asked.until)
          .toSorted((a, b) => (`${a.createdAt}#${a.id}` < `${b.createdAt}#${b.id}` ? 1 : -1))
          .map(({ id }) => id);
        const pages = await pagesOf(store, asked);
        expect(pages.flat().map(({ id }) => id)).toEqual(expected);
        for (const page of pages.slice(0, -1)) expect(page).toHaveLength(asked.limit);
      }),
      { numRuns: runs(80) },
    );
  });

  test('are the same on DynamoDB', async () => {
    const memory = createMemoryStore();
    const list = fc.sample(remediation, { numRuns: runs(60), seed: 1 });
    for (const { ageMs, ...more } of list) {
      const one = await add(memory, ageMs, more);
      await add(dynamoDb, ageMs, one);
    }
    const queries = [
      { limit: 7 },
      { limit: 3, state: 'failed' },
      { limit: 4, pool: 'train-b' },
      { limit: 2, node: 'node-2', state: 'running' },
      { limit: 3, since: iso(100 * DAY), until: iso(10 * DAY) },
      { limit: 2, pool: 'train-a', since: iso(60 * DAY), state: 'failed,running' },
    ];
    for (const asked of queries) {
      expect(await pagesOf(dynamoDb, asked), JSON.stringify(asked)).toEqual(await pagesOf(memory, asked));
    }
  });

  test('without receipts cost as much for a hundred entries as for one', async () => {
    const store = createMemoryStore();
    for (let age = 1; age <= 20; age += 1) {
      const one = await add(store, age * MINUTE);
      const receipts: Receipt[] = [{ at: iso(age * MINUTE), step: 'event', source: 'console' }];
      await updateRemediation(store, one.id, () => ({ remediation: one, receipts }));
    }
    let requests = 0;
    const counted: Store = {
      ...store,
      get: (key) => ((requests += 1), store.get(key)),
      getMany: (keys) => ((requests += 1), store.getMany(keys)),
      query: (asked) => ((requests += 1), store.query(asked)),
      find: (asked) => ((requests += 1), store.find(asked)),
    };
    const listed = async (asked: Record<string, unknown>) => {
      requests = 0;
      const { remediations } = await listRemediations(counted, rules, ListQuery.parse(asked), NOW);
      return { remediations, requests };
    };
    const full = await listed({ limit: 20 });
    expect(full.remediations.every(({ receipts }) => receipts.length === 1)).toBe(true);
    const bare = await listed({ limit: 20, receipts: 'none' });
    expect(bare.remediations).toEqual(full.remediations.map((one) => ({ ...one, receipts: [] })));
    expect(bare.requests).toBe((await listed({ limit: 1, receipts: 'none' })).requests);
    expect(bare.requests).toBeLessThan(full.requests);
  });

  test('stay as they are while newer ones come in', async () => {
    const store = createMemoryStore();
    for (let age = 1; age <= 4; age += 1) await add(store, age * DAY);
    const all = await idsOf(store);
    const first = await listRemediations(store, rules, ListQuery.parse({ limit: 2 }), NOW);
    await add(store, 0);
    const second = await listRemediations(
      store,
      rules,
      ListQuery.parse({ limit: 10, cursor: first.next }),
      NOW + DAY,
    );
    expect([...first.remediations, ...second.remediations].map(({ id }) => id)).toEqual(all);
  });

  test('go on after an id of the greatest length', async () => {
    const store = createMemoryStore();
    const ids = ['b', 'a'].map((letter) => letter.repeat(128));
    for (const id of ids) await add(store, DAY, { id });
    expect(await idsOf(store, { limit: 1 })).toEqual(ids);
  });

  test('end in bounded work: few matches among thousands take several', async () => {
    const store = createMemoryStore();
    const match = await add(store, 100 * DAY, { state: 'failed' });
    for (let age = 0; age < 2_400; age += 1) await add(store, age * MINUTE, { nodes: [] });
    const pages = await pagesOf(store, { pool: 'train-a', state: 'failed' });
    expect(pages.map((page) => page.map(({ id }) => id))).toEqual([[], [match.id]]);
  });
});

test('a list goes back thirteen months, over the end of a year', async () => {
  const store = createMemoryStore();
  const ids: string[] = [];
  for (let month = 0; month < 13; month += 1) ids.push((await add(store, month * 30.4 * DAY)).id);
  expect(await idsOf(store, { limit: 5 })).toEqual(ids);
});

const problem = (query: Record<string, unknown>) => ListQuery.safeParse(query).error?.issues[0]?.path;

describe('what a list may be asked for', () => {
  test('as text, as it comes in a URL', () => {
    expect(ListQuery.parse({ limit: '7' })).toEqual({ limit: 7, receipts: 'all' });
    expect(ListQuery.parse({})).toEqual({ limit: 50, receipts: 'all' });
    for (const state of remediationStates)
      expect(ListQuery.parse({ state })).toMatchObject({ state: [state] });
    expect(ListQuery.parse({ state: 'failed, running' })).toMatchObject({ state: ['failed', 'running'] });
  });

  test.each([
    { limit: '0' },
    { limit: '101' },
    { limit: '1.5' },
    { limit: 'many' },
    { state: 'broken' },
    { state: 'failed,' },
    { action: 'reboot' },
    { since: 'yesterday' },
    { pool: '' },
    { node: '' },
    { cursor: '' },
    { cursor: 'A' },
    { cursor: 'bm90aGluZyBvZiBvdXJz' },
  ])('not %j', (query) => {
    expect(problem(query)).toEqual(Object.keys(query));
  });

  test('nothing that is not known, which is more often a typing mistake', () => {
    expect(ListQuery.safeParse({ pol: 'train-a' }).error?.issues[0]).toMatchObject({ keys: ['pol'] });
  });
});

describe('what is shown', () => {
  test('everything of a remediation but what the ledger keeps for itself', async () => {
    const store = createMemoryStore();
    const kept = await add(store, DAY, {
      state: 'running',
      jobId: 'job-1',
    });
    const receipts: Receipt[] = [
      { at: new Date(NOW).toISOString(), step: 'guard', guard: 'mode', allowed: true, why: 'it may be' },
    ];
    await updateRemediation(store, kept.id, () => ({ remediation: kept, receipts }));
    const { contentHash, phase: _phase, receiptChain: _chain, outcomes, ...state } = kept;
    const shown = { ...state, receipts };
    expect(await showRemediation(store, shown.id)).toEqual(shown);
    const [[listed] = []] = await pagesOf(store, {});
    expect(listed).toEqual(shown);
    expect(JSON.stringify(listed)).not.toContain(contentHash);
    expect(outcomes).toEqual({});
  });

  test('the name of a node that an alert called by its address, and how each node stands', async () => {
    const store = createMemoryStore();
    const nodeStates = { 'node-7': { state: 'failed', why: 'it stayed Abnormal' } } as const;
    const { id } = await add(store, DAY, { nodes: ['10.0.0.7'], outcomes: nodeStates });
    expect(await showRemediation(store, id)).toMatchObject({ nodes: ['node-7'], nodeStates });
  });

  test('nothing for a remediation that is not there', async () => {
    expect(await showRemediation(createMemoryStore(), 'r0')).toBeUndefined();
  });
});
