import { describe, expect, test } from 'vitest';
import { updateNodes } from '#lib/actions/update-nodes/definition';
import { readDocument } from '#lib/ledger/change';
import { nodeRecordKey, nodeRecordKind } from '#lib/ledger/node-record';
import { remediationKey } from '#lib/ledger/remediation';
import { claimRemediation } from '#lib/remediation/execution/call';
import { createLimitedBench, HOUR, type LimitedBench, MINUTE, rulesWith } from '#test/capacity/limited-bench';
import { apiError, createBench, firing, nodeName, POOL, RULES } from '#test/remediation/bench';
import { killAt } from '#test/remediation/kill-at';
import { everything, runSweep } from '#test/sweep/mortal';
import { openConsole } from './console-door.ts';

type Bench = ReturnType<typeof createBench>;

const RESET = { action: 'reset-nodes', pool: 'train-a', parameters: {}, mode: 'act' };
const ONE_AT_A_TIME = rulesWith(
  'budget: { maxUnavailable: 1, perDay: 100% }, storm: { nodes: 100%, within: 10m }',
);

const withdraw = (bench: Pick<Bench, 'services' | 'invocation'>, id: string, body: object = {}) =>
  openConsole(bench)('POST /remediations/{id}/withdraw', { path: { id }, body });

const called = (bench: Bench | LimitedBench) =>
  bench.bodies('batchResetNodes').flatMap(({ nodeNames }) => nodeNames);

/** Two nodes of a pool whose budget is one: the first is being reset, and the second waits for it. */
async function oneWaits(): Promise<{ bench: LimitedBench; id: string }> {
  const bench = createLimitedBench(ONE_AT_A_TIME);
  for (const index of [1, 2]) {
    await bench.receive(firing(nodeName(index)));
    bench.stand(10);
  }
  await bench.drain('commands');
  const { id, state } = bench.remediationOf(nodeName(2));
  expect(state).toBe('deferred');
  return { bench, id };
}

