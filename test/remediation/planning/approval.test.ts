import { describe, expect, test } from 'vitest';
import { approve } from '#lib/console/approval';
import { HttpProblem } from '#lib/handler/problem';
import { PLAN_VALID_MS } from '#lib/rules/waits';
import { createNodePoolBench, HOUR, MINUTE } from '#test/actions/node-pools/node-pool-bench';

type Bench = ReturnType<typeof createNodePoolBench>;

const RESET = {
  id: 'c-1',
  action: 'reset-nodes',
  nodes: ['os-node-np-1-0'],
  parameters: { rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 }, nodeConfig: {} },
  mode: 'approve',
};
const CHANGE = {
  id: 'c-1',
  action: 'update-node-pool',
  nodePool: 'np-1',
  parameters: { spec: { resources: { count: 3 } } },
  mode: 'approve',
};
const DELETION = { id: 'c-1', action: 'delete-node-pool', nodePool: 'np-1', parameters: {}, mode: 'act' };

async function waiting(bench: Bench, command: object = CHANGE): Promise<string> {
  await bench.accept(command);
  await bench.settleQueues();
  const { state, plan } = bench.remediation();
  expect(state).toBe('awaiting-approval');
  return plan!.hash;
}

/** The problem in the answer to a request. */
async function problemOf(work: Promise<unknown>): Promise<HttpProblem> {
  const problem = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (problem instanceof HttpProblem) return problem;
  throw new Error(`It was no problem, but ${String(problem)}`);
}

