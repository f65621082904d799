import { describe, expect, test } from 'vitest';
import { migrateNodes } from '#lib/actions/migrate-nodes/definition';
import { wakeNext } from '#lib/capacity/wait-list';
import { approve } from '#lib/console/approval';
import { updateDocument } from '#lib/ledger/change';
import {
  type PoolRecord,
  poolRecordKey,
  poolRecordKind,
  type Waiting,
  waitingKey,
  waitingKind,
} from '#lib/ledger/pool-record';
import type { Document, DocumentKey } from '#lib/ledger/store';
import { apiError, firing, nodeName, POOL } from '#test/remediation/bench';
import { createLimitedBench, HOUR, type LimitedBench, MINUTE, rulesWith, SECOND } from './limited-bench.ts';

const OTHER = 'pool-77aa-6f5da086876d4cd084d36f8bd3346036';
const CLUSTER = { 'os.modelarts.node/cluster': 'c' };

const RESET = { action: 'reset-nodes', pool: 'train-a', parameters: {}, mode: 'act' };
const names = (count: number, first = 1) =>
  Array.from({ length: count }, (_, index) => nodeName(first + index));
const CALM = 'storm: { nodes: 100%, within: 10m }';

describe('over the budget', () => {
  test('alerts wait for each other, oldest first, and every one ends', async () => {
    const bench = createLimitedBench(rulesWith(`budget: { maxUnavailable: 3, perDay: 100% }, ${CALM}`));
    const nodes = names(12);
    for (const node of nodes) {
      await bench.receive(firing(node));
      bench.stand(10);
    }
    let most = 0;
    await bench.run(2 * HOUR, {
      each: () => {
        most = Math.max(most, bench.held().length);
      },
    });
    expect(most).toBe(3);
    expect(bench.states()).toEqual({ succeeded: 12 });
    expect(bench.resetNodes().flat()).toEqual(nodes);
    expect(bench.held()).toEqual([]);
    expect(bench.leased()).toEqual([]);
    expect(bench.waiting()).toEqual([]);
    expect(bench.queues).toEqual({ commands: [], follow: [], deadLetters: [] });
    // Once when accepted, once for each quarter of an hour, once when it is its turn.
    for (const [position, node] of nodes.entries()) {
      const { id, createdAt, receipts } = bench.remediationOf(node);
      const calledAt = receipts.find(({ step }) => step === 'intent')!.at;
      const waitedMs = Date.parse(calledAt) - Date.parse(createdAt);
      expect(bench.sent.get(id), `${position}`).toBeLessThanOrEqual(2 + Math.ceil(waitedMs / (15 * MINUTE)));
    }
  });

  test('a place that becomes free wakes one command, not all of them', async () => {
    const bench = createLimitedBench(rulesWith(`budget: { maxUnavailable: 1, perDay: 100% }, ${CALM}`));
    for (const node of names(40)) {
      await bench.receive(firing(node));
      bench.stand(10);
    }
    await bench.advance(5 * SECOND);
    const before = { reads: bench.reads(), sent: [...bench.sent.values()].reduce((a, b) => a + b, 0) };
    bench.endJob('job-1');
    await bench.advance(3 * MINUTE);
    expect(bench.resetNodes()).toEqual([[nodeName(1)], [nodeName(2)]]);
    const sent = [...bench.sent.values()].reduce((a, b) => a + b, 0);
    expect(sent - before.sent).toBe(1);
    // One for the verification, one for the next command.
    expect(bench.reads() - before.reads).toBeLessThanOrEqual(2);
  });
});

test('a node that was worked on within the day counts once, and one more node waits until its hour is a day ago', async () => {
  const bench = createLimitedBench(
    rulesWith(`budget: { maxUnavailable: 9, perDay: 1 }, ${CALM}`, { evidence: '2d' }),
  );
  await bench.receive(firing(nodeName(1)));
  await bench.run(20 * MINUTE);
  await bench.run(7 * HOUR, { step: MINUTE });
  await bench.receive(firing(nodeName(1), { startsAt: new Date(bench.now()).toISOString() }));
  await bench.receive(firing(nodeName(2), { startsAt: new Date(bench.now()).toISOString() }));
  await bench.run(20 * MINUTE);
  expect(bench.resetNodes()).toEqual([[nodeName(1)], [nodeName(1)]]);
  // It counts from its second call on.
  expect(bench.pool().spent).toEqual({ '2026-11-20T17:00:00.000Z': 1 });
  expect(bench.remediationOf(nodeName(2))).toMatchObject({
    state: 'deferred',
    why: expect.stringContaining(
      'with it 2 of 120 nodes would have been worked on within a day; at most 1 may be',
    ),
  });
});