describe('a withdrawn command', () => {
  test('that waits for room is never called, and ends under the name of the person', async () => {
    const { bench, id } = await oneWaits();
    const { status, body } = await withdraw(bench, id, { by: 'the night shift' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, state: 'rejected', why: 'ada withdrew it' });
    expect(body.receipts.at(-1)).toMatchObject({ step: 'withdrawn', by: 'ada', note: 'the night shift' });
    expect(bench.waiting()).toEqual([]);
    await bench.run(8 * HOUR, { jobMs: 5 * MINUTE });
    expect(called(bench)).toEqual([nodeName(1)]);
    expect(bench.remediationOf(nodeName(2)).state).toBe('rejected');
    expect(bench.leased()).toEqual([]);
    expect(bench.queues.commands).toEqual([]);
  });

  test('is none where a call was begun for it at the same moment', async () => {
    const { bench, id } = await oneWaits();
    const { get } = bench.store;
    bench.store.get = async (key) => {
      const document = await get(key);
      if (!document || key.pk !== remediationKey(id).pk) return document;
      bench.store.get = get;
      const value = { ...(document['value'] as object), callId: 'begun-meanwhile' };
      await bench.store.put({ ...document, version: document.version + 1, value }, document.version);
      return document;
    };
    expect(await withdraw(bench, id)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('has changed at this moment') },
    });
    expect(bench.remediationOf(nodeName(2))).toMatchObject({ state: 'deferred', callId: 'begun-meanwhile' });
  });

  test('is in no other’s way: the next in line is called in its place', async () => {
    const { bench, id } = await oneWaits();
    await bench.receive(firing(nodeName(3)));
    await bench.drain('commands');
    await withdraw(bench, id);
    const before = bench.now();
    await bench.run(20 * MINUTE, { jobMs: 5 * MINUTE });
    expect(called(bench)).toEqual([nodeName(1), nodeName(3)]);
    const calledAt = bench.remediationOf(nodeName(3)).receipts.find(({ step }) => step === 'intent')!.at;
    // As soon as the first node is well, and not a quarter of an hour later.
    expect(Date.parse(calledAt) - before).toBeLessThan(10 * MINUTE);
  });

  test('that wakes those behind it does so at once, if there is room for them', async () => {
    const { bench, id } = await oneWaits();
    await bench.receive(firing(nodeName(3)));
    await bench.drain('commands');
    const { id: next } = bench.remediationOf(nodeName(3));
    bench.stand(2 * MINUTE);
    const before = bench.sent.get(next)!;
    await withdraw(bench, id);
    expect(bench.sent.get(next)).toBe(before + 1);
  });

  test('is not judged again while its alert fires', async () => {
    const { bench, id } = await oneWaits();
    await withdraw(bench, id);
    for (let minutes = 0; minutes < 60; minutes += 5) {
      await bench.receive(firing(nodeName(2)));
      await bench.run(5 * MINUTE, { jobMs: 5 * MINUTE });
    }
    expect(bench.remediationOf(nodeName(2)).state).toBe('rejected');
    expect(called(bench)).toEqual([nodeName(1)]);
  });

  test('whose plan waits for an approval can be neither approved nor rejected any more', async () => {
    const bench = createBench();
    const ask = openConsole(bench);
    await ask('POST /commands', { body: { ...RESET, id: 'c-1', nodes: [nodeName(1)], mode: 'approve' } });
    await bench.advance(5_000);
    const { body } = await ask('GET /remediations/{id}', { path: { id: 'c-1' } });
    expect(body.state).toBe('awaiting-approval');
    expect((await withdraw(bench, 'c-1')).status).toBe(200);
    const hash = body.plan.hash;
    const late = await ask('POST /remediations/{id}/approve', { path: { id: 'c-1' }, body: { hash } });
    expect(late.status).toBe(409);
    expect(late.body.detail).toContain('ada withdrew it');
    const no = await ask('POST /remediations/{id}/reject', { path: { id: 'c-1' }, body: { hash } });
    expect(no.status).toBe(409);
    await bench.advance(HOUR, MINUTE);
    expect(called(bench)).toEqual([]);
  });

  test('that no function has taken yet leads to nothing when its message comes', async () => {
    const bench = createBench();
    await openConsole(bench)('POST /commands', { body: { ...RESET, id: 'c-1', nodes: [nodeName(1)] } });
    expect((await withdraw(bench, 'c-1')).body.state).toBe('rejected');
    const before = bench.store.documents();
    await bench.advance(MINUTE);
    expect(bench.requests).toEqual([]);
    expect(bench.store.documents()).toEqual(before);
    expect(bench.queues.commands).toEqual([]);
  });

  test('withdrawn at any moment of its evaluation is called before, or never', async () => {
    let isCalled = 0;
    let isTakenBack = 0;
    for (let step = 1, isOver = false; !isOver; step += 1) {
      const bench = createLimitedBench(ONE_AT_A_TIME);
      await openConsole(bench)('POST /commands', { body: { ...RESET, id: 'c-1', nodes: [nodeName(1)] } });
      const { put } = bench.store;
      let writes = 0;
      let status = 0;
      let before: string[] = [];
      bench.store.put = async (document, version) => {
        writes += 1;
        if (writes === step) {
          bench.store.put = put;
          before = called(bench);
          ({ status } = await withdraw(bench, 'c-1'));
        }
        return put(document, version);
      };
      await bench.drain('commands');
      isOver = bench.store.put !== put;
      await bench.run(2 * HOUR, { jobMs: 5 * MINUTE });
      await runSweep(bench);
      if (isOver) continue;
      expect([200, 409]).toContain(status);
      const where = `withdrawn at write ${step}`;
      if (status === 200) {
        expect(called(bench), where).toEqual([]);
        expect(before, where).toEqual([]);
        isTakenBack += 1;
      } else {
        isCalled += 1;
        expect(called(bench), where).toEqual([nodeName(1)]);
      }
      expect(bench.leased(), where).toEqual([]);
      expect(bench.waiting(), where).toEqual([]);
    }
    expect(isTakenBack).toBeGreaterThan(2);
    expect(isCalled).toBeGreaterThan(2);
  });

  test('before its first call is no round of its ladder', async () => {
    let withRoom = 0;
    for (let step = 1, isOver = false; !isOver; step += 1) {
      const bench = createLimitedBench(ONE_AT_A_TIME);
      await bench.receive(firing(nodeName(1)));
      const { id } = bench.remediations()[0]!;
      const { put } = bench.store;
      let writes = 0;
      let status = 0;
      bench.store.put = async (document, version) => {
        writes += 1;
        if (writes === step) {
          bench.store.put = put;
          withRoom += bench.leased().length;
          ({ status } = await withdraw(bench, id));
        }
        return put(document, version);
      };
      await bench.drain('commands');
      isOver = bench.store.put !== put;
      if (status !== 200) continue;
      await bench.run(HOUR, { jobMs: 5 * MINUTE });
      await runSweep(bench);
      const record = await readDocument(bench.store, nodeRecordKind, nodeRecordKey(POOL, nodeName(1)));
      expect(record?.rounds ?? [], `withdrawn at write ${step}`).toEqual([]);
    }
    expect(withRoom).toBeGreaterThan(0);
  });

  test('that waits while it is judged leaves no place in the wait list behind', async () => {
    const { bench, id } = await oneWaits();
    const { put } = bench.store;
    bench.store.put = async (document, version) => {
      const isWritten = await put(document, version);
      if (!document.sk.startsWith('waiting#')) return isWritten;
      bench.store.put = put;
      await withdraw(bench, id);
      // The function is still at it: its entry comes after all.
      await put({ ...document, version: 1 }, 0);
      return isWritten;
    };
    bench.stand(16 * MINUTE);
    await bench.drain('commands');
    expect(bench.remediationOf(nodeName(2)).state).toBe('rejected');
    expect(bench.waiting()).toEqual([]);
  });

  test('with several nodes keeps what was called, and ends as these end', async () => {
    const bench = createLimitedBench(ONE_AT_A_TIME);
    const nodes = [1, 2, 3].map(nodeName);
    await openConsole(bench)('POST /commands', { body: { ...RESET, id: 'c-1', nodes } });
    await bench.run(2 * MINUTE, { jobMs: 5 * MINUTE });
    expect((await withdraw(bench, 'c-1')).status).toBe(409);
    while (bench.remediations()[0]!.state !== 'deferred') await bench.run(10_000, { jobMs: 5 * MINUTE });
    const done = called(bench);
    const { body } = await withdraw(bench, 'c-1');
    expect(body).toMatchObject({ state: 'succeeded', why: 'ada withdrew the rest of it' });
    const skipped = nodes.filter((node) => !done.includes(node));
    expect(skipped.length).toBeGreaterThan(0);
    for (const node of skipped)
      expect(body.nodeStates[node]).toEqual({ state: 'skipped', why: 'ada withdrew it' });
    await bench.run(2 * HOUR, { jobMs: 5 * MINUTE });
    expect(called(bench)).toEqual(done);
    expect(bench.leased()).toEqual([]);
  });

  test('with several nodes releases at once those that ended, whenever the process died that recorded the end', async () => {
    let withdrawn = 0;
    for (let dieAt = 1, hasDied = true; hasDied; dieAt += 1) {
      const bench = createLimitedBench(ONE_AT_A_TIME);
      await openConsole(bench)('POST /commands', {
        body: { ...RESET, id: 'c-1', nodes: [1, 2].map(nodeName) },
      });
      await bench.run(2 * MINUTE, { jobMs: 5 * MINUTE });
      const process = killAt(bench, dieAt);
      const isLeft = () => process.hasDied() || bench.remediations()[0]!.state === 'deferred';
      while (!isLeft()) await bench.run(10_000, { jobMs: 5 * MINUTE }).catch(() => undefined);
      hasDied = process.hasDied();
      process.revive();
      if (bench.remediations()[0]!.state !== 'deferred') continue;
      withdrawn += 1;
      expect((await withdraw(bench, 'c-1')).body.state).toBe('succeeded');
      expect(bench.leased(), `killed at step ${dieAt}`).toEqual([]);
    }
    expect(withdrawn).toBeGreaterThan(1);
  });

  test('is withdrawn once, and the same again finishes what a process that died has left', async () => {
    for (let dieAt = 1, hasDied = true; hasDied; dieAt += 1) {
      const { bench, id } = await oneWaits();
      const process = killAt(bench, dieAt);
      await withdraw(bench, id);
      hasDied = process.hasDied();
      process.revive();
      const { status, body } = await withdraw(bench, id);
      expect([status, body.state]).toEqual([200, 'rejected']);
      expect(body.receipts.filter(({ step }: any) => step === 'withdrawn')).toHaveLength(1);
      expect(bench.waiting(), `killed at step ${dieAt}`).toEqual([]);
      const before = everything(bench);
      await withdraw(bench, id);
      expect(everything(bench)).toEqual(before);
    }
  });

  test('leads to a notice to the recipients of rejections', async () => {
    const bench = createBench(
      `${RULES}\nnotify: [ { kind: webhook, url: 'https://hooks.example.com/x', when: [rejected] } ]`,
    );
    await openConsole(bench)('POST /commands', { body: { ...RESET, id: 'c-1', nodes: [nodeName(1)] } });
    await withdraw(bench, 'c-1');
    expect(bench.notices).toMatchObject([{ kind: 'remediation', id: 'c-1', state: 'rejected' }]);
  });
});

