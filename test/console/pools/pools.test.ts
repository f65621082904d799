import { describe, expect, test } from 'vitest';
import { createDocument } from '#lib/ledger/change';
import { remediationKey, remediationKind } from '#lib/ledger/remediation';
import { apiError, createBench, firing, nodeName, POOL, RULES } from '#test/remediation/bench';
import { openedAt } from '#test/remediation/in-state';
import { type ConsoleRequest, openConsole } from '../console-door.ts';

const MINUTE = 60_000;

/** A pool of 120 nodes; these of them are not well. */
function poolWith(abnormal: readonly string[], rules?: string) {
  const bench = createBench(rules);
  for (const node of bench.nodes.values())
    node.phase = abnormal.includes(node.name) ? 'Abnormal' : 'Available';
  return bench;
}

/** Asks the console of a bench for one answer. */
function ask(
  bench: ReturnType<typeof createBench>,
  route: string,
  path: Record<string, string> = {},
  more: ConsoleRequest = {},
) {
  return openConsole(bench)(route, { path, ...more });
}

/** The view of the only pool. */
async function viewOf(bench: ReturnType<typeof createBench>) {
  return (await ask(bench, 'GET /pools/{pool}', { pool: 'train-a' })).body;
}

async function nodeOf(bench: ReturnType<typeof createBench>, node: string) {
  return (await ask(bench, 'GET /nodes/{node}', { node })).body;
}

test('a pool that was never read shows no health and no budget', async () => {
  const view = await viewOf(poolWith([]));
  expect(view).toMatchObject({
    id: POOL,
    name: 'train-a',
    nodes: { total: 0, phases: {}, states: { well: 0 } },
  });
  expect(view).not.toHaveProperty('reading');
  expect(view).not.toHaveProperty('budget');
});

test('a reset shows as held, then as a cooldown, with the numbers of the guards', async () => {
  const bench = poolWith([nodeName(1), nodeName(2)]);
  await bench.receive(firing(nodeName(1)));
  await bench.advance(5_000);
  const [remediation] = bench.remediations();
  const during = await viewOf(bench);
  expect(during).toMatchObject({
    reading: { at: '2026-11-20T10:00:05.000Z' },
    nodes: { total: 120, phases: { Abnormal: 2, Available: 118 }, states: { well: 118, held: 1, out: 1 } },
    outOfService: [
      { node: nodeName(1), by: 'poolkeeper', remediation: remediation!.id },
      { node: nodeName(2), by: 'others', why: 'the node is Abnormal (no driver is shown)' },
    ],
    outOfServiceTotal: 2,
    held: [{ node: nodeName(1), action: 'reset-nodes', disruptive: true }],
    budget: { limit: 120, out: 2, free: 118, day: { limit: 120, spent: 1, free: 119 } },
    window: { open: true },
    waiting: [],
  });

  await bench.advance(3 * MINUTE);
  bench.endJob('job-1');
  await bench.advance(MINUTE);
  const after = await viewOf(bench);
  expect(after).toMatchObject({ held: [], nodes: { states: { well: 118, cooldown: 1, out: 1 } } });
  expect(await nodeOf(bench, nodeName(1))).toMatchObject({
    state: 'cooldown',
    why: expect.stringMatching(
      /^reset-nodes of remediation \w+ was 4 min( \d+ s)? ago; the cooldown is 6 h$/,
    ),
    cooldownUntil: '2026-11-20T16:00:05.000Z',
    history: { action: 'reset-nodes', outcome: 'succeeded' },
    rounds: [{ rule: 'card-lost', used: 1, limit: 3 }],
    alerts: [{ name: 'CardLost', rule: 'card-lost', since: '2026-11-20T09:59:30.000Z' }],
    remediations: [{ id: remediation!.id, state: 'succeeded' }],
  });
  bench.stand(7 * 60 * MINUTE);
  expect((await nodeOf(bench, nodeName(1))).state).toBe('unknown');
});

