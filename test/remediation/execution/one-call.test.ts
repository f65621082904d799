import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resetNodes } from '#lib/actions/reset-nodes/definition';
import { apiError, createBench, firing, nodeName, POOL } from '#test/remediation/bench';
import { runs } from '#test/runs';
import { killAt } from '../kill-at.ts';
import { standStillAt } from '../stand-still.ts';

type Bench = ReturnType<typeof createBench>;

const MINUTE = 60_000;
const NODE = nodeName(1);

/** Two calls lose their answers, and only one of them has begun a job, which names no node. */
async function loseTwo(bench: ReturnType<typeof createBench>): Promise<void> {
  bench.api.after = (endpoint) => {
    if (endpoint !== 'batchResetNodes') return;
    const job = bench.jobs.pop()!;
    if (bench.jobs.length === 0) bench.jobs.push(Object.assign(job, { text: '' }));
    throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 504 });
  };
  const command = { action: 'reset-nodes', pool: 'train-a', mode: 'act' };
  for (const [index, imageId] of ['a', 'b'].entries())
    await bench.command({
      ...command,
      nodes: [nodeName(index + 1)],
      parameters: { nodeConfig: { imageId } },
    });
  await bench.advance(20 * MINUTE);
}

describe('an alert', () => {
  test('is reset, followed and settled by its node', async () => {
    const bench = createBench();
    const answer = await bench.receive(firing(NODE));
    expect(answer).toEqual({
      remediations: [{ id: expect.any(String), rule: 'card-lost', node: NODE, state: 'submitting' }],
      ignored: [],
    });

    await bench.advance(5_000);
    expect(bench.resets().map(({ body }) => body)).toEqual([
      {
        nodeNames: [NODE],
        rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 },
        nodeConfig: {},
      },
    ]);
    expect(bench.remediations()[0]).toMatchObject({ state: 'running', jobId: 'job-1' });

    await bench.advance(10 * MINUTE);
    expect(bench.remediations()[0]).toMatchObject({ state: 'running' });
    bench.endJob('job-1');
    await bench.advance(MINUTE);
    const [remediation] = bench.remediations();
    expect(remediation).toMatchObject({ state: 'succeeded', outcomes: { [NODE]: { state: 'succeeded' } } });
    expect(remediation!.receipts.map(({ step }) => step)).toEqual([
      'event',
      'decision',
      // Whether the mode lets it act, and each guard of the action.
      ...Array(1 + resetNodes.guards.length).fill('guard'),
      'intent',
      'call',
      'job',
      'job',
      'job',
      'verify',
    ]);
    expect(bench.queues).toEqual({ commands: [], follow: [], deadLetters: [] });
  });

  test('by address is taken in without a request to the API, and resolved right before the call', async () => {
    const bench = createBench();
    bench.api.before = () => {
      throw apiError('listPoolNodes', { outcome: 'unknown', transient: true, status: 503 });
    };
    const { remediations } = await bench.receive(firing('10.0.0.7:9100'));
    expect(bench.requests).toEqual([]);
    expect(remediations[0]).toMatchObject({ node: '10.0.0.7' });
    bench.api.before = () => {};
    const again = await bench.receive(firing('10.0.0.7:9100'));
    expect(again.remediations[0]!.id).toBe(remediations[0]!.id);
    await bench.advance(5_000);
    expect(bench.resets().map(({ body }) => body.nodeNames)).toEqual([[nodeName(7)]]);
  });

  test('of several cards of one node is one remediation', async () => {
    const bench = createBench();
    const older = firing(NODE, { fingerprint: 'card-2', startsAt: '2026-11-20T09:00:00.000Z' });
    const { remediations } = await bench.receive(firing(NODE, { fingerprint: 'card-1' }), older);
    expect(remediations).toHaveLength(1);
    const again = await bench.receive(older);
    expect(again.remediations[0]!.id).toBe(remediations[0]!.id);
  });
});

