import { describe, expect, test } from 'vitest';
import { apiError, createNodePoolBench, FLAVOR, HOUR, MINUTE, POOL } from './node-pool-bench.ts';

type Bench = ReturnType<typeof createNodePoolBench>;

const DELETION = { id: 'c-1', action: 'delete-node-pool', nodePool: 'np-1', parameters: {} };

async function waiting(bench: Bench, more: object = {}) {
  await bench.accept({ ...DELETION, ...more });
  await bench.settleQueues();
  return bench.remediation();
}

/** Has the deletion approved and taken up. */
async function deleting(bench: Bench, more: object = {}) {
  const { plan } = await waiting(bench, more);
  await bench.approve('c-1', plan!.hash);
  await bench.settleQueues();
  return bench.remediation();
}

const unknownName = {
  status: 400,
  code: 'ModelArts.50004000',
  vendorMessage: 'Bad request. invalid nodepool name',
} as const;

/** Throws for one endpoint. */
function failing(endpoint: string, failure: Parameters<typeof apiError>[1]) {
  return (name: string): void => {
    if (name === endpoint) throw apiError(name, failure);
  };
}

describe('a deletion', () => {
  test.each(['act', 'approve'])(
    'waits for an approval in mode %s, with a plan of its losses',
    async (mode) => {
      const bench = createNodePoolBench();
      const remediation = await waiting(bench, { mode });
      expect(remediation).toMatchObject({
        state: 'awaiting-approval',
        plan: {
          hash: expect.stringMatching(/^[0-9a-f]{32}$/),
          at: '2026-11-20T10:00:00.000Z',
          request: {},
          changes: {
            deletes: 'np-1',
            flavor: FLAVOR,
            nodes: ['os-node-np-1-0', 'os-node-np-1-1'],
            workloads: [],
          },
        },
      });
      await bench.advance(HOUR);
      expect(bench.sent('deleteNodePool')).toEqual([]);
    },
  );

  test('says how many more nodes it takes away than the list of nodes shows', async () => {
    const whole = await waiting(createNodePoolBench());
    expect(whole.plan).not.toHaveProperty('remarks');
    const bench = createNodePoolBench();
    bench.withoutLabels();
    bench.count('np-1', { abnormal: 1 });
    const { plan } = await waiting(bench);
    expect(plan).toMatchObject({
      changes: { nodes: [] },
      remarks: ['3 more nodes of the node pool, which the list of nodes does not show as its own'],
    });
    expect(plan!.hash).not.toBe(whole.plan!.hash);
  });

  test('that is approved is sent once, without a body, and followed until it is gone', async () => {
    const bench = createNodePoolBench();
    expect(await deleting(bench)).toMatchObject({ state: 'running' });
    expect(bench.sent('deleteNodePool')).toEqual([{ path: { pool_name: POOL, nodepool_name: 'np-1' } }]);
    await bench.advance(5 * MINUTE);
    expect(bench.remediation()).toMatchObject({
      state: 'verifying',
      why: 'node pool np-1 still has 0 nodes, and 2 more are being deleted',
    });
    bench.nodePools.delete('np-1');
    await bench.advance(MINUTE);
    expect(bench.remediation()).toMatchObject({
      state: 'succeeded',
      why: expect.stringContaining('is gone'),
    });
    expect(bench.sent('deleteNodePool')).toHaveLength(1);
    expect(bench.queues.follow).toEqual([]);
  });

  test('in mode observe says what it would do, and does nothing', async () => {
    const bench = createNodePoolBench();
    expect(await waiting(bench, { mode: 'observe' })).toMatchObject({
      state: 'observed',
      plan: { request: {} },
    });
  });
});