test('a command over the budget waits with the words of its guard, and the numbers say why', async () => {
  const bench = poolWith(
    [nodeName(1), nodeName(2)],
    RULES.replace('maxUnavailable: 100%', 'maxUnavailable: 1'),
  );
  await bench.receive(firing(nodeName(1)));
  await bench.advance(5_000);
  const [command] = bench.remediations();
  const why =
    'it waits: with it 2 of 120 nodes would be out of service (2 unavailable, 0 being worked on); at most 1 may be';
  expect(await viewOf(bench)).toMatchObject({
    nodes: { states: { waiting: 1, out: 1 } },
    budget: { limit: 1, out: 2, free: 0, exceededSince: '2026-11-20T10:00:05.000Z' },
    waiting: [{ remediation: command!.id, waitsFor: 'place', since: command!.createdAt, why }],
    waitingTotal: 1,
  });
  expect(await nodeOf(bench, nodeName(1))).toMatchObject({
    state: 'waiting',
    why: `reset-nodes of remediation ${command!.id}: ${why}`,
  });
});

test('of more waiting commands than a pool shows, the oldest count, however long they are in their state', async () => {
  const bench = poolWith([]);
  const many = 1_100;
  const acceptedAt = (index: number) => new Date(bench.now() - (many - index) * 1_000).toISOString();
  for (let index = 0; index < many; index += 1) {
    const createdAt = acceptedAt(index);
    // The oldest have waited anew for the shortest time.
    const stateSince = new Date(bench.now() - index).toISOString();
    const waiting = openedAt(createdAt, { id: `c-${index}`, pool: POOL, state: 'deferred', stateSince });
    await createDocument(bench.store, remediationKind, remediationKey(waiting.id), waiting);
  }
  const { waiting, waitingTotal } = await viewOf(bench);
  expect(waitingTotal).toBe(1_000);
  expect(waiting).toHaveLength(100);
  expect(waiting[0]).toMatchObject({ remediation: 'c-0', since: acceptedAt(0) });
  expect(waiting[99]).toMatchObject({ remediation: 'c-99' });
});

test('a node that a reset did not repair is broken, and well again as soon as a reading shows it', async () => {
  const bench = poolWith([nodeName(1)]);
  await bench.receive(firing(nodeName(1)));
  await bench.advance(3 * MINUTE);
  bench.endJob('job-1', 'Success', { [nodeName(1)]: 'Abnormal' });
  await bench.advance(10 * MINUTE);
  const [remediation] = bench.remediations();
  expect(remediation!.state).toBe('needs-human');
  expect(await nodeOf(bench, nodeName(1))).toMatchObject({
    state: 'broken',
    why: expect.stringContaining(`reset-nodes of remediation ${remediation!.id} ended as needs-human`),
  });
  expect((await viewOf(bench)).nodes.states).toMatchObject({ broken: 1, out: 0 });

  bench.nodes.get(nodeName(1))!.phase = 'Available';
  await bench.receive(firing(nodeName(3), { alertname: 'Watched' }));
  await bench.advance(MINUTE);
  expect(await nodeOf(bench, nodeName(1))).toMatchObject({ state: 'cooldown' });
});

/** Lets two minutes pass, and a function read the pool. */
async function readAgain(bench: ReturnType<typeof createBench>, alert: number): Promise<void> {
  bench.stand(2 * MINUTE);
  await bench.receive(firing(nodeName(alert), { alertname: 'Watched' }));
  await bench.advance(5_000);
}