test('a command that needs several places is woken for all of them, and no younger one is woken for nothing', async () => {
  const bench = createLimitedBench(rulesWith(`budget: { maxUnavailable: 1, perDay: 100% }, ${CALM}`));
  for (const node of names(4)) {
    await bench.receive(firing(node));
    bench.stand(10);
  }
  await bench.advance(5 * SECOND);
  bench.stand(SECOND);
  const capacityChangedAt = new Date(bench.now()).toISOString();
  await updateDocument<PoolRecord>(
    bench.store,
    poolRecordKind,
    poolRecordKey(POOL),
    (current) => current && { ...current, capacityChangedAt },
  );
  const [oldest] = bench.waiting();
  await updateDocument<Waiting>(
    bench.store,
    waitingKind,
    waitingKey(POOL, oldest!),
    (current) => current && { ...current, places: 2 },
  );
  await wakeNext(POOL, 2, bench.services);
  const woken = bench.waiting().filter(({ wokenAt }) => wokenAt === capacityChangedAt);
  expect(woken.map(({ remediation }) => remediation)).toEqual([bench.remediationOf(nodeName(2)).id]);
});

test('a call that lost its answer, and whose job was found and does not end, has failed twice', async () => {
  const bench = createLimitedBench(rulesWith(`budget: { maxUnavailable: 1, perDay: 100% }, ${CALM}`));
  bench.api.after = (endpoint) => {
    if (endpoint === 'batchResetNodes')
      throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 504 });
  };
  await bench.receive(firing(nodeName(1)));
  await bench.advance(5 * MINUTE);
  expect(bench.remediationOf(nodeName(1))).toMatchObject({ state: 'running', jobId: 'job-1' });
  expect(bench.pool().breaker?.failures).toBe(1);
  await bench.advance(4 * HOUR, 30 * SECOND);
  expect(bench.remediationOf(nodeName(1)).state).toBe('needs-human');
  expect(bench.pool().breaker?.failures).toBe(2);
});

const overBudget = (bench: LimitedBench) =>
  bench.notices.filter(({ incident }) => incident === 'over-budget');
const breaks = (bench: LimitedBench, name: string) => (bench.nodes.get(name)!.phase = 'Abnormal');

test("what comes to nothing leaves its part of the day's budget to who waits for it, at once", async () => {
  const bench = createLimitedBench(rulesWith(`budget: { maxUnavailable: 9, perDay: 1 }, ${CALM}`));
  for (const node of names(2)) {
    await bench.receive(firing(node));
    bench.stand(10);
  }
  bench.api.before = (endpoint, body) => {
    bench.stand(10);
    if (endpoint === 'batchResetNodes' && body.nodeNames.includes(nodeName(1)))
      throw apiError(endpoint, { outcome: 'refused', transient: false, status: 400 });
  };
  await bench.advance(MINUTE);
  expect(bench.resetNodes()).toEqual([names(1), names(1, 2)]);
  expect(bench.remediationOf(nodeName(1)).state).toBe('needs-human');
  expect(bench.remediationOf(nodeName(2)).state).toBe('running');
});

describe('a pool with more nodes out of service than its budget allows', () => {
  test('is left alone, with one notice to a person at once, and another when it is so again', async () => {
    const bench = createLimitedBench(
      rulesWith(`budget: { maxUnavailable: 2, perDay: 100% }, ${CALM}`, { evidence: '1d' }),
    );
    for (const node of names(3)) breaks(bench, node);
    for (const node of names(3)) await bench.receive(firing(node));
    await bench.advance(5 * SECOND);
    const told = expect.objectContaining({
      kind: 'incident',
      why: '3 nodes of the pool are out of service without a call of Poolkeeper, and at most 2 may be: until this ends, Poolkeeper touches no node of the pool',
      at: bench.pool().overBudget!.since,
    });
    expect(overBudget(bench)).toEqual([told]);
    await bench.advance(2 * HOUR);
    expect(overBudget(bench)).toEqual([told]);
    expect(bench.resets()).toEqual([]);

    // A person repairs one of them: the others go on by themselves.
    bench.nodes.get(nodeName(1))!.phase = 'Available';
    await bench.run(HOUR);
    expect(bench.pool().overBudget).toBeUndefined();
    expect(bench.states()).toEqual({ succeeded: 3 });

    for (const node of names(3, 4)) breaks(bench, node);
    await bench.receive(firing(nodeName(4)));
    await bench.advance(5 * SECOND);
    expect(overBudget(bench)).toHaveLength(2);
  });

  test('is not one in which remediations are at work on as many', async () => {
    const bench = createLimitedBench(rulesWith(`budget: { maxUnavailable: 2, perDay: 100% }, ${CALM}`));
    for (const node of names(2)) breaks(bench, node);
    for (const node of names(3)) await bench.receive(firing(node));
    await bench.advance(5 * SECOND);
    expect(bench.held()).toHaveLength(2);
    breaks(bench, nodeName(4));
    await bench.receive(firing(nodeName(4)));
    await bench.advance(5 * SECOND);
    expect(overBudget(bench)).toEqual([]);
  });
});

