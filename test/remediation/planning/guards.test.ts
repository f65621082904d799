import { describe, expect, test } from 'vitest';
import { resetNodes } from '#lib/actions/reset-nodes/definition';
import { apiError, createBench, firing, nodeName, RULES } from '#test/remediation/bench';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NODE = nodeName(1);

async function outcomeOf(bench: ReturnType<typeof createBench>) {
  await bench.advance(5_000);
  return bench.remediations().at(-1)!;
}

describe('a command is skipped, with the reason and its numbers,', () => {
  test('when its alert has resolved in the meantime', async () => {
    const bench = createBench();
    await bench.receive(firing(NODE));
    await bench.receive(firing(NODE, { status: 'resolved', endsAt: '2026-11-20T10:00:00.000Z' }));
    const remediation = await outcomeOf(bench);
    expect(remediation).toMatchObject({
      state: 'skipped',
      why: 'the alert resolved at 2026-11-20T10:00:00.000Z',
    });
    expect(remediation.receipts.map(({ step }) => step)).toContain('evidence');
    expect(bench.resets()).toEqual([]);
  });

  test('when the resolved notice came before the firing one', async () => {
    const bench = createBench();
    await bench.receive(firing(NODE, { status: 'resolved' }));
    await bench.receive(firing(NODE));
    expect(await outcomeOf(bench)).toMatchObject({ state: 'skipped' });
  });

  test('but not while another alert of the same remediation still fires', async () => {
    const bench = createBench();
    const second = firing(NODE, { fingerprint: 'second-card' });
    await bench.receive(firing(NODE), second);
    await bench.receive({ ...second, status: 'resolved' });
    expect(await outcomeOf(bench)).toMatchObject({ state: 'running' });
  });

  test('when the node is gone', async () => {
    const bench = createBench();
    await bench.receive(firing('os-node-created-gone1'));
    expect(await outcomeOf(bench)).toMatchObject({ state: 'deferred' });
    await bench.advance(2 * MINUTE);
    expect(await outcomeOf(bench)).toMatchObject({
      state: 'skipped',
      why: expect.stringContaining('no node os-node-created-gone1'),
    });
  });

  test.each(['Creating', 'Deleting', 'Checking'])(
    'when the node is already under work (%j)',
    async (phase) => {
      const bench = createBench();
      bench.nodes.get(NODE)!.phase = phase;
      await bench.receive(firing(NODE));
      expect(await outcomeOf(bench)).toMatchObject({
        state: 'deferred',
        why: expect.stringContaining('other work on it is in progress'),
      });
    },
  );

  test('when the rule demands another phase', async () => {
    const bench = createBench(RULES.replace('cooldown: 6h', 'phase: [Abnormal]'));
    bench.nodes.get(NODE)!.phase = 'Available';
    await bench.receive(firing(NODE));
    expect(await outcomeOf(bench)).toMatchObject({
      state: 'deferred',
      why: 'it waits: the node is Available; the rule demands Abnormal',
    });
  });

  test('when a workload runs on the node', async () => {
    const bench = createBench();
    bench.workloads.push({ name: 'train-7b', status: 'Running', hostIps: ['10.0.0.1'] });
    bench.workloads.push({ name: 'old', status: 'Completed', hostIps: ['10.0.0.2'] });
    await bench.receive(firing(NODE), firing(nodeName(2)));
    await bench.advance(5_000);
    expect(bench.remediations()).toMatchObject([
      { state: 'deferred', why: 'it waits: 1 workload runs on the node: train-7b (Running)' },
      { state: 'running' },
    ]);
  });

  test('while another remediation works on the node', async () => {
    const bench = createBench();
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    bench.nodes.get(NODE)!.phase = 'Abnormal';
    await bench.receive(firing(NODE, { alertname: 'Verified' }));
    const [first, second] = (await bench.advance(5_000), bench.remediations());
    expect(second).toMatchObject({
      state: 'deferred',
      why: expect.stringContaining(`remediation ${first!.id} has worked on the node`),
    });
  });

  test('during the cooldown of the last call, and not after it', async () => {
    const bench = createBench();
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    bench.endJob('job-1');
    await bench.advance(3 * MINUTE);
    const anew = (minutes: number) =>
      firing(NODE, { startsAt: new Date(bench.now() - minutes * MINUTE).toISOString() });

    await bench.receive(anew(0));
    expect(await outcomeOf(bench)).toMatchObject({
      state: 'deferred',
      why: expect.stringContaining('remediation '),
    });
    await bench.advance(6 * HOUR, 10 * MINUTE);
    await bench.receive(anew(0));
    expect(await outcomeOf(bench)).toMatchObject({ state: 'running' });
  });

  test('when its alert began before the last remediation ended', async () => {
    const bench = createBench(RULES.replace('cooldown: 6h', 'cooldown: 0s'));
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    bench.endJob('job-1');
    await bench.advance(3 * MINUTE);
    await bench.receive(firing(NODE, { fingerprint: 'another-card' }));
    expect(await outcomeOf(bench)).toMatchObject({
      state: 'deferred',
      why: expect.stringContaining('of the same rule entered the state succeeded'),
    });
  });

  test('when it has waited for longer than its evidence is good for', async () => {
    const bench = createBench();
    await bench.command({
      action: 'reset-nodes',
      pool: 'train-a',
      nodes: [NODE],
      mode: 'act',
      parameters: {},
      evidenceAt: '2026-11-20T08:00:00Z',
    });
    expect(await outcomeOf(bench)).toMatchObject({
      state: 'skipped',
      why: 'the evidence is 2 h old; the limit is 1 h',
    });
  });
});