describe('a reading that is no proof', () => {
  test('leaves the nodes that it does not show unknown, until a second one is without them', async () => {
    const bench = poolWith([]);
    await readAgain(bench, 1);
    bench.nodes.delete(nodeName(120));
    await readAgain(bench, 2);
    expect((await viewOf(bench)).nodes).toMatchObject({ total: 120, states: { well: 119, unknown: 1 } });
    expect(await nodeOf(bench, nodeName(120))).toMatchObject({
      state: 'unknown',
      why: 'the last reading does not show the node, since 2026-11-20T10:04:10.000Z',
      address: '10.0.0.120',
    });
    await readAgain(bench, 3);
    expect((await viewOf(bench)).nodes).toMatchObject({ total: 119, states: { well: 119, unknown: 0 } });
  });

  test('does not count when it is empty: the pool is failing, and says since when', async () => {
    const bench = poolWith([]);
    await readAgain(bench, 1);
    const kept = new Map(bench.nodes);
    bench.nodes.clear();
    await readAgain(bench, 2);
    expect(await viewOf(bench)).toMatchObject({
      reading: { at: '2026-11-20T10:02:05.000Z' },
      failing: {
        since: '2026-11-20T10:04:10.000Z',
        why: 'the API lists no node of the pool, which had 120',
      },
    });
    for (const [name, node] of kept) bench.nodes.set(name, node);
    await readAgain(bench, 3);
    expect(await viewOf(bench)).not.toHaveProperty('failing');
  });

  test('makes all nodes unknown when it is fifteen minutes old', async () => {
    const bench = poolWith([nodeName(5)]);
    await readAgain(bench, 1);
    bench.api.before = (endpoint) => {
      throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 503 });
    };
    await readAgain(bench, 2);
    bench.stand(12 * MINUTE);
    expect((await viewOf(bench)).nodes.states).toMatchObject({ well: 119, out: 1 });
    bench.stand(MINUTE);
    expect(await viewOf(bench)).toMatchObject({
      nodes: { total: 120, states: { well: 0, out: 0, unknown: 120 } },
      failing: { since: '2026-11-20T10:04:10.000Z', why: expect.stringContaining('503') },
    });
    expect((await nodeOf(bench, nodeName(5))).why).toBe(
      'the pool was last read 15 min ago, at 2026-11-20T10:02:05.000Z',
    );
  });

  test('counts its unreadable entries as unknown', async () => {
    const bench = poolWith([]);
    await readAgain(bench, 1);
    const send = bench.services.modelarts().send.bind(bench.services.modelarts());
    bench.services.modelarts().send = async (endpoint: any, input: any, options: any) => {
      const reply: any = await send(endpoint, input, options);
      if (!/nodes/i.test(endpoint.name)) return reply;
      return { ...reply, nodes: reply.nodes.slice(1), unreadable: [{ why: 'odd' }, { why: 'odd' }] };
    };
    await readAgain(bench, 2);
    await readAgain(bench, 3);
    expect((await viewOf(bench)).nodes).toMatchObject({ total: 121, states: { well: 119, unknown: 2 } });
  });
});

describe('the list of nodes', () => {
  test('has pages by name, and filters by state', async () => {
    const bench = poolWith([nodeName(7), nodeName(9)]);
    await bench.receive(firing(nodeName(1), { alertname: 'Watched' }));
    await bench.advance(5_000);
    const page = async (query: Record<string, string>) =>
      (await ask(bench, 'GET /pools/{pool}/nodes', { pool: POOL }, { query })).body;
    const names: string[] = [];
    for (let cursor: string | undefined, pages = 0; pages < 9; pages += 1) {
      const { nodes, next } = await page({ limit: '50', ...(cursor && { cursor }) });
      names.push(...nodes.map(({ node }: { node: string }) => node));
      cursor = next;
      if (!cursor) break;
    }
    expect(names).toEqual([...bench.nodes.keys()]);
    const { nodes, next } = await page({ state: 'out', limit: '1' });
    expect(nodes.map(({ node }: { node: string }) => node)).toEqual([nodeName(7)]);
    expect((await page({ state: 'out', limit: '1', cursor: next })).nodes[0].node).toBe(nodeName(9));
  });

  test.each([
    [{ limit: '1001' }, 400],
    [{ state: 'ill' }, 400],
    [{ poll: 'x' }, 400],
  ])('refuses %j', async (query, status) => {
    const answer = await ask(poolWith([]), 'GET /pools/{pool}/nodes', { pool: POOL }, { query: query });
    expect(answer.status).toBe(status);
  });
});

