import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasEnded } from '#lib/ledger/phase';
import { firing, nodeName, POOL } from '#test/remediation/bench';
import { standStillAt } from '#test/remediation/stand-still';
import { runs } from '#test/runs';
import { createLimitedBench, HOUR, type LimitedBench, MINUTE, rulesWith } from './limited-bench.ts';

const AT_ONCE = 2;
const IN_A_DAY = 5;
const SIZE = 12;
const RULES = rulesWith(
  `budget: { maxUnavailable: ${AT_ONCE}, perDay: ${IN_A_DAY} }, storm: { nodes: 100%, within: 1m }`,
  { evidence: '7d', rest: 'deadlines: { reset-nodes: 6h }' },
);

/** Lets everything that is asked of the ledger and of the API wait until the scheduler comes to it, before and after it is done. */
function interleave(bench: LimitedBench, scheduler: fc.Scheduler): () => void {
  const { get, put, getMany } = bench.store;
  const { modelarts } = bench.services;
  const turn = () => scheduler.schedule(Promise.resolve());
  bench.store.get = async (key) => {
    const found = await get(key);
    await turn();
    return found;
  };
  bench.store.getMany = async (keys) => {
    const found = await getMany(keys);
    await turn();
    return found;
  };
  bench.store.put = async (document, version) => {
    await turn();
    return put(document, version);
  };
  const client = modelarts();
  bench.services.modelarts = () =>
    ({
      ...client,
      async send(...request: Parameters<typeof client.send>) {
        await turn();
        const reply = await client.send(...request);
        await turn();
        return reply;
      },
    }) as unknown as typeof client;
  return () => {
    Object.assign(bench.store, { get, put, getMany });
    bench.services.modelarts = modelarts;
  };
}

/** At every request: no more nodes out of service than the budget has, none twice, and no more in a day. */
function watch(bench: LimitedBench): string[] {
  const violations: string[] = [];
  const called: { node: string; at: number }[] = [];
  bench.api.before = (endpoint, body) => {
    if (endpoint !== 'batchResetNodes') return;
    const asked: string[] = body.nodeNames;
    const out = [...bench.nodes.values()]
      .filter(({ phase }) => phase !== 'Available')
      .map(({ name }) => name);
    const union = new Set([...out, ...asked]);
    if (union.size > AT_ONCE) violations.push(`${[...union].join(', ')} at once`);
    for (const node of asked) {
      if (bench.nodes.get(node)!.phase === 'Creating') violations.push(`${node} twice`);
      called.push({ node, at: bench.now() });
    }
    const today = new Set(called.filter(({ at }) => bench.now() - at < 24 * HOUR).map(({ node }) => node));
    if (today.size > IN_A_DAY) violations.push(`${today.size} in a day`);
    const unleased = asked.filter((node) => !bench.leased().includes(node));
    if (unleased.length > 0) violations.push(`${unleased.join(', ')} without a lease`);
    const unheld = asked.filter((node) => !bench.held().includes(node));
    if (unheld.length > 0) violations.push(`${unheld.join(', ')} without a place`);
  };
  return violations;
}

/** Commands that wait for a place, and that nothing would wake when one becomes free. */
function forgotten(bench: LimitedBench): string[] {
  const listed = bench.waiting().map(({ remediation }) => remediation);
  return bench
    .remediations()
    .filter(({ state, why = '' }) => state === 'deferred' && why.startsWith('it waits: with it'))
    .map(({ id }) => id)
    .filter((id) => !listed.includes(id));
}

const round = fc.record({
  alerts: fc.array(fc.integer({ min: 1, max: SIZE }), { maxLength: 3 }),
  command: fc.option(fc.uniqueArray(fc.integer({ min: 1, max: SIZE }), { minLength: 1, maxLength: 3 })),
  batches: fc.integer({ min: 1, max: 3 }),
  copies: fc.integer({ min: 1, max: 2 }),
  jobsEnd: fc.boolean(),
  pauseMs: fc.constantFrom(0, 1_000, 30_000, 2 * MINUTE, 16 * MINUTE),
});