const BATCH = 'os.modelarts.node/batch.uid';

describe('failure domains', () => {
  test('two nodes of one supernode are never worked on at once, while others go on', async () => {
    const bench = createLimitedBench(rulesWith(`budget: { maxUnavailable: 10, perDay: 100% }, ${CALM}`));
    for (const node of names(3)) bench.nodes.get(node)!.labels = { [BATCH]: 'supernode-1' };
    for (const node of names(5)) await bench.receive(firing(node));
    await bench.advance(5 * SECOND);
    expect(bench.held().toSorted()).toEqual([nodeName(1), nodeName(4), nodeName(5)]);
    const { sent } = bench;
    await bench.advance(10 * MINUTE);
    // The one that is held is the only thing that could let them go on.
    for (const node of names(2, 2)) expect(sent.get(bench.remediationOf(node).id)).toBeLessThanOrEqual(3);
    await bench.run(HOUR, {
      each: () => {
        expect(bench.held().filter((node) => names(3).includes(node)).length).toBeLessThanOrEqual(1);
      },
    });
    expect(bench.states()).toEqual({ succeeded: 5 });
  });
});

describe('a command of a person with more nodes than the budget has places', () => {
  test('that was approved waits as a whole, quietly', async () => {
    const bench = createLimitedBench(rulesWith(`budget: { maxUnavailable: 3, perDay: 100% }, ${CALM}`));
    await bench.command({ ...RESET, id: 'whole', nodes: names(5), mode: 'approve' });
    await bench.advance(5 * SECOND);
    const [{ plan } = {}] = bench.remediations();
    await approve('whole', { hash: plan!.hash, by: 'ada' }, bench.services);
    await bench.advance(14 * MINUTE);
    expect(bench.remediations()).toMatchObject([{ state: 'deferred', plan: { hash: plan!.hash } }]);
    expect(bench.sent.get('whole')).toBeLessThanOrEqual(3);
  });
});

describe('two commands that were approved at the same moment and share a node', () => {
  test('one goes as it stands, and of the other no part', async () => {
    const bench = createLimitedBench(rulesWith(`budget: { maxUnavailable: 10, perDay: 100% }, ${CALM}`));
    await bench.command({ ...RESET, id: 'first', nodes: names(2), mode: 'approve' });
    // Other terms: the two do not share a call.
    const parameters = { rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 2 } };
    await bench.command({ ...RESET, id: 'second', nodes: names(3, 2), parameters, mode: 'approve' });
    await bench.advance(5 * SECOND);
    for (const { id, plan } of bench.remediations())
      await approve(id, { hash: plan!.hash, by: 'ada' }, bench.services);
    await bench.advance(2 * MINUTE);
    expect(bench.resetNodes()).toEqual([names(2)]);
    expect(bench.remediations().find(({ id }) => id === 'second')).toMatchObject({
      state: 'awaiting-approval',
    });
    expect(bench.leased().toSorted()).toEqual(names(2));
  });
});