describe('is refused, with the reason', () => {
  const cases: [string, (bench: Bench) => void, string][] = [
    [
      'the last node pool',
      ({ nodePools }) => void nodePools.delete('np-0'),
      '0 of 1 node pools would stay in the pool; one must',
    ],
    [
      'the last that stays',
      (bench) => bench.count('np-0', { available: 0, deleting: 6 }),
      '0 of 2 node pools would stay in the pool; one must',
    ],
    [
      'one of a yearly/monthly pool',
      ({ pool }) => void (pool.annotations['os.modelarts/billing.mode'] = '1'),
      'billed by the year or month',
    ],
    ['one of a frozen pool', ({ pool }) => void (pool.controlMode = 16), 'frozen by public security'],
    [
      'one whose nodes run workloads',
      (bench) => void bench.run('train-1', 'np-1'),
      '1 workload runs on the node pool: train-1',
    ],
    [
      'the workloads on its nodes are not known',
      (bench) => {
        bench.withoutLabels();
        bench.run('train-1', 'np-0');
      },
      '1 workload runs on the node pool: train-1',
    ],
  ];
  test.each(cases)('%s', async (_name, arrange, why) => {
    const bench = createNodePoolBench();
    arrange(bench);
    expect(await waiting(bench)).toMatchObject({ state: 'skipped', why: expect.stringContaining(why) });
    expect(bench.sent('deleteNodePool')).toEqual([]);
  });

  test('what was approved, when a workload has begun in the meantime', async () => {
    const bench = createNodePoolBench();
    const { plan } = await waiting(bench);
    bench.run('train-1', 'np-1');
    await bench.approve('c-1', plan!.hash);
    await bench.settleQueues();
    expect(bench.remediation()).toMatchObject({ state: 'skipped', why: expect.stringContaining('train-1') });
    expect(bench.sent('deleteNodePool')).toEqual([]);
  });
});

describe('is not refused', () => {
  test('when the command says that workloads may be interrupted: the plan names them', async () => {
    const bench = createNodePoolBench();
    bench.run('train-1', 'np-1');
    const remediation = await waiting(bench, { options: { interruptWorkloads: true } });
    expect(remediation).toMatchObject({
      state: 'awaiting-approval',
      plan: { changes: { workloads: ['train-1 (Running)'] } },
    });
    bench.run('train-2', 'np-1');
    await bench.approve('c-1', remediation.plan!.hash);
    await bench.settleQueues();
    expect(bench.remediation()).toMatchObject({ state: 'awaiting-approval' });
    expect(bench.sent('deleteNodePool')).toEqual([]);
  });

  test.each([
    ['workloads run elsewhere', (bench: Bench) => void bench.run('train-1', 'np-0')],
    ['its workloads have ended', (bench: Bench) => void bench.run('train-1', 'np-1', 'Completed')],
  ])('when %s', async (_name, arrange) => {
    const bench = createNodePoolBench();
    arrange(bench);
    expect(await waiting(bench)).toMatchObject({ state: 'awaiting-approval' });
  });
});

test('a node pool waits while its workloads are not known', async () => {
  const bench = createNodePoolBench();
  bench.withoutWorkloads();
  expect(await waiting(bench)).toMatchObject({
    state: 'deferred',
    why: expect.stringContaining('the API refuses to list the workloads'),
  });
});

describe('a node pool that no reading ever showed', () => {
  test('is not deleted already: the name is refused once two lists do not have it', async () => {
    const bench = createNodePoolBench();
    bench.nodePools.delete('np-1');
    expect(await waiting(bench)).toMatchObject({
      state: 'deferred',
      why: expect.stringContaining('does not show np-1'),
    });
    await bench.advance(2 * MINUTE);
    expect(bench.remediation()).toMatchObject({
      state: 'skipped',
      why: 'the pool has no node pool np-1, and nothing shows that it ever had one; it has np-0',
    });
    expect(bench.sent('deleteNodePool')).toEqual([]);
  });

  test('is not believed to be missing because a list is empty', async () => {
    const bench = createNodePoolBench();
    bench.nodePools.clear();
    await waiting(bench);
    await bench.advance(10 * MINUTE);
    expect(bench.remediation()).toMatchObject({
      state: 'deferred',
      why: expect.stringContaining('the list is empty'),
    });
  });

  test('is planned as soon as a list shows it', async () => {
    const bench = createNodePoolBench();
    const hidden = bench.nodePools.get('np-1')!;
    bench.nodePools.delete('np-1');
    await waiting(bench);
    bench.nodePools.set('np-1', hidden);
    await bench.advance(2 * MINUTE);
    expect(bench.remediation()).toMatchObject({ state: 'awaiting-approval' });
  });
});