describe('modes', () => {
  test('observe records what would have been done, and does nothing', async () => {
    const bench = createBench();
    const { remediations } = await bench.receive(firing(NODE, { alertname: 'Watched' }));
    expect(remediations[0]).toMatchObject({ state: 'observed' });
    const remediation = await outcomeOf(bench);
    expect(remediation).toMatchObject({
      state: 'observed',
      plan: { request: { nodeNames: [NODE] }, hash: expect.stringMatching(/^[0-9a-f]{32}$/) },
    });
    expect(remediation.receipts.filter(({ step }) => step === 'guard')).toHaveLength(
      1 + resetNodes.guards.length,
    );
    expect(bench.resets()).toEqual([]);
  });

  test('observe ends also when the pool cannot be read, and says that nothing is known', async () => {
    const bench = createBench();
    bench.api.before = (endpoint) => {
      throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 503 });
    };
    await bench.receive(firing(NODE, { alertname: 'Watched' }));
    expect(await outcomeOf(bench)).toMatchObject({
      state: 'observed',
      why: expect.stringContaining('not known'),
    });
    expect(bench.queues.commands).toEqual([]);
  });

  test('approve waits with the plan', async () => {
    const bench = createBench(RULES.replace('mode: act', 'mode: approve'));
    await bench.receive(firing(NODE));
    expect(await outcomeOf(bench)).toMatchObject({
      state: 'awaiting-approval',
      plan: { request: { nodeNames: [NODE] } },
    });
    expect(bench.resets()).toEqual([]);
  });

  test('a rule that has become more cautious since holds for what is still waiting', async () => {
    const bench = createBench();
    await bench.receive(firing(NODE));
    bench.rules.rules[0]!.mode = 'observe';
    expect(await outcomeOf(bench)).toMatchObject({ state: 'observed' });
    expect(bench.resets()).toEqual([]);
  });

  test('a command that names no mode only observes', async () => {
    const bench = createBench();
    await bench.command({ action: 'reset-nodes', pool: 'train-a', nodes: [NODE], parameters: {} });
    expect(await outcomeOf(bench)).toMatchObject({ state: 'observed' });
  });
});

