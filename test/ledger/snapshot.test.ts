import { describe, expect, test } from 'vitest';
import { MAX_ITEM_BYTES } from '#lib/ledger/limits';
import { createMemoryStore } from '#lib/ledger/memory-store';
import { keepSnapshots } from '#lib/ledger/snapshot/keep-snapshot';
import { readSnapshot } from '#lib/ledger/snapshot/read-snapshot';
import { snapshotKey } from '#lib/ledger/snapshot/snapshot-record';
import type { Document } from '#lib/ledger/store';
import { createLogger } from '#lib/log';
import type { Listing } from '#lib/modelarts/replies/listing';
import { PoolNode } from '#lib/modelarts/replies/pool-node';
import { parseRules } from '#lib/rules/parse/parse';
import { apiError } from '#test/remediation/bench';
import { meteredStore } from './metered-store.ts';

const POOL = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';
const MINUTE = 60_000;

/** A node as the API shows it, with an address and labels of its own. */
function listed(index: number, more: { phase?: string; name?: string; text?: string } = {}) {
  const { phase = 'Available', name = `os-node-created-${index.toString(36).padStart(5, '0')}` } = more;
  const { text = `${Math.floor(index / 48)}` } = more;
  return PoolNode.parse({
    metadata: {
      name,
      labels: {
        'os.modelarts.node/nodepoolname': `np-${index % 4}`,
        'os.modelarts.node/batch.uid': `supernode-${text}`,
        'cce.kubectl.kubernetes.io/cabinet': `10.${index % 200}.0.1-10.${index % 200}.0.2`,
        unrelated: 'x'.repeat(200),
      },
    },
    spec: { flavor: 'modelarts.bm.npu.arm.8snt9b.d' },
    status: {
      phase,
      privateIp: `10.${Math.floor(index / 62_500)}.${Math.floor(index / 250) % 250}.${index % 250}`,
      driver: { phase: 'Running', version: '24.1.rc3' },
    },
  });
}

const whole = (items: readonly PoolNode[]): Listing<PoolNode> => ({ items, unreadable: [] });
const pool = (size: number) => Array.from({ length: size }, (_, index) => listed(index));

/** A text without any pattern. */
function random(length: number): string {
  return Array.from({ length }, () => Math.floor(Math.random() * 36).toString(36)).join('');
}

function createKeeper() {
  let now = Date.parse('2026-11-20T10:00:00Z');
  const { store, meter } = meteredStore(createMemoryStore());
  const logged: string[] = [];
  const log = createLogger({}, { write: (line) => logged.push(line) });
  const services = {
    store,
    rules: parseRules(`pools: { train-a: { id: ${POOL} } }\nrules: []\n`, 'rules.yml'),
    clock: { now: () => now, sleep: () => Promise.resolve() },
  };
  return {
    services,
    store,
    meter,
    logged,
    keep: (listing: Listing<PoolNode>, ofPool = POOL, isEmpty = () => Promise.resolve(false)) =>
      keepSnapshots(services)(ofPool, () => Promise.resolve(listing), log, isEmpty),
    async fail(failure: Error) {
      const failing = Promise.reject<Listing<PoolNode>>(failure);
      await keepSnapshots(services)(
        POOL,
        async () => failing,
        log,
        () => Promise.resolve(true),
      );
    },
    pass: (ms: number) => {
      now += ms;
    },
    seen: async () => (await readSnapshot(store, POOL)).reading,
  };
}

/** The part of a kept node that stays when a reading hides it. */
async function identityOf(keeper: ReturnType<typeof createKeeper>, index: number) {
  const { phase: _phase, driverPhase: _driver, ...identity } = (await keeper.seen())!.nodes[index]!;
  return identity;
}