describe('a node pool that is gone already', () => {
  test('when the approval comes needs no call, once two lists do not have it', async () => {
    const bench = createNodePoolBench();
    const { plan } = await waiting(bench);
    bench.nodePools.delete('np-1');
    await bench.approve('c-1', plan!.hash);
    await bench.settleQueues();
    expect(bench.remediation()).toMatchObject({ state: 'deferred', approval: { hash: plan!.hash } });
    await bench.advance(2 * MINUTE);
    expect(bench.remediation()).toMatchObject({
      state: 'succeeded',
      why: 'node pool np-1 is gone already',
    });
    expect(bench.sent('deleteNodePool')).toEqual([]);
  });

  test('in one list alone is deleted as it was approved', async () => {
    const bench = createNodePoolBench();
    const { plan } = await waiting(bench);
    const hidden = bench.nodePools.get('np-1')!;
    bench.nodePools.delete('np-1');
    await bench.approve('c-1', plan!.hash);
    await bench.settleQueues();
    bench.nodePools.set('np-1', hidden);
    await bench.advance(2 * MINUTE);
    expect(bench.sent('deleteNodePool')).toHaveLength(1);
  });

  test.each([
    ['400 "invalid nodepool name"', unknownName],
    ['404', { status: 404, code: 'ModelArts.50015001' }],
    [
      'a bare 400, and cannot be read',
      { status: 400, code: 'ModelArts.50004000', vendorMessage: 'Bad request.' },
    ],
  ])('is what the answer %s to the call means', async (_name, failure) => {
    const bench = createNodePoolBench();
    bench.api.before = (endpoint) => {
      if (endpoint !== 'deleteNodePool') return;
      bench.nodePools.delete('np-1');
      throw apiError(endpoint, failure);
    };
    expect(await deleting(bench)).toMatchObject({ state: 'running' });
    await bench.advance(2 * MINUTE);
    expect(bench.remediation()).toMatchObject({ state: 'succeeded' });
    const call = bench.remediation().receipts.find(({ step }) => step === 'call');
    expect(call).toMatchObject({ note: 'the API answered that there is no such node pool' });
    expect(bench.sent('deleteNodePool')).toHaveLength(1);
    expect(bench.queues.deadLetters).toEqual([]);
  });

  test.each([
    ['400 "invalid nodepool name"', unknownName],
    ['404', { status: 404, code: 'ModelArts.50015001' }],
  ])(
    'shows by %s while it is followed, when the list cannot be read or still has it',
    async (_name, failure) => {
      for (const listed of [true, false]) {
        const bench = createNodePoolBench();
        await deleting(bench);
        const list = failing('listNodePools', { outcome: 'unknown', transient: true, status: 503 });
        const show = failing('showNodePool', failure);
        bench.api.before = (endpoint) => {
          show(endpoint);
          if (!listed) list(endpoint);
        };
        await bench.advance(2 * MINUTE);
        expect(bench.remediation()).toMatchObject({
          state: 'succeeded',
          why: 'node pool np-1 is gone: the API no longer knows it',
        });
      }
    },
  );
});

describe('what is no proof that it is gone', () => {
  test.each<[string, Parameters<typeof apiError>[1]]>([
    ["a 404 of the gateway's", { status: 404, code: 'APIGW.0101' }],
    [
      'a bad request that says no more',
      { status: 400, code: 'ModelArts.50004000', vendorMessage: 'Bad request.' },
    ],
    ['a time-out', { outcome: 'unknown', transient: true }],
  ])('is %s', async (_name, failure) => {
    const bench = createNodePoolBench();
    await deleting(bench);
    bench.api.before = (endpoint) => {
      failing('showNodePool', failure)(endpoint);
      failing('listNodePools', failure)(endpoint);
    };
    await bench.advance(10 * MINUTE);
    expect(bench.remediation()).toMatchObject({ state: 'running' });
    await bench.advance(HOUR);
    expect(bench.remediation()).toMatchObject({ state: 'needs-human' });
  });
});

/** Every list omits the node pool that is deleted. */
function hides(bench: Bench): void {
  bench.api.instead = (endpoint) => {
    if (endpoint !== 'listNodePools') return undefined;
    return { nodePools: [bench.shownNodePool('np-0')] };
  };
}