describe('a call that certainly did nothing', () => {
  test('is made later when the API was throttling, and its node is released meanwhile', async () => {
    const bench = createBench();
    bench.api.before = (endpoint) => {
      if (endpoint === 'batchResetNodes')
        throw apiError(endpoint, { outcome: 'refused', transient: true, status: 429, retryAfterMs: 120_000 });
    };
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    expect(bench.remediations()[0]).toMatchObject({
      state: 'deferred',
      deferrals: 1,
      why: expect.stringContaining('429'),
    });
    expect(bench.leased()).toEqual([]);
    bench.api.before = () => {};
    await bench.advance(110_000);
    expect(bench.resets()).toHaveLength(1);
    await bench.advance(20_000);
    expect(bench.resets()).toHaveLength(2);
    expect(bench.remediations()[0]).toMatchObject({ state: 'running' });
  });

  test('is made later when the API could not be read, and goes to a person when that lasts too long', async () => {
    const bench = createBench();
    bench.api.before = (endpoint) => {
      throw apiError(endpoint, { outcome: 'not-sent', transient: true, code: 'connection-failed' });
    };
    await bench.receive(firing(NODE));
    await bench.advance(30 * MINUTE);
    expect(bench.remediations()[0]).toMatchObject({ state: 'deferred' });
    await bench.advance(40 * MINUTE);
    expect(bench.remediations()[0]).toMatchObject({
      state: 'needs-human',
      why: expect.stringContaining('could not be sent'),
    });
    expect(bench.queues.commands).toEqual([]);
    expect(bench.resets()).toEqual([]);
  });

  test('leaves a refused key alone for longer than Huawei locks it', async () => {
    const bench = createBench();
    bench.api.before = (endpoint) => {
      throw apiError(endpoint, { outcome: 'refused', transient: false, status: 401, code: 'APIGW.0301' });
    };
    await bench.receive(firing(NODE));
    await bench.advance(5 * MINUTE);
    const asked = bench.requests.length;
    expect(asked).toBeLessThanOrEqual(2);
    expect(bench.remediations()[0]).toMatchObject({ state: 'deferred' });
    bench.api.before = () => {};
    await bench.advance(MINUTE);
    expect(bench.remediations()[0]).toMatchObject({ state: 'running' });
  });

  test('a pool that the API does not know now is asked for again, with the vendor’s words on record', async () => {
    const bench = createBench();
    bench.api.before = (endpoint) => {
      throw apiError(endpoint, {
        outcome: 'refused',
        transient: false,
        status: 404,
        code: 'ModelArts.50015001',
        vendorMessage: 'pool not found',
      });
    };
    await bench.receive(firing(NODE));
    expect(await outcomeOf(bench)).toMatchObject({
      state: 'deferred',
      why: expect.stringContaining('ModelArts answered 404 ModelArts.50015001 "pool not found"'),
    });
    expect(bench.queues.deadLetters).toEqual([]);
    await bench.advance(HOUR);
    expect(bench.remediations()).toMatchObject([{ state: 'needs-human' }]);
  });
});

describe('poison', () => {
  test.each([
    ['not JSON', 'reset everything', 'not JSON'],
    [
      'a field that no table has',
      JSON.stringify({ action: 'reset-nodes', pool: 'train-a', nodes: ['a'], parameters: { force: true } }),
      'parameters.force: is not a known field',
    ],
    [
      'a pool that is not in the rules',
      JSON.stringify({ action: 'reset-nodes', pool: 'train-b', nodes: ['a'], parameters: {} }),
      'no pool with the name or id "train-b"',
    ],
    [
      "another function's action",
      JSON.stringify({
        action: 'update-nodes',
        pool: 'train-a',
        nodes: ['a'],
        parameters: { action: 'openHaRedundant' },
      }),
      'the queue of reset-nodes',
    ],
  ])('%s goes to the dead letters with the reason; its neighbour goes on', async (_name, body, reason) => {
    const bench = createBench();
    await bench.command(body);
    await bench.receive(firing(NODE));
    await bench.advance(5_000);
    expect(bench.queues.deadLetters).toMatchObject([
      { body, attributes: { reason: expect.stringContaining(reason) } },
    ]);
    expect(bench.remediations()).toMatchObject([{ state: 'running' }]);
  });

  test('the same id with other content is refused, and the first command stays as it is', async () => {
    const bench = createBench();
    const command = {
      id: 'mine',
      action: 'reset-nodes',
      pool: 'train-a',
      nodes: [NODE],
      parameters: {},
      mode: 'act',
    };
    await bench.command(command);
    await bench.advance(5_000);
    await bench.command({ ...command, nodes: [nodeName(2)] });
    await bench.command(command);
    await bench.advance(5_000);
    expect(bench.queues.deadLetters).toMatchObject([
      { attributes: { reason: expect.stringContaining('the id mine belongs to another command') } },
    ]);
    expect(bench.remediations()).toMatchObject([{ id: 'mine', nodes: [NODE], state: 'running' }]);
    expect(bench.resets()).toHaveLength(1);
  });
});