describe('one destructive call, once', () => {
  test('however often the alert is delivered, and its messages with it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            deliveries: fc.integer({ min: 1, max: 5 }),
            copies: fc.integer({ min: 1, max: 4 }),
            pauseMs: fc.integer({ min: 0, max: 120_000 }),
          }),
          { minLength: 1, maxLength: 5 },
        ),
        async (rounds) => {
          const bench = createBench();
          const ids = new Set<string>();
          for (const { deliveries, copies, pauseMs } of rounds) {
            const answers = await Promise.all(
              Array.from({ length: deliveries }, () => bench.receive(firing(NODE))),
            );
            for (const { remediations } of answers) ids.add(remediations[0]!.id);
            await bench.drain('commands', copies);
            await bench.drain('follow', copies);
            await bench.advance(pauseMs);
          }
          expect(ids.size).toBe(1);
          expect(bench.resets()).toHaveLength(1);
          bench.endJob('job-1');
          await bench.advance(5 * MINUTE);
          expect(bench.remediations()).toMatchObject([{ state: 'succeeded' }]);
          expect(bench.queues.follow).toEqual([]);
        },
      ),
      { numRuns: runs(50) },
    );
  });

  test.each([
    ['a time-out', { outcome: 'unknown', transient: true, code: 'timed-out' }],
    ['a 504', { outcome: 'unknown', transient: true, status: 504 }],
  ] as const)('an answer lost to %s is not asked for again: the job is adopted', async (_name, failure) => {
    const bench = createBench();
    bench.api.after = (endpoint) => {
      if (endpoint === 'batchResetNodes') throw apiError(endpoint, failure);
    };
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    expect(bench.remediations()[0]).toMatchObject({
      state: 'submitting',
      why: expect.stringContaining('lost'),
    });
    await bench.advance(3 * MINUTE);
    expect(bench.remediations()[0]).toMatchObject({ state: 'running', jobId: 'job-1' });
    bench.endJob('job-1');
    await bench.advance(MINUTE);
    expect(bench.remediations()[0]).toMatchObject({ state: 'succeeded' });
    expect(bench.resets()).toHaveLength(1);
  });

  test('an answer lost without any work done goes to a person, and is not sent again', async () => {
    const bench = createBench();
    bench.api.before = (endpoint) => {
      if (endpoint === 'batchResetNodes')
        throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 502 });
    };
    await bench.receive(firing(NODE));
    await bench.advance(20 * MINUTE);
    expect(bench.remediations()[0]).toMatchObject({
      state: 'needs-human',
      why: expect.stringContaining('not sent again'),
    });
    expect(bench.resets()).toHaveLength(1);
    expect(bench.queues.follow).toEqual([]);
  });

  test.each([
    ['is idle', (_bench: Bench) => {}, []],
    ['is at work', (bench: Bench) => (bench.nodes.get(NODE)!.phase = 'Creating'), [NODE]],
    ['is not shown', (bench: Bench) => bench.nodes.delete(NODE), [NODE]],
  ])('its node is released only if it is seen idle: where it %s', async (_name, happens, held) => {
    const bench = createBench();
    bench.api.before = (endpoint) => {
      if (endpoint === 'batchResetNodes')
        throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 502 });
    };
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    happens(bench);
    await bench.advance(20 * MINUTE);
    expect(bench.remediations()[0]).toMatchObject({ state: 'needs-human' });
    expect(bench.leased()).toEqual(held);
  });

  test('a node whose alert resolves while it is held is released at once, and nothing is sent', async () => {
    const bench = createBench();
    await bench.receive(firing(NODE));
    const { put } = bench.store;
    let isResolved = false;
    bench.store.put = async (document, version) => {
      const written = await put(document, version);
      if (!isResolved && bench.leased().includes(NODE)) {
        isResolved = true;
        await bench.receive(
          firing(NODE, { status: 'resolved', endsAt: new Date(bench.now()).toISOString() }),
        );
      }
      return written;
    };
    await bench.drain('commands');
    expect(bench.remediations()[0]).toMatchObject({ state: 'skipped' });
    expect(bench.resets()).toEqual([]);
    expect(bench.leased()).toEqual([]);
  });

  describe('of two lost calls neither adopts a job that may be the other’s', () => {
    test.each<[string, (poll: number) => boolean]>([
      ['at every poll', () => true],
      ['from the second poll on', (poll) => poll >= 2],
      ['at the first poll alone', (poll) => poll < 2],
    ])('where the index shows the other %s', async (_, showsAt) => {
      const bench = createBench();
      const { find } = bench.store;
      bench.store.find = (asked) => {
        const poll = bench.requests.filter(({ endpoint }) => /jobs/i.test(endpoint)).length;
        const isOfCalls = asked.partition.startsWith('call-');
        return isOfCalls && !showsAt(poll) ? Promise.resolve([]) : find(asked);
      };
      await loseTwo(bench);
      expect(bench.remediations().map(({ state }) => state)).toEqual(['needs-human', 'needs-human']);
      expect(bench.resets()).toHaveLength(2);
    });
  });

  test('the job of another caller is not adopted', async () => {
    const bench = createBench();
    bench.api.before = (endpoint) => {
      if (endpoint !== 'batchResetNodes') return;
      bench.addJob({ jobId: 'manual', type: 'reset-nodes', text: JSON.stringify([nodeName(2)]) });
      throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 502 });
    };
    await bench.receive(firing(NODE));
    await bench.advance(20 * MINUTE);
    expect(bench.remediations()[0]).toMatchObject({ state: 'needs-human' });
  });

  test('a process that dies at any step leaves at most one call, and no alert without an outcome', async () => {
    let neverSent = 0;
    let dieAt = 0;
    for (let hasDied = true; hasDied; ) {
      dieAt += 1;
      const at = `killed at step ${dieAt}`;
      const bench = createBench();
      await bench.receive(firing(NODE), firing(nodeName(2)));
      const process = killAt(bench, dieAt);
      await bench.drain('commands');
      hasDied = process.hasDied();
      process.revive();
      await bench.advance(20 * MINUTE, 10_000);
      for (const job of bench.jobs) bench.endJob(job.jobId);
      await bench.advance(30 * MINUTE, 10_000);

      const perNode = bench.resets().flatMap(({ body }) => body.nodeNames as string[]);
      // The process died between the intent and the request. The request may have been sent, so a person decides.
      const state = perNode.length === 0 ? 'needs-human' : 'succeeded';
      if (perNode.length === 0) neverSent += 1;
      else expect(perNode.toSorted(), at).toEqual([NODE, nodeName(2)]);
      expect(
        bench.remediations().map((remediation) => remediation.state),
        at,
      ).toEqual([state, state]);
    }
    expect(neverSent).toBe(1);
    expect(dieAt).toBeGreaterThan(10);
  });

  test.each([0, 3 * MINUTE])(
    'a process that stands still at any write, and goes on after another has taken over, does not call again (%i ms later)',
    async (laterMs) => {
      for (let pauseAt = 1; pauseAt <= 14; pauseAt += 1) {
        const bench = createBench();
        await bench.receive(firing(NODE));
        const [message] = bench.queues.commands;
        const slow = await standStillAt(bench, pauseAt);
        bench.queues.commands.push(message!);
        await bench.drain('commands');
        await bench.advance(laterMs);
        await slow.goOn();
        await bench.advance(20 * MINUTE);
        for (const job of bench.jobs) bench.endJob(job.jobId);
        await bench.advance(5 * MINUTE);

        expect(bench.resets(), `stood still at write ${pauseAt}`).toHaveLength(1);
        expect(bench.remediations(), `stood still at write ${pauseAt}`).toMatchObject([
          { state: 'succeeded' },
        ]);
      }
    },
  );

  test('two remediations that come to a node at the same moment are one call for it', async () => {
    const bench = createBench();
    await bench.receive(firing(NODE), firing(NODE, { alertname: 'Verified' }));
    await bench.advance(5_000);
    expect(bench.resets().map(({ body }) => body.nodeNames)).toEqual([[NODE]]);
    expect(
      bench
        .remediations()
        .map(({ state }) => state)
        .toSorted(),
    ).toEqual(['deferred', 'running']);
  });
});