describe('the messages of a command that waits', () => {
  test('do not multiply, however often each of them is delivered', async () => {
    const bench = createLimitedBench(
      rulesWith(`windows: [ { start: "0 22 * * ? *", length: 6h } ]`, { evidence: '1d' }),
    );
    await bench.receive(firing(nodeName(1)));
    // It is 10:00: twelve hours until the window opens, at most a quarter of an hour for each message.
    for (let quarter = 0; quarter < 47; quarter += 1) {
      await bench.drain('commands', 3);
      expect(bench.queues.commands.length).toBeLessThanOrEqual(1);
      bench.stand(15 * MINUTE + SECOND);
    }
    expect(bench.resets()).toEqual([]);
    await bench.run(HOUR);
    expect(bench.states()).toEqual({ succeeded: 1 });
    expect(bench.queues.commands).toEqual([]);
  });

  test('do not multiply when it is judged again and again', async () => {
    const bench = createLimitedBench(rulesWith(`budget: { maxUnavailable: 1, perDay: 100% }`));
    for (const node of names(2, 8)) breaks(bench, node);
    await bench.command({ ...RESET, id: 'c-1', nodes: names(2) });
    for (let quarter = 0; quarter < 40; quarter += 1) {
      await bench.drain('commands', 3);
      expect(bench.queues.commands.length).toBeLessThanOrEqual(1);
      bench.stand(15 * MINUTE + SECOND);
    }
    expect(bench.sent.get('c-1')).toBeLessThanOrEqual(42);
  });

  test('do not multiply while the pool cannot be read', async () => {
    const bench = createLimitedBench(rulesWith(CALM));
    bench.api.before = (endpoint) => {
      throw apiError(endpoint, { outcome: 'refused', transient: true, status: 429 });
    };
    await bench.receive(firing(nodeName(1)));
    for (let minute = 0; minute < 30; minute += 1) {
      await bench.drain('commands', 3);
      expect(bench.queues.commands.length).toBeLessThanOrEqual(1);
      bench.stand(MINUTE + SECOND);
    }
    bench.api.before = () => {};
    await bench.run(HOUR);
    expect(bench.states()).toEqual({ succeeded: 1 });
  });

  test('are found again when one is delivered a second time after its function has died', async () => {
    const bench = createLimitedBench(rulesWith(`budget: { maxUnavailable: 1, perDay: 100% }, ${CALM}`));
    await bench.receive(firing(nodeName(1)));
    await bench.advance(5 * SECOND);
    await bench.receive(firing(nodeName(2)));
    const { send } = bench.commandQueue;
    bench.commandQueue.send = () => Promise.reject(new Error('killed'));
    await bench.drain('commands');
    bench.commandQueue.send = send;
    await bench.run(HOUR);
    expect(bench.states()).toEqual({ succeeded: 2 });
  });
});

describe('a command of a person for many nodes', () => {
  const rules = rulesWith(`budget: { maxUnavailable: 2, perDay: 100% }`);

  test('goes in parts, and each of its nodes ends once', async () => {
    const bench = createLimitedBench(rules);
    await bench.command({ ...RESET, id: 'c-1', nodes: names(5) });
    await bench.advance(5 * SECOND);
    expect(bench.remediations()).toMatchObject([
      {
        state: 'running',
        outcomes: {
          [nodeName(1)]: { state: 'running' },
          [nodeName(2)]: { state: 'running' },
          [nodeName(3)]: { state: 'waiting', why: expect.stringContaining('at most 2 may be') },
          [nodeName(4)]: { state: 'waiting' },
          [nodeName(5)]: { state: 'waiting' },
        },
      },
    ]);
    await bench.run(HOUR);
    expect(bench.resetNodes()).toEqual([names(2), names(2, 3), names(1, 5)]);
    expect(bench.remediations()).toMatchObject([
      {
        state: 'succeeded',
        outcomes: Object.fromEntries(names(5).map((node) => [node, { state: 'succeeded' }])),
      },
    ]);
    expect(bench.held()).toEqual([]);
    expect(bench.leased()).toEqual([]);
  });

  test.each([
    ['whose job fails', (bench: LimitedBench) => bench.endJob('job-1', 'Failed')],
    [
      'that does not help',
      (bench: LimitedBench) => bench.endJob('job-1', 'Success', { [nodeName(2)]: 'Abnormal' }),
    ],
  ])('stops at a part %s: the rest is left alone', async (_name, end) => {
    const bench = createLimitedBench(rules);
    await bench.command({ ...RESET, id: 'c-1', nodes: names(5) });
    await bench.advance(5 * SECOND);
    end(bench);
    await bench.run(HOUR);
    const { state, outcomes } = bench.remediations()[0]!;
    expect(state).toBe('failed');
    expect(outcomes[nodeName(2)]!.state).toBe('failed');
    for (const node of names(3, 3))
      expect(outcomes[node]).toMatchObject({ state: 'skipped', why: expect.stringContaining('not tried') });
    expect(bench.resets()).toHaveLength(1);
    expect(bench.held()).toEqual([]);
    expect(bench.leased()).toEqual([]);
  });

  test('stops at a part that the API refuses for good', async () => {
    const bench = createLimitedBench(rules);
    await bench.command({ ...RESET, id: 'c-1', nodes: names(5) });
    await bench.advance(5 * SECOND);
    bench.api.before = (endpoint) => {
      if (endpoint === 'batchResetNodes')
        throw apiError(endpoint, { outcome: 'refused', transient: false, status: 400, code: 'ModelArts.1' });
    };
    await bench.run(HOUR);
    const { state, outcomes } = bench.remediations()[0]!;
    expect(state).toBe('failed');
    expect(names(5).map((node) => outcomes[node]!.state)).toEqual([
      'succeeded',
      'succeeded',
      'failed',
      'failed',
      'skipped',
    ]);
    expect(bench.held()).toEqual([]);
    expect(bench.leased()).toEqual([]);
  });

  test('stops at a part whose answer is lost, which is left to a person, without its places once it has left no trace', async () => {
    const bench = createLimitedBench(rules);
    bench.api.before = (endpoint) => {
      if (endpoint === 'batchResetNodes')
        throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 504 });
    };
    await bench.command({ ...RESET, id: 'c-1', nodes: names(5) });
    await bench.run(5 * MINUTE);
    expect(bench.held().toSorted()).toEqual(names(2));
    await bench.run(HOUR);
    const { state, outcomes } = bench.remediations()[0]!;
    expect(state).toBe('needs-human');
    for (const node of names(3, 3)) expect(outcomes[node]!.state).toBe('skipped');
    expect(bench.held()).toEqual([]);
    expect(bench.leased()).toEqual([]);
    expect(bench.resets()).toHaveLength(1);
  });

  test('that was approved goes as it stands once there is room for all of it', async () => {
    const bench = createLimitedBench(rules);
    await bench.command({ ...RESET, id: 'first', nodes: names(1) });
    await bench.advance(5 * SECOND);
    await bench.command({ ...RESET, id: 'whole', nodes: names(2, 2), mode: 'approve' });
    await bench.advance(5 * SECOND);
    const hash = bench.remediationOf(nodeName(2)).plan!.hash;
    await approve('whole', { hash, by: 'ada' }, bench.services);
    await bench.advance(5 * MINUTE);
    expect(bench.remediationOf(nodeName(2))).toMatchObject({ state: 'deferred', plan: { hash } });
    bench.endJob('job-1');
    await bench.advance(2 * MINUTE);
    expect(bench.resetNodes()).toEqual([names(1), names(2, 2)]);
    expect(bench.remediationOf(nodeName(2))).toMatchObject({ state: 'running', plan: { hash } });
  });

  test('that was approved is not overtaken by younger commands for which there is always a place', async () => {
    const bench = createLimitedBench(rulesWith(`budget: { maxUnavailable: 3, perDay: 100% }, ${CALM}`));
    await bench.receive(firing(nodeName(1)));
    await bench.run(MINUTE);
    await bench.command({ ...RESET, id: 'whole', nodes: names(3, 4), mode: 'approve' });
    await bench.advance(5 * SECOND);
    const { hash } = bench.remediationOf(nodeName(4)).plan!;
    await approve('whole', { hash, by: 'ada' }, bench.services);
    // Each comes when one node is being worked on, and has been for half of its time.
    for (const node of names(8, 7)) {
      await bench.run(6 * MINUTE);
      await bench.receive(firing(node));
    }
    await bench.run(HOUR);
    expect(bench.resetNodes().slice(0, 2)).toEqual([names(1), names(3, 4)]);
    expect(bench.states()).toEqual({ succeeded: 10 });
  });
});

