import { describe, expect, test } from 'vitest';
import { approve } from '#lib/console/approval';
import { apiError, firing, nodeName } from './bench.ts';
import { createLimitedBench, HOUR, MINUTE, rulesWith, SECOND } from './limited-bench.ts';

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
    expect(bench.pool().waiting).toEqual([]);
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
    const bench = createLimitedBench(rulesWith(`budget: { maxUnavailable: 0, perDay: 100% }`));
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