test('10,000 nodes are one view, and ten pages', async () => {
  const bench = poolWith([]);
  for (let index = 121; index <= 10_000; index += 1)
    bench.nodes.set(nodeName(index), {
      name: nodeName(index),
      phase: index % 100 === 0 ? 'Abnormal' : 'Available',
      privateIp: `10.1.${Math.floor(index / 250)}.${index % 250}`,
    });
  await bench.receive(firing(nodeName(1), { alertname: 'Watched' }));
  await bench.advance(5_000);
  const view = await viewOf(bench);
  expect(view.nodes).toMatchObject({ total: 10_000, states: { well: 9_901, out: 99 } });
  expect(view).toMatchObject({ outOfServiceTotal: 99, budget: { limit: 10_000, out: 99 } });
  const names = new Set<string>();
  let cursor: string | undefined;
  for (let page = 1; page <= 10; page += 1) {
    const query = { limit: '1000', ...(cursor !== undefined && { cursor }) };
    const { body } = await ask(bench, 'GET /pools/{pool}/nodes', { pool: POOL }, { query });
    for (const { node } of body.nodes) names.add(node);
    cursor = body.next;
  }
  expect(names.size).toBe(10_000);
  expect(cursor).toBeUndefined();
});

describe('the door', () => {
  test.each([
    ['GET /pools/{pool}', { pool: 'train-b' }],
    ['GET /pools/{pool}/nodes', { pool: 'train-b' }],
    ['GET /nodes/{node}', { node: 'os-node-nobody-knows' }],
    ['GET /nodes/{node}', { node: 'x'.repeat(3_000) }],
  ])('%s of something unknown is 404', async (route, path) => {
    const { status, body } = await ask(poolWith([]), route, path);
    expect(status).toBe(404);
    expect(body.detail.length).toBeLessThan(300);
  });

  test('admits no caller without a token', async () => {
    for (const route of ['GET /pools', 'GET /pools/{pool}', 'GET /pools/{pool}/nodes', 'GET /nodes/{node}'])
      expect((await ask(poolWith([]), route, { pool: POOL, node: 'n' }, { token: 'wrong' })).status).toBe(
        401,
      );
  });
});

test('a node is found by its address, and one that only a delivery has named is known', async () => {
  const bench = poolWith([]);
  await bench.receive(
    firing(nodeName(1), { alertname: 'Watched' }),
    firing('os-node-gone', { alertname: 'NoRule' }),
  );
  await bench.advance(5_000);
  expect(await nodeOf(bench, '10.0.0.17')).toMatchObject({ node: nodeName(17), state: 'well' });
  expect(await nodeOf(bench, 'os-node-gone')).toMatchObject({
    state: 'unknown',
    why: 'no reading of a pool shows the node',
    remediations: [],
  });
  bench.nodes.get(nodeName(18))!.privateIp = '10.0.0.17';
  bench.stand(2 * MINUTE);
  await bench.receive(firing(nodeName(2), { alertname: 'Watched' }));
  await bench.advance(5_000);
  expect((await ask(bench, 'GET /nodes/{node}', { node: '10.0.0.17' })).status).toBe(409);
});

test('an unreadable document of a pool is named in the list, and stops no other view', async () => {
  const bench = poolWith([], RULES.replace('rules:\n', '  train-b: { id: pool-b }\nrules:\n'));
  await bench.store.put({ pk: `pool#${POOL}`, sk: '-', version: 1, writeId: 'odd', value: { pool: 7 } }, 0);
  const { status, body } = await ask(bench, 'GET /pools');
  expect(status).toBe(200);
  expect(body.pools).toMatchObject([
    { name: 'train-a', unreadable: expect.stringContaining('cannot be read by this version') },
    { name: 'train-b', nodes: { total: 0 } },
  ]);
  expect((await ask(bench, 'GET /pools/{pool}', { pool: 'train-a' })).status).toBe(500);
});

test('windows are shown in their own time zone', async () => {
  const rules = RULES.replace(
    'budget: {',
    'windows: [ { start: "0 22 ? * SAT *", length: 6h, timezone: Asia/Shanghai } ], budget: {',
  );
  const bench = poolWith([], rules);
  expect((await viewOf(bench)).window).toMatchObject({
    open: false,
    zone: 'Asia/Shanghai',
    next: '2026-11-21T22:00:00+08:00',
  });
  bench.stand(Date.parse('2026-11-21T15:00:00Z') - bench.now());
  expect((await viewOf(bench)).window).toMatchObject({ open: true, next: '2026-11-22T04:00:00+08:00' });
});