describe('a storm', () => {
  test('holds every node, leads to one notice, then goes on slowly, then as ever', async () => {
    const bench = createLimitedBench(
      rulesWith(`budget: { maxUnavailable: 5, perDay: 100% }, storm: { nodes: 3, within: 10m }`),
    );
    const nodes = names(8);
    for (const node of nodes.slice(0, 4)) {
      await bench.receive(firing(node));
      bench.stand(10);
    }
    await bench.advance(5 * MINUTE);
    expect(bench.resets()).toEqual([]);
    // The same alerts again are no news, further nodes are.
    for (const node of nodes.slice(0, 4)) await bench.receive(firing(node));
    await bench.advance(5 * SECOND);
    const until = bench.pool().storm!.until;
    expect(Date.parse(until)).toBeLessThan(bench.now() + 6 * MINUTE);
    for (const node of nodes.slice(4)) {
      await bench.receive(firing(node));
      bench.stand(10);
    }
    await bench.advance(9 * MINUTE);
    expect(Date.parse(bench.pool().storm!.until)).toBeGreaterThan(Date.parse(until));
    expect(bench.resets()).toEqual([]);
    expect(bench.notices).toEqual([
      expect.objectContaining({
        kind: 'incident',
        incident: 'storm',
        why: expect.stringContaining('4 nodes'),
        // Its key: every notice of it names the same time.
        at: bench.pool().storm!.since,
      }),
    ]);

    // It is over: one at a time for an hour.
    let most = 0;
    await bench.run(45 * MINUTE, {
      jobMs: 13 * MINUTE,
      each: () => (most = Math.max(most, bench.held().length)),
    });
    expect(most).toBe(1);
    expect(bench.resets().length).toBeGreaterThanOrEqual(3);
    await bench.run(2 * HOUR, {
      jobMs: 13 * MINUTE,
      each: () => (most = Math.max(most, bench.held().length)),
    });
    expect(most).toBeGreaterThan(1);
    expect(bench.states()).toEqual({ succeeded: 8 });
    expect(bench.resetNodes().flat()).toEqual(nodes);
    expect(bench.notices).toHaveLength(1);
  });

  test('is one, too, where the pool could not be read when its nodes were reported', async () => {
    const bench = createLimitedBench(
      rulesWith(`budget: { maxUnavailable: 5, perDay: 100% }, storm: { nodes: 3, within: 10m }`),
    );
    const { before } = bench.api;
    bench.api.before = (endpoint) => {
      throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 504 });
    };
    for (const node of names(4)) await bench.receive(firing(node));
    await bench.advance(5 * SECOND);
    expect(bench.states()).toEqual({ deferred: 4 });
    bench.api.before = before;
    await bench.advance(3 * MINUTE);
    expect(bench.pool().storm).toMatchObject({ nodes: 4, told: true });
    expect(bench.resets()).toEqual([]);
    // A command that was deferred before its judgement has every guard on record all the same.
    const { receipts } = bench.remediationOf(nodeName(1));
    expect(receipts.filter((one) => one.step === 'guard' && one.allowed).length).toBeGreaterThan(8);
  });

  test('is more nodes than may be worked on in a day, where the rules say nothing, and two are none', async () => {
    const calm = createLimitedBench(rulesWith('budget: { maxUnavailable: 9 }'), { size: 5 });
    for (const node of names(2)) await calm.receive(firing(node));
    await calm.advance(5 * SECOND);
    expect(calm.pool().storm).toBeUndefined();
    const stormy = createLimitedBench(rulesWith('budget: { maxUnavailable: 9 }'), { size: 5 });
    for (const node of names(3)) await stormy.receive(firing(node));
    await stormy.advance(5 * SECOND);
    expect(stormy.pool().storm).toMatchObject({ nodes: 3, told: true });
  });
});