test('comes back as it was read, without the labels that say nothing about a place', async () => {
  const keeper = createKeeper();
  await keeper.keep(whole([listed(2), listed(1, { phase: 'Abnormal' })]));
  expect(await keeper.seen()).toEqual({
    at: '2026-11-20T10:00:00.000Z',
    unreadable: 0,
    nodes: [
      {
        name: 'os-node-created-00001',
        privateIp: '10.0.0.1',
        flavor: 'modelarts.bm.npu.arm.8snt9b.d',
        driverVersion: '24.1.rc3',
        labels: {
          'os.modelarts.node/nodepoolname': 'np-1',
          'os.modelarts.node/batch.uid': 'supernode-0',
          'cce.kubectl.kubernetes.io/cabinet': '10.1.0.1-10.1.0.2',
        },
        phase: 'Abnormal',
        driverPhase: 'Running',
      },
      expect.objectContaining({ name: 'os-node-created-00002', phase: 'Available' }),
    ],
  });
});

test('is written at most once a minute, and costs one unit while only phases change', async () => {
  const keeper = createKeeper();
  const nodes = pool(500);
  await keeper.keep(whole(nodes));
  const first = keeper.meter.writeUnits;
  keeper.pass(59_000);
  nodes[7] = listed(7, { phase: 'Abnormal' });
  await keeper.keep(whole(nodes));
  expect(keeper.meter.writeUnits).toBe(first);
  expect((await keeper.seen())?.at).toBe('2026-11-20T10:00:00.000Z');
  keeper.pass(1_000);
  await keeper.keep(whole(nodes));
  expect(keeper.meter.writeUnits - first).toBe(1);
  expect((await keeper.seen())?.nodes.filter(({ phase }) => phase === 'Abnormal')).toHaveLength(1);
});

test('of 10,000 nodes fits into a few items, and costs little in each later minute', async () => {
  const keeper = createKeeper();
  const nodes = pool(10_000);
  await keeper.keep(whole(nodes));
  expect(keeper.meter.writeUnits).toBeLessThan(200);
  const before = { ...keeper.meter };
  for (let minute = 0; minute < 5; minute += 1) {
    keeper.pass(MINUTE);
    for (let spread = minute; spread < 10_000; spread += 20)
      nodes[spread] = listed(spread, { phase: 'Abnormal' });
    await keeper.keep(whole(nodes));
  }
  // Readings with 500, 1,000 and up to 2,500 nodes out of service, wherever they are.
  expect((keeper.meter.writeUnits - before.writeUnits) / 5).toBeLessThanOrEqual(3);
  const seen = await keeper.seen();
  expect(seen?.nodes).toHaveLength(10_000);
  expect(seen?.nodes.filter(({ phase }) => phase === 'Abnormal')).toHaveLength(2_500);
});

test('of any nodes fits into items of the table, however long and unlike their texts are', async () => {
  const keeper = createKeeper();
  const written: Document[] = [];
  const { put } = keeper.store;
  keeper.services.store.put = (document, version) => {
    written.push(document);
    return put(document, version);
  };
  const nodes = Array.from({ length: 3_000 }, (_, index) =>
    listed(index, { name: random(253), text: random(500), phase: random(300) }),
  );
  await keeper.keep(whole(nodes));
  expect(keeper.logged).toEqual([]);
  expect(written.length).toBeGreaterThan(2);
  for (const document of written) expect(JSON.stringify(document).length).toBeLessThan(MAX_ITEM_BYTES);
  expect((await keeper.seen())?.nodes).toHaveLength(3_000);
});

describe('what one reading hides', () => {
  test('stays of an earlier one, but for the state of the node, and writes no identities', async () => {
    const keeper = createKeeper();
    await keeper.keep(whole(pool(50)));
    const before = keeper.meter.puts;
    keeper.pass(MINUTE);
    const bare = PoolNode.parse({ metadata: { name: 'os-node-created-00003' } });
    await keeper.keep(whole(pool(50).with(3, bare)));
    expect(keeper.meter.puts - before).toBe(1);
    expect((await keeper.seen())?.nodes[3]).toEqual({
      ...(await identityOf(keeper, 3)),
      phase: '',
    });
  });

  test('is a missing node until two whole readings are without it; an unreadable entry may be the node', async () => {
    const keeper = createKeeper();
    await keeper.keep(whole(pool(50)));
    const missing = async () =>
      (await keeper.seen())?.nodes.filter((node) => node.missing !== undefined).map(({ name }) => name);
    const odd = { items: pool(49), unreadable: [{ why: 'odd' }] };
    for (const listing of [odd, odd, whole(pool(49))]) {
      keeper.pass(MINUTE);
      await keeper.keep(listing);
      expect(await missing()).toEqual(['os-node-created-0001d']);
    }
    keeper.pass(MINUTE);
    await keeper.keep(whole(pool(50)));
    expect(await missing()).toEqual([]);
    for (const left of [['os-node-created-0001d'], []]) {
      keeper.pass(MINUTE);
      await keeper.keep(whole(pool(49)));
      expect(await missing()).toEqual(left);
    }
    expect((await keeper.seen())?.nodes).toHaveLength(49);
  });
});