describe('a list that hides it proves nothing while the API shows it by its name', () => {
  test.each([
    [
      'shows it',
      () => {},
      'the list of node pools does not show np-1, although the API knows it by its name',
    ],
    [
      'cannot be read',
      failing('showNodePool', { outcome: 'unknown', transient: true, status: 503 }),
      'the list lacks it, but the API does not say by its name that it is gone',
    ],
    [
      'is a refusal without a reason',
      failing('showNodePool', { status: 400, code: 'ModelArts.50004000', vendorMessage: 'Bad request.' }),
      'the list lacks it, but the API does not say by its name that it is gone',
    ],
  ])('when the plan is approved, and the answer by its name %s', async (_name, before, why) => {
    const bench = createNodePoolBench();
    const { plan } = await waiting(bench);
    hides(bench);
    bench.api.before = before;
    await bench.approve('c-1', plan!.hash);
    await bench.advance(10 * MINUTE);
    expect(bench.remediation()).toMatchObject({ state: 'deferred', why: expect.stringContaining(why) });
    bench.api.instead = () => undefined;
    await bench.advance(20 * MINUTE);
    expect(bench.sent('deleteNodePool')).toHaveLength(1);
  });

  test('after the deletion was accepted', async () => {
    const bench = createNodePoolBench();
    await deleting(bench);
    hides(bench);
    await bench.advance(10 * MINUTE);
    expect(bench.remediation()).toMatchObject({
      state: 'verifying',
      why: 'node pool np-1 still has 0 nodes, and 2 more are being deleted',
    });
    bench.nodePools.delete('np-1');
    await bench.advance(MINUTE);
    expect(bench.remediation()).toMatchObject({ state: 'succeeded' });
  });

  test('while the effect of a lost deletion is searched', async () => {
    const bench = createNodePoolBench();
    bench.api.before = failing('deleteNodePool', { outcome: 'unknown' });
    await deleting(bench);
    bench.api.before = () => {};
    hides(bench);
    await bench.advance(20 * MINUTE);
    expect(bench.remediation()).toMatchObject({ state: 'needs-human' });
  });
});

describe('at the deadline', () => {
  test('a deletion under way is a case for a person', async () => {
    const bench = createNodePoolBench();
    await deleting(bench);
    await bench.advance(HOUR);
    expect(bench.remediation()).toMatchObject({
      state: 'needs-human',
      why: expect.stringMatching(/deadline .*2 more are being deleted/),
    });
    expect(bench.queues.follow).toEqual([]);
  });

  test('one that never began has failed', async () => {
    const bench = createNodePoolBench();
    await deleting(bench);
    bench.count('np-1', { available: 2, deleting: 0 });
    await bench.advance(HOUR);
    expect(bench.remediation()).toMatchObject({
      state: 'failed',
      why: expect.stringContaining('still has 2 nodes'),
    });
  });
});