describe('approving', () => {
  test.each([
    ['reset-nodes', RESET, 'batchResetNodes'],
    ['update-node-pool', CHANGE, 'patchNodePool'],
    ['delete-node-pool', DELETION, 'deleteNodePool'],
  ] as const)('lets exactly the recorded plan of %s be carried out', async (_action, command, endpoint) => {
    const bench = createNodePoolBench();
    const hash = await waiting(bench, command);
    await bench.advance(HOUR, MINUTE);
    expect(bench.sent(endpoint)).toEqual([]);
    const { request } = bench.remediation().plan!;

    expect(await bench.approve('c-1', hash, 'ada')).toMatchObject({
      id: 'c-1',
      state: 'submitting',
      why: 'ada approved the plan',
      approval: { hash, by: 'ada', at: '2026-11-20T11:00:00.000Z' },
    });
    await bench.settleQueues();
    expect(bench.remediation()).toMatchObject({ state: 'running', approval: { hash, by: 'ada' } });
    expect(bench.sent(endpoint).map(({ body = {} }) => body)).toEqual([request]);

    const { receipts } = bench.remediation();
    expect(receipts).toContainEqual({
      at: '2026-11-20T11:00:00.000Z',
      step: 'approval',
      decision: 'approved',
      hash,
      by: 'ada',
    });
    expect(receipts.findLast((one) => one.step === 'guard' && one.guard === 'mode')).toMatchObject({
      allowed: true,
      why: expect.stringContaining('ada approved exactly this plan'),
    });
  });

  test('again, at any time, changes nothing', async () => {
    const bench = createNodePoolBench();
    const hash = await waiting(bench);
    await bench.approve('c-1', hash, 'ada');
    await bench.approve('c-1', hash, 'bob');
    await bench.settleQueues(2);
    await bench.approve('c-1', hash, 'bob');
    await bench.settleQueues();
    bench.count('np-1', { available: 3 });
    await bench.advance(3 * MINUTE);
    expect(await bench.approve('c-1', hash, 'bob')).toMatchObject({
      state: 'succeeded',
      approval: { by: 'ada' },
    });
    await bench.settleQueues();
    expect(bench.sent('patchNodePool')).toHaveLength(1);
  });

  test('by another person too is recorded once for each of them, with their own names', async () => {
    const bench = createNodePoolBench();
    const hash = await waiting(bench);
    const say = (by: string, note?: string) => approve('c-1', { hash, by, note }, bench.consoleServices);
    await say('console', 'ada');
    await say('console', 'ada');
    await bench.settleQueues(2);
    for (const [by, note] of [
      ['console', 'bob'],
      ['ops'],
      ['ops'],
      ['console', 'bob'],
      ['console', 'ada'],
    ] as const)
      await say(by, note);
    await bench.settleQueues();
    expect(bench.remediation()).toMatchObject({ approval: { by: 'console' } });
    expect(bench.remediation().receipts.filter(({ step }) => step === 'approval')).toMatchObject([
      { decision: 'approved', by: 'console', note: 'ada' },
      { decision: 'seconded', by: 'console', note: 'bob' },
      { decision: 'seconded', by: 'ops' },
    ]);
    expect(bench.sent('patchNodePool')).toHaveLength(1);
    for (let index = 0; index < 40; index += 1) await say('console', `somebody ${index}`);
    expect(bench.remediation().receipts.filter(({ step }) => step === 'approval')).toHaveLength(21);
  });

  test('by several at once is one approval', async () => {
    const bench = createNodePoolBench();
    const hash = await waiting(bench);
    await Promise.all(['ada', 'bob', 'eve'].map((by) => bench.approve('c-1', hash, by)));
    await bench.settleQueues();
    const approvals = bench.remediation().receipts.filter((one) => one.step === 'approval');
    expect(approvals.map(({ decision }) => decision)).toEqual(['approved', 'seconded', 'seconded']);
    expect(new Set(approvals.map(({ by }) => by))).toEqual(new Set(['ada', 'bob', 'eve']));
    expect(bench.remediation().approval?.by).toBe(approvals[0]?.by);
    expect(bench.sent('patchNodePool')).toHaveLength(1);
  });

  test('again puts the command on its queue again, when it was stored but not sent', async () => {
    const bench = createNodePoolBench();
    const hash = await waiting(bench);
    const { commands } = bench.consoleServices;
    const queue = commands['update-node-pool'];
    commands['update-node-pool'] = { send: () => Promise.reject(new Error('SQS is away')) };
    await expect(bench.approve('c-1', hash)).rejects.toThrow('SQS is away');
    commands['update-node-pool'] = queue;
    await bench.approve('c-1', hash);
    await bench.settleQueues();
    expect(bench.sent('patchNodePool')).toHaveLength(1);
  });

  test('another plan than the one that waits is refused', async () => {
    const bench = createNodePoolBench();
    const hash = await waiting(bench);
    const problem = await problemOf(bench.approve('c-1', 'f'.repeat(32)));
    expect(problem).toMatchObject({ status: 409, message: expect.stringContaining(hash) });
    await bench.advance(HOUR, MINUTE);
    expect(bench.sent('patchNodePool')).toEqual([]);
  });

  test('a remediation that waits for no approval is refused', async () => {
    const bench = createNodePoolBench();
    expect(await problemOf(bench.approve('nothing', 'x'))).toMatchObject({ status: 404 });
    await bench.accept({ ...CHANGE, mode: 'act' });
    await bench.settleQueues();
    const { state, plan } = bench.remediation();
    expect(await problemOf(bench.approve('c-1', plan!.hash))).toMatchObject({
      status: 409,
      message: expect.stringContaining(`is ${state} and does not wait`),
    });
  });
});

describe('an approval is void when what the plan rests on has moved', () => {
  const moves: [string, object, (bench: Bench) => void][] = [
    ['a node has failed', CHANGE, (bench) => bench.count('np-1', { available: 1, abnormal: 1 })],
    [
      'someone else changed a field',
      CHANGE,
      ({ nodePools }) => void (nodePools.get('np-1')!.resources['labels'] = { a: 'b' }),
    ],
    ['the node pool has grown', DELETION, (bench) => bench.addNodePool('np-1', 3)],
    [
      'the phase of the node is another',
      RESET,
      (bench) => bench.count('np-1', { available: 0, abnormal: 2 }),
    ],
  ];
  test.each(moves)('%s', async (_name, command, move) => {
    const bench = createNodePoolBench();
    const old = await waiting(bench, command);
    move(bench);
    await bench.approve('c-1', old);
    await bench.settleQueues();
    const remediation = bench.remediation();
    expect(remediation).toMatchObject({
      state: 'awaiting-approval',
      why: expect.stringContaining('the facts have changed since the plan was approved'),
    });
    const { hash } = remediation.plan!;
    expect(hash).not.toBe(old);
    expect(remediation.receipts.at(-1)).toMatchObject({
      step: 'approval',
      decision: 'void',
      approved: old,
      plan: hash,
    });
    expect(await problemOf(bench.approve('c-1', old))).toMatchObject({ status: 409 });

    await bench.approve('c-1', hash);
    await bench.settleQueues();
    expect(bench.remediation()).toMatchObject({ state: 'running', approval: { hash } });
  });

  test('but not when nothing has', async () => {
    const bench = createNodePoolBench();
    const hash = await waiting(bench, DELETION);
    bench.reverseNodes();
    await bench.approve('c-1', hash);
    await bench.settleQueues();
    expect(bench.remediation()).toMatchObject({ state: 'running' });
  });
});