describe('a failure to read', () => {
  const error = apiError('listPoolNodes', { outcome: 'unknown', transient: true, status: 503 });

  test('is thrown on, and kept with its time and its words until a reading is good', async () => {
    const keeper = createKeeper();
    await expect(keeper.fail(error)).rejects.toBe(error);
    keeper.pass(MINUTE);
    await expect(keeper.fail(error)).rejects.toBe(error);
    expect(await readSnapshot(keeper.store, POOL)).toEqual({
      failing: { since: '2026-11-20T10:00:00.000Z', why: expect.stringContaining('503'), told: false },
    });
    await keeper.keep(whole(pool(2)));
    expect(await readSnapshot(keeper.store, POOL)).not.toHaveProperty('failing');
  });

  test('right after a good reading says nothing, and one of our own code neither', async () => {
    const keeper = createKeeper();
    await keeper.keep(whole(pool(2)));
    await expect(keeper.fail(error)).rejects.toBe(error);
    keeper.pass(MINUTE);
    await expect(keeper.fail(new TypeError('ours'))).rejects.toThrow('ours');
    expect(await readSnapshot(keeper.store, POOL)).not.toHaveProperty('failing');
  });
});

describe('a ledger that fails', () => {
  test.each(['get', 'put'] as const)('at %s is in the log, and stops no reader', async (method) => {
    const keeper = createKeeper();
    Object.assign(keeper.services.store, { [method]: () => Promise.reject(new Error('throttled')) });
    expect((await keeper.keep(whole(pool(3)))).items).toHaveLength(3);
    expect(keeper.logged.join()).toContain('could not be written');
  });

  test('with an unreadable snapshot likewise, and people see none', async () => {
    const keeper = createKeeper();
    const document = { ...snapshotKey(POOL), version: 1, writeId: 'odd', value: { pool: 3 } };
    await keeper.store.put(document, 0);
    expect((await keeper.keep(whole(pool(3)))).items).toHaveLength(3);
    expect(keeper.logged.join()).toContain('could not be written');
    expect(await keeper.seen()).toBeUndefined();
  });

  test('between the identities and the statuses leaves the former snapshot', async () => {
    const keeper = createKeeper();
    await keeper.keep(whole(pool(3)));
    keeper.pass(MINUTE);
    const { put } = keeper.store;
    keeper.services.store.put = (document, version) =>
      document.sk === '-' ? Promise.reject(new Error('killed')) : put(document, version);
    await keeper.keep(whole(pool(4)));
    expect(await keeper.seen()).toMatchObject({ at: '2026-11-20T10:00:00.000Z', nodes: { length: 3 } });
  });
});

test('an older reading does not replace a newer one', async () => {
  const keeper = createKeeper();
  const answer = Promise.withResolvers<Listing<PoolNode>>();
  const late = keepSnapshots(keeper.services)(
    POOL,
    () => answer.promise,
    undefined,
    () => Promise.resolve(false),
  );
  keeper.pass(2 * MINUTE);
  await keeper.keep(whole(pool(4)));
  answer.resolve(whole(pool(3)));
  await late;
  expect(await keeper.seen()).toMatchObject({ at: '2026-11-20T10:02:00.000Z', nodes: { length: 4 } });
});