const withBreaker = (failures: number) =>
  rulesWith(
    `budget: { maxUnavailable: 10, perDay: 100% }, ${CALM}, breaker: { failures: ${failures}, pause: 10m }`,
  );
const incidents = (bench: LimitedBench) => bench.notices.filter(({ incident }) => incident === 'breaker');

describe('the breaker', () => {
  test.each<[string, (bench: LimitedBench) => Promise<void>]>([
    [
      'jobs that fail',
      async (bench) => {
        bench.endJob('job-1', 'Failed');
        await bench.advance(2 * MINUTE);
      },
    ],
    [
      'nodes that are no better for it',
      async (bench) => {
        bench.endJob('job-1', 'Success', Object.fromEntries(names(3).map((node) => [node, 'Abnormal'])));
        await bench.advance(4 * MINUTE);
      },
    ],
  ])('opens at %s', async (_name, end) => {
    const bench = createLimitedBench(withBreaker(3));
    for (const node of names(3)) await bench.receive(firing(node));
    await bench.advance(5 * SECOND);
    await end(bench);
    expect(bench.pool().breaker).toMatchObject({ failures: 3, trips: 1, told: true });
    expect(incidents(bench)).toHaveLength(1);
    await bench.receive(firing(nodeName(9)));
    await bench.advance(5 * SECOND);
    expect(bench.resets()).toHaveLength(1);
    expect(bench.remediationOf(nodeName(9))).toMatchObject({
      state: 'deferred',
      why: expect.stringContaining('failed in a row'),
    });
  });

  test.each([
    ['refused for good', { outcome: 'refused', transient: false, status: 400 }, 3],
    ['answered with a 500', { outcome: 'unknown', transient: true, status: 500 }, 3],
    ['not answered', { outcome: 'unknown', transient: true, code: 'timed-out' }, 3],
    ['told to come back later', { outcome: 'refused', transient: true, status: 429 }, undefined],
  ] as const)('opens at calls that are %s', async (_name, failure, failures) => {
    const bench = createLimitedBench(withBreaker(3));
    bench.api.before = (endpoint) => {
      if (endpoint === 'batchResetNodes') throw apiError(endpoint, failure);
    };
    for (const node of names(3)) {
      await bench.receive(firing(node));
      await bench.advance(5 * SECOND);
    }
    expect(bench.pool().breaker?.failures).toBe(failures);
    expect(bench.pool().breaker?.openUntil !== undefined).toBe(failures !== undefined);
  });

  test('counts an answer that was lost once, however many commands wait for it, and with any finding', async () => {
    const bench = createLimitedBench(withBreaker(9));
    bench.api.before = (endpoint) => {
      if (endpoint === 'batchResetNodes')
        throw apiError(endpoint, { outcome: 'unknown', transient: true, code: 'timed-out' });
    };
    for (const node of names(3)) await bench.receive(firing(node));
    await bench.run(20 * MINUTE);
    expect(bench.states()).toEqual({ 'needs-human': 3 });
    expect(bench.resets()).toHaveLength(1);
    expect(bench.pool().breaker?.failures).toBe(1);
  });

  test('lets one through after its pause; a failure opens it for longer, a success closes it, and the others go in order', async () => {
    const bench = createLimitedBench(withBreaker(2));
    const nodes = names(7);
    for (const node of nodes.slice(0, 2)) await bench.receive(firing(node));
    await bench.advance(5 * SECOND);
    for (const node of nodes.slice(2)) {
      bench.stand(10);
      await bench.receive(firing(node));
    }
    bench.endJob('job-1', 'Failed');
    await bench.pass(2 * MINUTE);
    expect(bench.pool().breaker).toMatchObject({ trips: 1 });
    await bench.advance(8 * MINUTE);
    expect(bench.resets()).toHaveLength(1);
    await bench.advance(3 * MINUTE);
    expect(bench.resetNodes().slice(1)).toEqual([[nodeName(3)]]);
    bench.endJob('job-2', 'Failed');
    await bench.advance(2 * MINUTE);
    expect(bench.pool().breaker).toMatchObject({ trips: 2 });
    await bench.advance(17 * MINUTE);
    expect(bench.resets()).toHaveLength(2);
    await bench.advance(4 * MINUTE);
    expect(bench.resetNodes().slice(2)).toEqual([[nodeName(4)]]);
    bench.endJob('job-3');
    await bench.run(HOUR);
    expect(bench.pool().breaker).toBeUndefined();
    expect(bench.resetNodes().flat()).toEqual(nodes);
    expect(bench.states()).toEqual({ 'needs-human': 3, succeeded: 4 });
    expect(incidents(bench)).toHaveLength(1);
  });
});