describe('an answer that is lost', () => {
  const lost = { outcome: 'unknown', transient: true, status: 504 } as const;

  test.each([
    ['gone', (bench: Bench) => void bench.nodePools.delete('np-1')],
    [
      'gone, and the list cannot be read',
      (bench: Bench) => {
        bench.nodePools.delete('np-1');
        bench.api.before = failing('listNodePools', lost);
      },
    ],
    ['being deleted', () => {}],
    [
      'listed, but not known any more',
      (bench: Bench) => {
        bench.count('np-1', { available: 2, deleting: 0 });
        bench.api.before = failing('showNodePool', unknownName);
      },
    ],
  ])('is found by reading: the node pool is %s', async (_name, arrange) => {
    const bench = createNodePoolBench();
    bench.api.after = failing('deleteNodePool', lost);
    expect(await deleting(bench)).toMatchObject({
      state: 'submitting',
      why: expect.stringContaining('lost'),
    });
    arrange(bench);
    await bench.advance(3 * MINUTE);
    expect(bench.remediation().state).not.toBe('submitting');
    bench.nodePools.delete('np-1');
    await bench.advance(2 * MINUTE);
    expect(bench.remediation()).toMatchObject({ state: 'succeeded' });
    expect(bench.sent('deleteNodePool')).toHaveLength(1);
  });

  test.each([
    ['is empty', ['np-0', 'np-1']],
    ['lacks the node pool', ['np-1']],
  ])('is not taken for a yes because a list %s', async (_name, hidden) => {
    const bench = createNodePoolBench();
    bench.api.before = failing('deleteNodePool', lost);
    await deleting(bench);
    const nodePools = [...bench.nodePools];
    for (const name of hidden) bench.nodePools.delete(name);
    bench.api.before = failing('showNodePool', lost);
    await bench.advance(3 * MINUTE);
    expect(bench.remediation()).toMatchObject({ state: 'submitting' });
    for (const [name, nodePool] of nodePools) bench.nodePools.set(name, nodePool);
    await bench.advance(HOUR);
    expect(bench.remediation()).toMatchObject({ state: 'needs-human' });
  });

  test('goes to a person when nothing shows that it was done, and is never asked for again', async () => {
    const bench = createNodePoolBench();
    bench.api.before = failing('deleteNodePool', lost);
    await deleting(bench);
    await bench.advance(5 * MINUTE);
    bench.queues.commands.push({
      body: JSON.stringify({ ...DELETION, pool: 'train-a', mode: 'act' }),
      dueMs: bench.now(),
      messageId: 'again',
      receives: 0,
      to: 'delete-node-pool',
    });
    await bench.advance(2 * HOUR);
    expect(bench.remediation()).toMatchObject({
      state: 'needs-human',
      why: expect.stringContaining('shows no sign of it'),
    });
    expect(bench.sent('deleteNodePool')).toHaveLength(1);
  });

  test('and that a poll after the deadline finds is a success, where the node pool is gone', async () => {
    const bench = createNodePoolBench();
    bench.api.after = failing('deleteNodePool', lost);
    await deleting(bench);
    bench.nodePools.delete('np-1');
    bench.stand(3 * HOUR);
    await bench.advance(MINUTE);
    expect(bench.remediation()).toMatchObject({ state: 'succeeded' });
  });

  test('because the process died is looked for, too', async () => {
    const bench = createNodePoolBench();
    const { put } = bench.store;
    const { plan } = await waiting(bench);
    await bench.approve('c-1', plan!.hash);
    // Nothing can be stored any more from the moment the request is sent.
    bench.api.after = (endpoint) => {
      if (endpoint === 'deleteNodePool')
        bench.store.put = () => Promise.reject(new Error('the process is gone'));
    };
    await bench.settleQueues();
    bench.store.put = put;
    await bench.advance(20 * MINUTE);
    bench.nodePools.delete('np-1');
    await bench.advance(2 * MINUTE);
    expect(bench.remediation()).toMatchObject({ state: 'succeeded' });
    expect(bench.sent('deleteNodePool')).toHaveLength(1);
  });
});

/** Approves the plan that a deletion waits with, and has it taken up. */
async function approved(bench: Bench, id: string): Promise<void> {
  await bench.approve(id, bench.remediation(id).plan!.hash);
  await bench.settleQueues();
}

/** All nodes of np-1 are gone, and the list still shows it. */
function withoutNodes(bench: Bench): void {
  bench.count('np-1', { available: 0, deleting: 0 });
}