test('a pool outside of the rules file leaves none', async () => {
  const keeper = createKeeper();
  await keeper.keep(whole(pool(3)), 'pool-of-others');
  expect(keeper.meter.puts + keeper.meter.gets).toBe(0);
});

test('identities are written again before the table forgets them', async () => {
  const keeper = createKeeper();
  await keeper.keep(whole(pool(3)));
  for (const [days, writes] of [
    [6, 1],
    [2, 2],
  ] as const) {
    const before = keeper.meter.puts;
    keeper.pass(days * 24 * 60 * MINUTE);
    await keeper.keep(whole(pool(3)));
    expect(keeper.meter.puts - before).toBe(writes);
  }
  expect((await keeper.seen())?.nodes).toHaveLength(3);
});

const failingOf = async (keeper: ReturnType<typeof createKeeper>) =>
  (await readSnapshot(keeper.store, POOL)).failing;
const yes = () => Promise.resolve(true);

describe('a pool whose list is empty', () => {
  const empty = whole([]);

  /** A pool of three nodes that lists none from now on, every five minutes. */
  async function emptied(times: number, isEmpty: () => Promise<boolean>, between?: (nth: number) => unknown) {
    const keeper = createKeeper();
    await keeper.keep(whole(pool(3)));
    for (let nth = 1; nth <= times; nth += 1) {
      keeper.pass(5 * MINUTE);
      await between?.(nth);
      await keeper.keep(empty, POOL, isEmpty);
    }
    return keeper;
  }

  test('has no node once three lists and the pool itself have said so, and that is no failure', async () => {
    const before = await emptied(2, yes);
    expect(await failingOf(before)).toMatchObject({ since: '2026-11-20T10:05:00.000Z' });
    expect((await before.seen())?.nodes).toHaveLength(3);
    const after = await emptied(3, yes);
    expect(await failingOf(after)).toBeUndefined();
    expect(await after.seen()).toMatchObject({ at: '2026-11-20T10:15:00.000Z', nodes: [] });
    after.pass(5 * MINUTE);
    await after.keep(empty);
    expect(await failingOf(after)).toBeUndefined();
    after.pass(5 * MINUTE);
    await after.keep(whole(pool(2)));
    expect((await after.seen())?.nodes).toHaveLength(2);
  });

  test.each<[string, () => Promise<boolean>]>([
    ['says that it has nodes', () => Promise.resolve(false)],
    [
      'cannot be read',
      () =>
        Promise.reject(
          apiError('listPoolNodes', { status: 500, outcome: 'unknown', transient: true, code: 'odd' }),
        ),
    ],
  ])('is failing, however long, if the pool itself %s', async (_, isEmpty) => {
    const keeper = await emptied(20, isEmpty);
    expect(await failingOf(keeper)).toMatchObject({ since: '2026-11-20T10:05:00.000Z' });
    expect((await keeper.seen())?.nodes).toHaveLength(3);
  });

  test('is failing if many readers see it within a moment', async () => {
    const keeper = await emptied(1, yes);
    for (let reader = 0; reader < 10; reader += 1) {
      keeper.pass(MINUTE / 2);
      await keeper.keep(empty, POOL, yes);
    }
    expect(await failingOf(keeper)).toBeDefined();
  });

  test('is counted anew after a reading that failed in another way', async () => {
    const keeper = createKeeper();
    await keeper.keep(whole(pool(3)));
    for (const isRefused of [false, false, true, false, false]) {
      keeper.pass(5 * MINUTE);
      const reading = isRefused
        ? keeper.fail(
            apiError('listPoolNodes', { status: 500, outcome: 'unknown', transient: true, code: 'odd' }),
          )
        : keeper.keep(empty, POOL, yes);
      await reading.catch(() => undefined);
      expect(await failingOf(keeper)).toMatchObject({ since: '2026-11-20T10:05:00.000Z' });
    }
    keeper.pass(5 * MINUTE);
    await keeper.keep(empty, POOL, yes);
    expect(await failingOf(keeper)).toBeUndefined();
  });
});