describe('outside of a window', () => {
  const nights = `windows: [ { start: "0 22 * * ? *", length: 6h } ], ${CALM}`;

  test('a command waits for the next opening, and is carried out if its evidence holds', async () => {
    const bench = createLimitedBench(rulesWith(nights, { evidence: '13h' }));
    await bench.receive(firing(nodeName(1)));
    await bench.advance(5 * SECOND);
    expect(bench.remediations()).toMatchObject([
      { state: 'deferred', why: 'it waits: no window is open; the next opens at 2026-11-20T22:00:00.000Z' },
    ]);
    await bench.run(11 * HOUR + 59 * MINUTE, { step: MINUTE });
    expect(bench.resets()).toEqual([]);
    await bench.run(MINUTE);
    expect(bench.resetNodes()).toEqual([[nodeName(1)]]);
    // One message for each quarter of an hour, and the first.
    expect([...bench.sent.values()]).toEqual([expect.toSatisfy((count) => count <= 50)]);
    expect(bench.reads()).toBeLessThanOrEqual(3);
  });

  test('a command that has waited for longer than its evidence holds leads to a notice', async () => {
    const bench = createLimitedBench(rulesWith(nights, { evidence: '1h' }));
    await bench.receive(firing(nodeName(1)));
    await bench.run(13 * HOUR, { step: MINUTE });
    expect(bench.resets()).toEqual([]);
    expect(bench.remediations()).toMatchObject([
      {
        state: 'needs-human',
        why: expect.stringMatching(/evidence is 12 h old.*it had to wait: it waits: no window is open/),
      },
    ]);
    expect(bench.queues.commands).toEqual([]);
    expect(bench.waiting()).toEqual([]);
  });

  test('an alert that is delivered again keeps its evidence fresh', async () => {
    const bench = createLimitedBench(rulesWith(nights, { evidence: '5h' }));
    for (let hours = 0; hours < 12; hours += 4) {
      await bench.receive(firing(nodeName(1)));
      await bench.run(4 * HOUR, { step: MINUTE });
    }
    await bench.run(5 * MINUTE);
    expect(bench.resetNodes()).toEqual([[nodeName(1)]]);
  });
});