describe('a plan that waits too long', () => {
  test('can be approved to the end of its day', async () => {
    const bench = createNodePoolBench();
    const hash = await waiting(bench);
    await bench.advance(PLAN_VALID_MS, HOUR);
    expect(await bench.approve('c-1', hash)).toMatchObject({ state: 'submitting' });
    await bench.settleQueues();
    expect(bench.sent('patchNodePool')).toHaveLength(1);
  });

  test('expires when someone tries to approve it', async () => {
    const bench = createNodePoolBench();
    const hash = await waiting(bench);
    await bench.advance(PLAN_VALID_MS + MINUTE, HOUR);
    const problem = await problemOf(bench.approve('c-1', hash));
    expect(problem).toMatchObject({
      status: 409,
      message: expect.stringContaining('send the command again'),
    });
    expect(bench.remediation()).toMatchObject({ state: 'skipped' });
    expect(bench.remediation().receipts.at(-1)).toMatchObject({
      step: 'approval',
      decision: 'expired',
      hash,
    });
    expect(await problemOf(bench.approve('c-1', hash))).toMatchObject({ status: 409 });
    await bench.advance(HOUR, MINUTE);
    expect(bench.sent('patchNodePool')).toEqual([]);
  });

  test('can still be rejected', async () => {
    const bench = createNodePoolBench();
    const hash = await waiting(bench);
    await bench.advance(2 * PLAN_VALID_MS, HOUR);
    expect(await bench.reject('c-1', hash)).toMatchObject({ state: 'rejected' });
  });
});

describe('rejecting', () => {
  test('ends it, finally', async () => {
    const bench = createNodePoolBench();
    const hash = await waiting(bench);
    expect(await bench.reject('c-1', hash, 'bob')).toMatchObject({
      state: 'rejected',
      why: 'bob rejected the plan',
    });
    expect(await bench.reject('c-1', hash, 'ada')).toMatchObject({
      state: 'rejected',
      why: 'bob rejected the plan',
    });
    expect(await problemOf(bench.approve('c-1', hash))).toMatchObject({ status: 409 });
    expect(bench.remediation().receipts.filter(({ step }) => step === 'approval')).toHaveLength(1);
    await bench.accept(CHANGE);
    await bench.advance(HOUR, MINUTE);
    expect(bench.remediation()).toMatchObject({ state: 'rejected' });
    expect(bench.sent('patchNodePool')).toEqual([]);
  });

  test('another plan than the one that waits is refused', async () => {
    const bench = createNodePoolBench();
    const hash = await waiting(bench);
    expect(await problemOf(bench.reject('c-1', 'f'.repeat(32)))).toMatchObject({ status: 409 });
    expect(await problemOf(bench.reject('nothing', hash))).toMatchObject({ status: 404 });
    await bench.approve('c-1', hash);
    expect(await problemOf(bench.reject('c-1', hash))).toMatchObject({ status: 409 });
    expect(bench.remediation()).toMatchObject({ state: 'submitting' });
  });

  test('at the same time as approving: one of the two decides', async () => {
    const bench = createNodePoolBench();
    const hash = await waiting(bench);
    const decisions = await Promise.allSettled([bench.reject('c-1', hash), bench.approve('c-1', hash)]);
    expect(decisions.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await bench.settleQueues();
    expect(bench.sent('patchNodePool')).toHaveLength(bench.remediation().state === 'rejected' ? 0 : 1);
  });
});
