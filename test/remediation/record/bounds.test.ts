import { describe, expect, test } from 'vitest';
import { enqueue, MAX_WAITING, readWaiting } from '#lib/capacity/wait-list';
import { jsonBytes } from '#lib/json-bytes';
import { readDocument, updateDocument } from '#lib/ledger/change';
import { MAX_ITEM_BYTES } from '#lib/ledger/limits';
import { showRemediation } from '#lib/ledger/listing/shown';
import { emptyPoolRecord, type PoolRecord, poolRecordKey, poolRecordKind } from '#lib/ledger/pool-record';
import { MAX_RECEIPT_BYTES } from '#lib/ledger/receipts/bounded-receipts';
import { type Remediation, remediationKey } from '#lib/ledger/remediation';
import { apiError, createBench, firing, nodeName, POOL } from '#test/remediation/bench';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NODE = nodeName(1);

const command = (more: object = {}) => ({
  id: 'c-1',
  action: 'reset-nodes',
  pool: 'train-a',
  nodes: [NODE],
  parameters: {},
  mode: 'act',
  ...more,
});

type Bench = ReturnType<typeof createBench>;

const poolRecord = (bench: Bench) => readDocument(bench.store, poolRecordKind, poolRecordKey(POOL));

const changePool = (bench: Bench, next: (record: PoolRecord) => PoolRecord) =>
  updateDocument<PoolRecord>(bench.store, poolRecordKind, poolRecordKey(POOL), (current) =>
    next(current ?? emptyPoolRecord(POOL, bench.now())),
  );

test('an alert that is repeated for fifteen hours without the API does not outgrow the ledger, and is done after all', async () => {
  const bench = createBench();
  bench.api.before = (endpoint) => {
    throw apiError(endpoint, {
      outcome: 'unknown',
      transient: true,
      status: 503,
      code: 'APIGW.0605',
      vendorMessage: `Backend down. ${'It will be back soon. '.repeat(15)}`,
    });
  };
  for (let hour = 0; hour < 15; hour += 0.5) {
    await bench.receive(firing(NODE));
    await bench.advance(HOUR / 2, MINUTE);
  }
  const [waiting] = bench.remediations();
  expect(waiting?.state).toBe('deferred');
  expect(waiting?.deferrals).toBeGreaterThan(400);
  const state = await bench.store.get(remediationKey(waiting!.id));
  expect(jsonBytes(state)).toBeLessThan(4_000);
  const shown = await showRemediation(bench.store, waiting!.id);
  expect(jsonBytes(shown?.receipts)).toBeLessThanOrEqual(MAX_RECEIPT_BYTES);
  expect(shown?.receipts.filter(({ step }) => step === 'omitted')).toHaveLength(1);
  expect(shown?.receipts.at(-1)).toEqual(waiting?.receipts.at(-1));
  bench.api.before = () => {};
  await bench.advance(5 * MINUTE);
  expect(bench.resets()).toHaveLength(1);
});