describe('of two deletions that would leave no node pool the second is refused', () => {
  const OTHER = { ...DELETION, id: 'c-2', nodePool: 'np-0' };

  /** Both wait for their approval, made while both node pools were there. */
  async function bothWait(): Promise<Bench> {
    const bench = createNodePoolBench();
    await bench.accept(DELETION);
    await bench.accept(OTHER);
    await bench.settleQueues();
    return bench;
  }
  const refusal = {
    state: 'skipped',
    why: expect.stringContaining('0 of 2 node pools would stay in the pool; one must'),
  };

  test.each<[string, (bench: Bench) => unknown]>([
    ['while its nodes go', () => {}],
    ['when it has no node left', withoutNodes],
    ['when it still shows its nodes', (bench) => bench.count('np-1', { available: 2, deleting: 0 })],
  ])('%s', async (_name, happens) => {
    const bench = await bothWait();
    await approved(bench, 'c-1');
    happens(bench);
    await bench.advance(2 * MINUTE);
    await approved(bench, 'c-2');
    expect(bench.remediation('c-2')).toMatchObject(refusal);
    expect(bench.remediation('c-2').why).toContain('np-1 is being deleted by remediation c-1');
    expect(bench.sent('deleteNodePool')).toHaveLength(1);
  });

  test('when the first has ended, and an old list still shows its node pool', async () => {
    const bench = await bothWait();
    await approved(bench, 'c-1');
    bench.api.before = failing('showNodePool', unknownName);
    await bench.advance(3 * MINUTE);
    expect(bench.remediation('c-1')).toMatchObject({ state: 'succeeded' });
    bench.count('np-1', { available: 2, deleting: 0 });
    await approved(bench, 'c-2');
    expect(bench.remediation('c-2')).toMatchObject(refusal);
    expect(bench.sent('deleteNodePool')).toHaveLength(1);
  });

  test('when another caller deletes the other one, and none of its nodes is left', async () => {
    const bench = await bothWait();
    withoutNodes(bench);
    await approved(bench, 'c-2');
    expect(bench.remediation('c-2')).toMatchObject(refusal);
    expect(bench.remediation('c-2').why).toContain('np-1 has no node left');
  });

  test('at the same moment: at most one of them is sent', async () => {
    const bench = await bothWait();
    for (const id of ['c-1', 'c-2']) await bench.approve(id, bench.remediation(id).plan!.hash);
    await bench.settleQueues(2);
    await bench.advance(3 * MINUTE);
    expect(bench.sent('deleteNodePool').length).toBeLessThanOrEqual(1);
  });

  test('but not where the first came to nothing, or the other node pool is meant to be empty', async () => {
    const bench = await bothWait();
    await approved(bench, 'c-1');
    bench.count('np-1', { available: 2, deleting: 0 });
    await bench.advance(HOUR);
    expect(bench.remediation('c-1')).toMatchObject({ state: 'failed' });
    Object.assign(bench.nodePools.get('np-1')!, { resources: { count: 0 } });
    withoutNodes(bench);
    await approved(bench, 'c-2');
    expect(bench.remediation('c-2')).toMatchObject({ state: 'running' });
  });
});

describe('one call, once', () => {
  test('however often the messages are delivered', async () => {
    const bench = createNodePoolBench();
    await bench.accept(DELETION);
    await bench.settleQueues(3);
    await bench.approve('c-1', bench.remediation().plan!.hash);
    bench.queues.commands.push(...structuredClone(bench.queues.commands));
    await bench.settleQueues(3);
    await bench.advance(3 * MINUTE);
    expect(bench.sent('deleteNodePool')).toHaveLength(1);
  });

  test('for two commands about the same node pool', async () => {
    const bench = createNodePoolBench();
    await bench.accept(DELETION);
    await bench.accept({ ...DELETION, id: 'c-2' });
    await bench.settleQueues();
    for (const id of ['c-1', 'c-2']) await bench.approve(id, bench.remediation(id).plan!.hash);
    await bench.settleQueues();
    expect(bench.sent('deleteNodePool')).toHaveLength(1);
    expect([bench.remediation('c-1').state, bench.remediation('c-2').state].sort()).toEqual([
      'running',
      'skipped',
    ]);
  });

  test('a refusal for good ends it, in the words of the API', async () => {
    const bench = createNodePoolBench();
    bench.api.before = failing('deleteNodePool', {
      status: 400,
      code: 'ModelArts.50004000',
      vendorMessage: 'Bad request. node pool is in use',
    });
    expect(await deleting(bench)).toMatchObject({ state: 'failed', why: expect.stringContaining('in use') });
    await bench.advance(HOUR);
    expect(bench.sent('deleteNodePool')).toHaveLength(1);
  });

  test('a refusal for now is tried again, though the command has waited for its approval for hours', async () => {
    const bench = createNodePoolBench();
    const { plan } = await waiting(bench);
    await bench.advance(5 * HOUR, 10 * MINUTE);
    bench.api.before = failing('deleteNodePool', { transient: true, status: 429 });
    await bench.approve('c-1', plan!.hash);
    await bench.settleQueues();
    expect(bench.remediation()).toMatchObject({ state: 'deferred' });
    expect(bench.requests.map(({ endpoint }) => endpoint)).not.toContain('showNodePool');
    bench.api.before = () => {};
    await bench.advance(2 * MINUTE);
    expect(bench.remediation()).toMatchObject({ state: 'running' });
    expect(bench.sent('deleteNodePool')).toHaveLength(2);
  });
});