describe('right before the call', () => {
  test('an alert that resolves at any step before the intent is not acted on', async () => {
    let resolvedBefore = 0;
    for (let step = 1; step <= 40; step += 1) {
      const bench = createLimitedBench(rulesWith(CALM));
      await bench.receive(firing(nodeName(1)));
      const { get, put, getMany } = bench.store;
      let operations = 0;
      let lookedAt = 0;
      let isIntended = false;
      const next = async () => {
        operations += 1;
        if (operations !== step || isIntended) return;
        resolvedBefore += 1;
        Object.assign(bench.store, { get, put, getMany });
        await bench.receive(firing(nodeName(1), { status: 'resolved' }));
        Object.assign(bench.store, counted);
      };
      const counted = {
        get: async (key: DocumentKey) => (await next(), get(key)),
        getMany: async (keys: readonly DocumentKey[]) => {
          await next();
          if (keys.some(({ pk }) => pk.startsWith('alert#'))) lookedAt = operations;
          return getMany(keys);
        },
        put: async (document: Document, version: number) => {
          await next();
          const { state } = document['value'] as { state?: string };
          if (document.pk.startsWith('call#') && state === 'calling') isIntended = true;
          return put(document, version);
        },
      };
      Object.assign(bench.store, counted);
      await bench.drain('commands');
      Object.assign(bench.store, { get, put, getMany });
      // A resolution between the last check and the intent comes too late, in every process.
      if (step > lookedAt) {
        expect(lookedAt).toBeGreaterThan(8);
        break;
      }
      expect(bench.resets(), `resolved before operation ${step}`).toEqual([]);
      await bench.run(HOUR);
      expect(bench.remediations(), `resolved before operation ${step}`).toMatchObject([
        { state: 'skipped', why: expect.stringContaining('the alert resolved') },
      ]);
      expect(bench.held()).toEqual([]);
      expect(bench.leased()).toEqual([]);
    }
    expect(resolvedBefore).toBeGreaterThan(8);
  });

  test.each([
    [19, 1],
    [21, 2],
  ])('a reading %i s old: the pool is read %i times in all', async (seconds, reads) => {
    const bench = createLimitedBench(rulesWith(CALM));
    await bench.receive(firing(nodeName(1)));
    const { put } = bench.store;
    bench.store.put = (document, version) => {
      if (document.pk.startsWith('call#')) {
        bench.store.put = put;
        bench.stand(seconds * SECOND);
      }
      return put(document, version);
    };
    await bench.drain('commands');
    expect(bench.resets()).toHaveLength(reads === 1 ? 1 : 0);
    await bench.advance(2 * SECOND, SECOND);
    expect(bench.resets()).toHaveLength(1);
    expect(bench.reads()).toBe(reads);
    expect(bench.remediations()).toMatchObject([{ state: 'running' }]);
  });
});

describe('a supernode', () => {
  const migration = {
    action: 'migrate-nodes',
    pool: 'train-a',
    nodes: names(4),
    parameters: {
      toPoolName: OTHER,
      resourceSpec: { flavor: 'modelarts.vm.2u4g', creatingStep: { step: 4, type: 'hyperinstance' } },
    },
    mode: 'act',
    id: 'c-1',
  };

  test.each([
    [4, 1],
    [3, 0],
  ])('is moved as a whole where %i nodes may be out of service: %i calls', async (maxUnavailable, calls) => {
    const rules = rulesWith(`budget: { maxUnavailable: ${maxUnavailable}, perDay: 100% }`);
    const bench = createLimitedBench(rules, { action: migrateNodes });
    for (const node of names(4)) bench.nodes.get(node)!.labels = { [BATCH]: 'supernode-1', ...CLUSTER };
    const there = { name: 'there', phase: 'Available', privateIp: '10.9.0.1', labels: CLUSTER };
    bench.pools.set(OTHER, { nodes: new Map([['there', there]]), clusters: ['c'] });
    await bench.command(migration);
    await bench.advance(14 * MINUTE);
    expect(
      bench.bodies('batchMigrateNodes').map(({ migrateNodeNames }) => migrateNodeNames),
      JSON.stringify(bench.remediations()[0]),
    ).toEqual(calls === 1 ? [names(4)] : []);
    if (calls === 0) {
      expect(bench.remediations()).toMatchObject([{ state: 'deferred' }]);
      expect(bench.sent.get('c-1')).toBeLessThanOrEqual(3);
    }
  });

  test('with one node that must stay does not move in part once there is room for the others', async () => {
    const bench = createLimitedBench(rulesWith(`budget: { maxUnavailable: 4, perDay: 100% }, ${CALM}`), {
      action: migrateNodes,
    });
    const single = nodeName(5);
    for (const node of names(4)) bench.nodes.get(node)!.labels = { [BATCH]: 'supernode-1', ...CLUSTER };
    bench.nodes.get(single)!.labels = CLUSTER;
    bench.nodes.get(nodeName(1))!.phase = 'Creating';
    const there = { name: 'there', phase: 'Available', privateIp: '10.9.0.1', labels: CLUSTER };
    bench.pools.set(OTHER, { nodes: new Map([['there', there]]), clusters: ['c'] });
    await bench.command({ ...migration, nodes: [single, ...names(4)] });
    await bench.advance(5 * SECOND);
    bench.nodes.get(nodeName(1))!.phase = 'Available';
    await bench.run(HOUR);
    expect(bench.bodies('batchMigrateNodes').map(({ migrateNodeNames }) => migrateNodeNames)).toEqual([
      [single],
    ]);
  });
});