describe('joined calls', () => {
  test('a hundred alerts are two calls, each node in one of them', async () => {
    const bench = createBench();
    const names = Array.from({ length: 100 }, (_, index) => nodeName(index + 1));
    await Promise.all(names.map((name) => bench.receive(firing(name))));
    await bench.advance(5_000);
    expect(bench.resets()).toHaveLength(2);
    expect(
      bench
        .resets()
        .flatMap(({ body }) => body.nodeNames)
        .toSorted(),
    ).toEqual(names);
  });

  test.each([true, false])(
    'a refusal of one node leaves the others done (named in it: %s)',
    async (named) => {
      const bench = createBench();
      const names = Array.from({ length: 40 }, (_, index) => nodeName(index + 1));
      const bad = nodeName(23);
      bench.api.before = (endpoint, body) => {
        if (endpoint !== 'batchResetNodes' || !body.nodeNames.includes(bad)) return;
        throw apiError(endpoint, {
          outcome: 'refused',
          transient: false,
          status: 404,
          code: 'ModelArts.50015001',
          vendorMessage: named ? `node ${bad} not found` : 'node not found',
        });
      };
      await Promise.all(names.map((name) => bench.receive(firing(name))));
      await bench.advance(10_000);
      for (const job of bench.jobs) bench.endJob(job.jobId);
      await bench.advance(3 * MINUTE);
      const failed = bench.remediations().filter(({ state }) => state === 'needs-human');
      expect(failed).toMatchObject([{ nodes: [bad], why: expect.stringContaining('ModelArts.50015001') }]);
      expect(bench.remediations().filter(({ state }) => state === 'succeeded')).toHaveLength(39);
      expect(bench.queues.deadLetters).toMatchObject([
        {
          attributes: {
            code: 'ModelArts.50015001',
            status: '404',
            remediation: failed[0]!.id,
            reason: expect.stringContaining('404'),
          },
        },
      ]);
      expect(bench.resets().length).toBeLessThanOrEqual(named ? 3 : 13);
    },
  );

  test('each member is settled by its own node', async () => {
    const bench = createBench();
    await bench.receive(firing(nodeName(1)), firing(nodeName(2)), firing(nodeName(3)));
    await bench.advance(5_000);
    bench.endJob('job-1', 'Success', { [nodeName(2)]: 'Abnormal', [nodeName(3)]: 'Checking' });
    await bench.advance(4 * MINUTE);
    const states = () =>
      Object.fromEntries(bench.remediations().map(({ nodes, state }) => [nodes![0], state]));
    expect(states()).toEqual({
      [nodeName(1)]: 'succeeded',
      [nodeName(2)]: 'needs-human',
      [nodeName(3)]: 'verifying',
    });
    bench.nodes.get(nodeName(3))!.phase = 'Available';
    await bench.advance(MINUTE);
    expect(states()[nodeName(3)]).toBe('succeeded');
  });

  test('commands with other parameters are other calls', async () => {
    const bench = createBench();
    const command = { action: 'reset-nodes', pool: 'train-a', mode: 'act' };
    await bench.command({ ...command, nodes: [nodeName(1)], parameters: { nodeConfig: { imageId: 'a' } } });
    await bench.command({ ...command, nodes: [nodeName(2)], parameters: { nodeConfig: { imageId: 'b' } } });
    await bench.command({
      ...command,
      nodes: [nodeName(3)],
      parameters: { nodeConfig: { imageId: 'a' } },
      pool: POOL,
    });
    await bench.advance(5_000);
    expect(bench.resets().map(({ body }) => body.nodeNames)).toEqual([
      [nodeName(1), nodeName(3)],
      [nodeName(2)],
    ]);
  });
});

test('what several decide at once is logged by the one that has written it', async () => {
  const bench = createBench();
  await bench.receive(firing(nodeName(1)), firing(nodeName(2)));
  await bench.drain('commands', 4);
  for (const { jobId } of bench.jobs) bench.endJob(jobId);
  bench.stand(90_000);
  await bench.drain('follow', 4);
  for (const { id, state } of bench.remediations()) {
    expect(state).toBe('succeeded');
    const lines = bench.logs
      .map((line) => JSON.parse(line))
      .filter(({ correlationId }) => correlationId === id);
    expect(lines.filter(({ message }) => message === 'allowed')).toHaveLength(1);
    expect(lines.filter(({ message }) => message === 'succeeded')).toHaveLength(1);
  }
});