test('the budgets hold at every call of concurrent functions, and everything ends', {}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(round, { minLength: 1, maxLength: 6 }),
      fc.scheduler(),
      async (rounds, scheduler) => {
        const bench = createLimitedBench(RULES, { size: SIZE });
        const violations = watch(bench);
        for (const [index, { alerts, command, batches, copies, jobsEnd, pauseMs }] of rounds.entries()) {
          const startsAt = new Date(bench.now() - MINUTE).toISOString();
          for (const node of alerts) await bench.receive(firing(nodeName(node), { startsAt }));
          if (command) {
            const nodes = command.map((node) => nodeName(node));
            await bench.command({
              action: 'reset-nodes',
              pool: 'train-a',
              id: `c-${index}`,
              nodes,
              parameters: {},
              mode: 'act',
            });
          }
          if (jobsEnd) for (const job of bench.jobs) if (job.phase === 'Running') bench.endJob(job.jobId);

          const due = bench.queues.commands.filter(({ dueMs }) => dueMs <= bench.now());
          const parts = Array.from({ length: batches }, (_, part) =>
            due.filter((_message, position) => position % batches === part),
          );
          const stop = interleave(bench, scheduler);
          const work = Promise.all([
            ...parts.map((part) => bench.deliver('commands', part, copies)),
            bench.drain('follow', copies),
          ]);
          await scheduler.waitFor(work);
          stop();
          expect(forgotten(bench)).toEqual([]);
          bench.stand(pauseMs);
        }
        for (let day = 0; day < 6 && bench.queues.commands.length + bench.queues.follow.length > 0; day += 1)
          await bench.run(24 * HOUR, { step: 5 * MINUTE });
        expect(violations).toEqual([]);
        expect(bench.queues.commands, JSON.stringify(bench.states())).toEqual([]);
        expect(bench.held()).toEqual([]);
        expect(bench.leased()).toEqual([]);
        expect(bench.remediations().filter(({ state }) => !hasEnded(state))).toEqual([]);
      },
    ),
    { numRuns: runs(20) },
  );
});

test('a copy of its message that is judged otherwise in the meantime takes no node from under a call', async () => {
  let stoodStill = 0;
  for (let pauseAt = 1; pauseAt <= 12; pauseAt += 1) {
    const bench = createLimitedBench(RULES, { size: SIZE });
    const violations = watch(bench);
    await bench.receive(firing(nodeName(1)));
    const [message] = bench.queues.commands;
    const slow = await standStillAt(bench, pauseAt);
    if (slow.stood) stoodStill += 1;
    // A storm begins: a process that comes to the command now defers it, and releases its leased nodes.
    const key = { pk: `pool#${POOL}`, sk: '-' };
    const document = await bench.store.get(key);
    if (document) {
      const until = new Date(bench.now() + MINUTE).toISOString();
      const storm = { since: until, until, nodes: 9, told: true };
      const value = { ...(document['value'] as object), storm };
      await bench.store.put(
        { ...document, value, version: document.version + 1, writeId: 'storm' },
        document.version,
      );
    }
    await bench.deliver('commands', [message!]);
    await slow.goOn();
    await bench.run(2 * HOUR);
    expect(violations, `stood still at write ${pauseAt}`).toEqual([]);
    expect(bench.states(), `stood still at write ${pauseAt}`).toEqual({ succeeded: 1 });
    expect(bench.resets(), `stood still at write ${pauseAt}`).toHaveLength(1);
  }
  expect(stoodStill).toBeGreaterThan(8);
});

test('a command stays on the wait list after a copy of its message was judged too early', async () => {
  const rules = rulesWith('budget: { maxUnavailable: 1, perDay: 100% }, storm: { nodes: 100%, within: 1m }');
  let stoodStill = 0;
  for (let pauseAt = 1; pauseAt <= 40; pauseAt += 1) {
    const bench = createLimitedBench(rules, { size: SIZE });
    await bench.receive(firing(nodeName(1)));
    await bench.receive(firing(nodeName(2)));
    const [first, second] = bench.queues.commands;
    const { get, put, getMany } = bench.store;
    const stood = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    let operations = 0;
    const pause = async () => {
      operations += 1;
      if (operations !== pauseAt) return;
      stoodStill += 1;
      stood.resolve();
      await gate.promise;
    };
    bench.store.get = (key) => pause().then(() => get(key));
    bench.store.getMany = (keys) => pause().then(() => getMany(keys));
    bench.store.put = (document, version) => pause().then(() => put(document, version));
    // The pool is free yet: it may be carried out.
    const early = bench.deliver('commands', [second!]);
    await Promise.race([early, stood.promise]);
    Object.assign(bench.store, { get, put, getMany });
    await bench.deliver('commands', [first!, { ...second!, messageId: 'copy' }]);
    gate.resolve();
    await early;
    expect(forgotten(bench), `stood still at operation ${pauseAt}`).toEqual([]);
    await bench.run(HOUR);
    expect(bench.states(), `stood still at operation ${pauseAt}`).toEqual({ succeeded: 2 });
  }
  expect(stoodStill).toBeGreaterThan(20);
});