describe('a command that does not wait', () => {
  test('any more is not withdrawn: the answer says its state', async () => {
    const bench = createBench();
    await openConsole(bench)('POST /commands', { body: { ...RESET, id: 'c-1', nodes: [nodeName(1)] } });
    await bench.advance(5_000);
    const running = await withdraw(bench, 'c-1');
    expect(running.status).toBe(409);
    expect(running.body.detail).toBe(
      'Remediation c-1 is running: its call was made, and Poolkeeper follows it. Only a command that waits can be withdrawn',
    );
    bench.endJob('job-1');
    await bench.advance(HOUR, MINUTE);
    expect((await withdraw(bench, 'c-1')).body.detail).toContain('has ended as succeeded');
    expect((await withdraw(bench, 'nothing')).status).toBe(404);
    expect((await withdraw(bench, 'c-1', { reason: 'x' })).status).toBe(400);
  });

  test('because its call may have been made is not withdrawn, until it is certain that it was not', async () => {
    const bench = createBench();
    await openConsole(bench)('POST /commands', { body: { ...RESET, id: 'c-1', nodes: [nodeName(1)] } });
    bench.api.before = (endpoint) => {
      if (endpoint === 'batchResetNodes')
        throw apiError(endpoint, { outcome: 'unknown', transient: true, code: 'timed-out' });
    };
    await bench.advance(5_000);
    const { status, body } = await withdraw(bench, 'c-1');
    expect(status).toBe(409);
    expect(body.detail).toContain('may have been called: Poolkeeper is finding out');
  });

  test.each([false, true])(
    'because a harmless request got no answer is not withdrawn; process died: %s',
    async (dies) => {
      const bench = createBench(RULES, updateNodes);
      const tags = { action: 'createTags', tags: [{ key: 'Env', value: 'prod' }] };
      const command = { action: 'update-nodes', pool: POOL, nodes: [nodeName(1)], parameters: tags };
      await bench.command({ id: 'c-1', mode: 'act', ...command });
      const { put } = bench.store;
      bench.api.before = (endpoint) => {
        if (endpoint !== 'batchUpdateNodes') return;
        if (dies) bench.store.put = () => Promise.reject(new Error('killed'));
        throw apiError(endpoint, { outcome: 'unknown', transient: true, code: 'timed-out' });
      };
      await bench.drain('commands');
      bench.store.put = put;
      expect((await withdraw(bench, 'c-1')).body.detail).toContain('may have been called');
      // The next request is certainly refused. The one before it may have had its effect all the same.
      bench.api.before = (endpoint) => {
        if (endpoint === 'batchUpdateNodes')
          throw apiError(endpoint, { outcome: 'refused', transient: true, status: 429 });
      };
      await bench.advance(20 * MINUTE, MINUTE);
      expect(bench.bodies('batchUpdateNodes').length).toBeGreaterThan(1);
      expect(bench.remediations()[0]!.state).toBe('deferred');
      expect((await withdraw(bench, 'c-1')).body.detail).toContain('an answer was lost');
    },
  );

  test('for a function that died over it is withdrawn once that is certain', async () => {
    const bench = createBench();
    await openConsole(bench)('POST /commands', { body: { ...RESET, id: 'c-1', nodes: [nodeName(1)] } });
    const { put } = bench.store;
    bench.store.put = (document, version) =>
      document.pk.startsWith('call#') && (document['value'] as any).state === 'calling'
        ? Promise.reject(new Error('killed'))
        : put(document, version);
    await bench.drain('commands');
    bench.store.put = put;
    expect((await withdraw(bench, 'c-1')).body.detail).toContain('Ask again in a minute');
    bench.stand(2 * MINUTE);
    expect((await withdraw(bench, 'c-1')).status).toBe(200);
    await bench.advance(HOUR, MINUTE);
    expect(called(bench)).toEqual([]);
    expect(bench.leased()).toEqual([]);
  });
});

test('no call can claim a command that was withdrawn', async () => {
  const bench = createBench();
  await openConsole(bench)('POST /commands', { body: { ...RESET, id: 'c-1', nodes: [nodeName(1)] } });
  const [remediation] = bench.remediations();
  await withdraw(bench, 'c-1');
  const member = { remediation: remediation!, targets: [nodeName(1)] };
  expect(await claimRemediation(bench.services, member, 'call-1', bench.now())).toMatchObject({
    claimed: false,
  });
});