describe('a command', () => {
  test('whose names are too long together goes to the dead letters with the reason', async () => {
    const bench = createBench();
    const nodes = Array.from({ length: 500 }, (_, index) => `${index}-${'n'.repeat(115)}`);
    await bench.command(command({ nodes }));
    await bench.advance(5_000);
    expect(bench.remediations()).toEqual([]);
    const [letter] = bench.queues.deadLetters;
    expect(letter?.attributes?.['reason']).toContain(
      'nodes: must have at most 24576 bytes in all names together',
    );
  });

  test('of as many and as long names as may be fits, also where each is refused for a reason of its own', async () => {
    const bench = createBench();
    const nodes = Array.from({ length: 500 }, (_, index) => `os-node-${'n'.repeat(35)}-${index}`);
    await bench.command(command({ nodes }));
    await bench.advance(5 * MINUTE);
    for (const document of bench.store.documents()) expect(jsonBytes(document)).toBeLessThan(MAX_ITEM_BYTES);
    expect(bench.queues.deadLetters).toEqual([]);
    expect(bench.remediations()).toHaveLength(1);
  });

  test('for which the document of its pool has no room waits, and is done when there is', async () => {
    const bench = createBench();
    const held = Object.fromEntries(
      Array.from({ length: 700 }, (_, index) => [
        `elsewhere-${index}`,
        {
          remediation: 'r'.repeat(64),
          action: 'reset-nodes' as const,
          attempt: 1,
          since: new Date(bench.now()).toISOString(),
          expiresAt: new Date(bench.now() + 24 * HOUR).toISOString(),
          disruptive: true,
          domains: [],
        },
      ]),
    );
    await changePool(bench, (record) => ({ ...record, held }));
    // The budget of the pool is all of it: the places of other nodes are counted, and these are not among its nodes.
    for (let index = 0; index < 1_000; index += 1)
      bench.nodes.set(`more-${index}`, {
        ...bench.nodes.get(NODE)!,
        name: `more-${index}`,
        phase: 'Available',
      });
    await bench.command(command());
    await bench.advance(5_000);
    expect(bench.remediations()[0]).toMatchObject({
      state: 'deferred',
      why: expect.stringContaining('the ledger keeps no more than the 700 nodes'),
    });
    expect(bench.resets()).toEqual([]);
    await changePool(bench, (record) => ({ ...record, held: {}, releases: record.releases + 1 }));
    await bench.advance(20 * MINUTE);
    expect(bench.resets()).toHaveLength(1);
  });
});

test('as many commands as there are nodes wait in the order of their age, and the document of their pool stays small', async () => {
  const rules = `
pools:
  train-a: { id: ${POOL}, budget: { maxUnavailable: 1, perDay: 100% } }
`;
  const bench = createBench(rules);
  for (const node of bench.nodes.values()) node.phase = 'Available';
  for (let index = 0; index < 150; index += 1)
    bench.nodes.set(`more-${index}`, { ...bench.nodes.get(NODE)!, name: `more-${index}` });
  const names = [...bench.nodes.keys()];
  const ids = names.map((_, index) => `c-${String(index).padStart(3, '0')}-${'i'.repeat(100)}`);
  for (const [index, id] of ids.entries()) {
    await bench.command(command({ id, nodes: [names[index]] }));
    bench.stand(1_000);
  }
  await bench.advance(MINUTE);
  const waiting = await readWaiting(POOL, bench);
  expect(waiting.map(({ remediation }) => remediation)).toEqual(ids.slice(1));
  expect(jsonBytes(await poolRecord(bench))).toBeLessThan(2 * 1024);
});

test('of more commands than are read of a wait list the youngest come back by themselves', async () => {
  const bench = createBench();
  const remediation = { id: '', createdAt: '', pool: POOL } as Remediation;
  const entries = Array.from({ length: MAX_WAITING + 1 }, (_, index) => ({
    remediation: { ...remediation, id: `r-${index}`, createdAt: new Date(index * 1_000).toISOString() },
    waitsFor: 'place' as const,
    places: 1,
    domains: [],
    readAt: new Date(bench.now()).toISOString(),
    comesBackAtMs: bench.now() + 15 * MINUTE,
  }));
  await enqueue(POOL, entries, bench);
  const waiting = await readWaiting(POOL, bench);
  expect(waiting).toHaveLength(MAX_WAITING);
  expect(waiting.at(-1)?.remediation).toBe(`r-${MAX_WAITING - 1}`);
});

test('alerts of more nodes than there is room for are a storm, and the document holds', async () => {
  const bench = createBench();
  for (let index = 0; index < 1_000; index += 1) {
    const name = `os-node-created-${'n'.repeat(100)}-${index}`;
    bench.nodes.set(name, {
      ...bench.nodes.get(NODE)!,
      name,
      privateIp: `10.9.${index >> 8}.${index & 255}`,
    });
  }
  const names = [...bench.nodes.keys()].slice(120, 320);
  await bench.receive(...names.map((name) => firing(name)));
  await bench.advance(MINUTE);
  const record = await poolRecord(bench);
  expect(jsonBytes(record?.reported)).toBeLessThanOrEqual(24 * 1024);
  expect(jsonBytes(record)).toBeLessThan(MAX_ITEM_BYTES);
});
