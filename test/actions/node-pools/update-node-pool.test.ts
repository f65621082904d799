import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '#test/runs';
import page from '../../modelarts/pages/update-node-pool.json' with { type: 'json' };
import { apiError, createNodePoolBench, FLAVOR, HOUR, MINUTE, POOL } from './node-pool-bench.ts';

type Bench = ReturnType<typeof createNodePoolBench>;

function change(resources: Record<string, unknown>, more: object = {}) {
  return {
    id: 'c-1',
    action: 'update-node-pool',
    nodePool: 'np-1',
    parameters: { spec: { resources } },
    ...more,
  };
}

/** The request for a change, and its remediation right after it. */
async function carriedOut(bench: Bench, resources: Record<string, unknown>, more: object = {}) {
  await bench.accept(change(resources, more));
  await bench.settleQueues();
  return { body: bench.sent('patchNodePool')[0]?.body, remediation: bench.remediation() };
}

describe('read, merge, write', () => {
  test("the page's example is sent as the page has it", async () => {
    const bench = createNodePoolBench();
    const { nodePool, network: _, ...resources } = page.request.spec.resources;
    bench.addNodePool(nodePool, 1, resources);
    const { body } = await carriedOut(bench, page.request.spec.resources, { nodePool });
    expect(JSON.stringify(body)).toBe(JSON.stringify(page.request));
    expect(bench.sent('patchNodePool')[0].path).toEqual({ pool_name: POOL, nodepool_name: nodePool });
  });

  test('flavor, count and maxCount are read, and sent with every change', async () => {
    const bench = createNodePoolBench();
    const taints = [{ key: 'npu', effect: 'NoSchedule' }];
    const { body } = await carriedOut(bench, { taints });
    expect(body).toEqual({ spec: { resources: { flavor: FLAVOR, count: 2, maxCount: 2, taints } } });
  });

  test('in a physical pool maxCount follows count', async () => {
    const { body } = await carriedOut(createNodePoolBench(), { count: 5 });
    expect(body).toEqual({ spec: { resources: { flavor: FLAVOR, count: 5, maxCount: 5 } } });
  });

  test.each([
    { change: { count: 3 }, sent: { count: 3, maxCount: 4 } },
    { change: { count: 6 }, sent: { count: 6, maxCount: 6 } },
    { change: { maxCount: 9 }, sent: { count: 2, maxCount: 9 } },
  ])('in a logical pool of 2 to 4 a change to $change is $sent', async ({ change: wanted, sent }) => {
    const bench = createNodePoolBench();
    bench.pool.type = 'Logical';
    bench.addNodePool('np-1', 2, { maxCount: 4 });
    const { body } = await carriedOut(bench, wanted);
    expect(body.spec.resources).toEqual({ flavor: FLAVOR, ...sent });
  });

  test('a change of one field never loses another, on a server that merges as on one that replaces maps', async () => {
    const fields = {
      count: fc.integer({ min: 1, max: 9 }),
      labels: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('x', 'y'), { minKeys: 1 }),
      taints: fc.constantFrom(
        [],
        [{ key: 'npu', effect: 'NoSchedule' }],
        [{ key: 'k', value: 'v', effect: 'NoExecute' }],
      ),
      tags: fc.constantFrom([], [{ key: 'team', value: 'nlp' }]),
      network: fc.record({ vpc: fc.constant('vpc-1'), subnet: fc.constantFrom('s-1', 's-2') }, {
        minKeys: 1,
      } as any),
      extendParams: fc.record({ dockerBaseSize: fc.constantFrom('0', '100') }),
      azs: fc.constantFrom([{ az: 'az-1', count: 1 }]),
      os: fc.record({ imageId: fc.constantFrom('image-1', 'image-2') }),
    };
    const part = fc.record(fields, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(
        part,
        part.filter((one) => Object.keys(one).length > 0),
        async (had: any, wanted: any) => {
          const bench = createNodePoolBench();
          const { count = 2, ...rest } = had;
          bench.addNodePool('np-1', count, rest);
          const before = structuredClone(bench.nodePools.get('np-1')!.resources);
          const { body, remediation } = await carriedOut(bench, wanted);
          if (body === undefined) expect(remediation.why).toContain('nothing is changed');
          const after = bench.nodePools.get('np-1')!.resources;
          for (const [field, value] of Object.entries<any>({ ...before, ...wanted })) {
            const isMap = ['labels', 'network', 'extendParams', 'os'].includes(field);
            const merged = isMap ? { ...before[field], ...wanted[field] } : value;
            expect(after[field]).toEqual(field === 'maxCount' ? after['count'] : merged);
            if (body && isMap && field !== 'os' && wanted[field])
              expect(body.spec.resources[field]).toEqual(merged);
            if (!(field in wanted) && !['flavor', 'count', 'maxCount'].includes(field))
              expect(body?.spec.resources ?? {}).not.toHaveProperty(field);
          }
        },
      ),
      { numRuns: runs(60) },
    );
  });
});

describe('null takes away', () => {
  const had = { labels: { old: 'x', kept: 'y' }, extendParams: { dockerBaseSize: '50', runtime: 'docker' } };

  test('a key of a map, and the other keys stay', async () => {
    const bench = createNodePoolBench();
    bench.addNodePool('np-1', 2, had);
    const wanted = { labels: { old: null }, extendParams: { dockerBaseSize: null } };
    const { body, remediation } = await carriedOut(bench, wanted);
    expect(body.spec.resources).toMatchObject({
      labels: { old: null, kept: 'y' },
      extendParams: { dockerBaseSize: null, runtime: 'docker' },
    });
    expect(remediation.plan!.changes).toMatchObject({
      labels: { from: had.labels, to: { kept: 'y' } },
      extendParams: { from: had.extendParams, to: { runtime: 'docker' } },
    });
    expect(bench.nodePools.get('np-1')!.resources).toMatchObject({
      labels: { kept: 'y' },
      extendParams: { runtime: 'docker' },
    });
  });

  test.each(['labels', 'taints', 'extendParams'])('the whole of %s', async (field) => {
    const bench = createNodePoolBench();
    bench.addNodePool('np-1', 2, { ...had, taints: [{ key: 'npu', effect: 'NoSchedule' }] });
    const { body, remediation } = await carriedOut(bench, { [field]: null });
    expect(body.spec.resources[field]).toBeNull();
    expect(remediation.plan!.changes).toMatchObject({ [field]: { to: null } });
    await bench.advance(2 * MINUTE);
    expect(bench.remediation()).toMatchObject({ state: 'succeeded' });
  });

  test('and it is seen: while the API still shows the key, the change has not come about', async () => {
    const bench = createNodePoolBench();
    bench.addNodePool('np-1', 2, had);
    await carriedOut(bench, { labels: { old: null } });
    bench.nodePools.get('np-1')!.resources['labels'] = had.labels;
    await bench.advance(2 * MINUTE);
    expect(bench.remediation()).toMatchObject({ state: 'verifying', why: expect.stringContaining('labels') });
    bench.nodePools.get('np-1')!.resources['labels'] = { kept: 'y' };
    await bench.advance(MINUTE);
    expect(bench.remediation()).toMatchObject({ state: 'succeeded' });
  });

  test('what the API does not show, for it may be there all the same', async () => {
    const { body } = await carriedOut(createNodePoolBench(), { taints: null });
    expect(body.spec.resources.taints).toBeNull();
  });
});

describe('a change that changes nothing', () => {
  const had = {
    labels: { a: 'x' },
    taints: [{ key: 'npu', effect: 'NoSchedule' }],
    network: { subnet: 's' },
  };

  test.each([
    ['an empty map', { labels: {} }],
    ['what is there already', { labels: { a: 'x' }, taints: had.taints }],
    ['a key to go that is not there', { labels: { old: null } }],
    ['the numbers as they are', { count: 2 }],
    ['a part of the present values', { network: { subnet: 's' }, flavor: FLAVOR }],
  ])('is not sent, and says so: %s', async (_name, wanted) => {
    const bench = createNodePoolBench();
    bench.addNodePool('np-1', 2, had);
    const { body, remediation } = await carriedOut(bench, wanted);
    expect(body).toBeUndefined();
    expect(remediation).toMatchObject({
      state: 'succeeded',
      why: 'nothing is changed: node pool np-1 already has the state that the command demands',
    });
    expect(remediation.receipts).toContainEqual(expect.objectContaining({ guard: 'already-done' }));
    const observed = await carriedOut(bench, wanted, { mode: 'observe', id: 'c-2' });
    expect(observed.body).toBeUndefined();
    expect(bench.remediation('c-2').why).toContain('nothing would have been done: nothing is changed');
  });

  test.each([
    ['nodes are still to come', { available: 1, creating: 1 }],
    ['nodes are missing', { available: 1 }],
    ['nodes are too many', { available: 3 }],
  ])('is sent and followed where it names a number and %s', async (_name, counts) => {
    const bench = createNodePoolBench();
    bench.count('np-1', counts);
    const { body } = await carriedOut(bench, { count: 2 });
    expect(body).toBeDefined();
    await bench.advance(2 * MINUTE);
    expect(bench.remediation()).toMatchObject({ state: 'verifying' });
  });
});

describe('the plan', () => {
  test('shows each change with its old and new value, and the nodes that it reaches', async () => {
    const bench = createNodePoolBench();
    bench.addNodePool('np-1', 2, { labels: { a: 'x' }, network: { vpc: 'v', subnet: 's-1' } });
    const { remediation, body } = await carriedOut(
      bench,
      {
        count: 3,
        labels: { b: 'y' },
        taints: [{ key: 'npu', effect: 'NoExecute' }],
        network: { subnet: 's-2' },
        flavor: FLAVOR,
      },
      { mode: 'observe' },
    );
    expect(body).toBeUndefined();
    expect(remediation).toMatchObject({
      state: 'observed',
      why: expect.stringContaining('would have been called'),
    });
    expect(remediation.plan!.changes).toEqual({
      count: { from: 2, to: 3 },
      maxCount: { from: 2, to: 3 },
      labels: { from: { a: 'x' }, to: { a: 'x', b: 'y' }, reaches: 'existing nodes' },
      taints: { from: null, to: [{ key: 'npu', effect: 'NoExecute' }], reaches: 'existing nodes' },
      network: {
        from: { vpc: 'v', subnet: 's-1' },
        to: { vpc: 'v', subnet: 's-2' },
        reaches: 'new and reset nodes',
      },
    });
  });

  test('says so where labels and taints are kept from nodes that exist', async () => {
    const bench = createNodePoolBench();
    bench.addNodePool('np-1', 2, { extendParams: { labelPolicyOnExistingNodes: 'ignore' } });
    const { remediation } = await carriedOut(bench, {
      labels: { a: 'x' },
      taints: [{ key: 'npu', effect: 'NoSchedule' }],
    });
    expect(remediation.plan!.changes).toMatchObject({
      labels: { reaches: 'new nodes' },
      taints: { reaches: 'existing nodes' },
    });
  });

  test('is on record also when it is carried out at once', async () => {
    const { remediation, body } = await carriedOut(createNodePoolBench(), { count: 3 });
    expect(remediation).toMatchObject({
      state: 'running',
      plan: { request: body, changes: { count: { from: 2, to: 3 } } },
    });
    expect(remediation.receipts.find(({ step }) => step === 'call')).toMatchObject({ request: body });
  });
});

describe('is refused, with the reason, and nothing is sent', () => {
  const cases: [string, (bench: Bench) => void, Record<string, unknown>, string][] = [
    [
      'maxCount is not count in a physical pool',
      () => {},
      { count: 3, maxCount: 4 },
      'maxCount: must be count in a physical pool',
    ],
    [
      'only maxCount is raised in a physical pool',
      () => {},
      { maxCount: 4 },
      'maxCount: must be count in a physical pool',
    ],
    [
      'maxCount would be less than count in a logical pool',
      ({ pool }) => void (pool.type = 'Logical'),
      { maxCount: 1 },
      'maxCount: must be at least count',
    ],
    [
      'it spells the node pool otherwise than the API does',
      () => {},
      { count: 3, nodePool: 'NP-1' },
      'spec.resources.nodePool: is NP-1, but the command is for node pool np-1',
    ],
    [
      'the pool is frozen',
      ({ pool }) => void (pool.controlMode = 9),
      { count: 3 },
      'controlMode is 9: it is frozen',
    ],
    [
      'the flavor may not change',
      ({ pool }) => void (pool.controlMode = 2),
      { flavor: 'modelarts.vm.2u4g' },
      'forbids another flavor',
    ],
  ];
  test.each(cases)('when %s', async (_name, arrange, resources, why) => {
    const bench = createNodePoolBench();
    arrange(bench);
    const { body, remediation } = await carriedOut(bench, resources);
    expect(body).toBeUndefined();
    expect(remediation).toMatchObject({ state: 'skipped', why: expect.stringContaining(why) });
  });

  test('when two lists do not have the node pool', async () => {
    const bench = createNodePoolBench();
    bench.nodePools.delete('np-1');
    const { remediation } = await carriedOut(bench, { count: 1 });
    expect(remediation).toMatchObject({
      state: 'deferred',
      why: expect.stringContaining('does not show np-1'),
    });
    await bench.advance(2 * MINUTE);
    expect(bench.remediation()).toMatchObject({
      state: 'skipped',
      why: expect.stringContaining('it has np-0'),
    });
  });

  test('while the API does not say what the node pool has', async () => {
    const bench = createNodePoolBench();
    bench.nodePools.get('np-1')!.resources = {};
    const { body, remediation } = await carriedOut(bench, { labels: { a: 'b' } });
    expect(body).toBeUndefined();
    expect(remediation).toMatchObject({
      state: 'deferred',
      why: expect.stringContaining('spec.resources.flavor: is mandatory'),
    });
  });

  test.each([
    ['taints', [{ key: 'npu', effect: 'NoSchedule' }]],
    ['tags', [{ key: 'team', value: 'nlp' }]],
    ['network', { subnet: 's-2' }],
  ])('%s in a pool that is not privileged by the rules file', async (field, value) => {
    const rules = `pools: { train-a: { id: ${POOL}, privileged: false } }`;
    const { body, remediation } = await carriedOut(createNodePoolBench(rules), { [field]: value });
    expect(body).toBeUndefined();
    expect(remediation.why).toContain(`spec.resources.${field}: needs a privileged pool`);
    const other = await carriedOut(createNodePoolBench(rules), { count: 3, labels: { a: 'b' } });
    expect(other.body).toBeDefined();
  });

  test.each([
    ['the rules file', { rules: ', privileged: true' }, 'rules file says'],
    ['the API', { clusters: ['c-1'] }, 'shows its clusters'],
    ['nobody', {}, 'the API decides'],
  ])(
    'but not when %s says that the pool is privileged',
    async (_name, { rules = '', clusters = [] }: any, why) => {
      const bench = createNodePoolBench(`pools: { train-a: { id: ${POOL}${rules} } }`);
      bench.pool.clusters = clusters;
      const { body, remediation } = await carriedOut(bench, { tags: [{ key: 'team', value: 'nlp' }] });
      expect(body).toBeDefined();
      const guard = remediation.receipts.find(
        (one) => one.step === 'guard' && one.guard === 'privileged-pool',
      );
      expect(guard).toMatchObject({ allowed: true, why: expect.stringContaining(why) });
    },
  );
});

describe('waits', () => {
  test('while another change of the node pool is under way, and is carried out then', async () => {
    const bench = createNodePoolBench();
    await carriedOut(bench, { count: 3 });
    bench.count('np-1', { creating: 1 });
    await bench.accept(change({ count: 4 }, { id: 'c-2' }));
    await bench.settleQueues();
    expect(bench.remediation('c-2')).toMatchObject({
      state: 'deferred',
      why: expect.stringContaining('remediation c-1 has worked on'),
    });
    bench.count('np-1', { creating: 0, available: 3 });
    await bench.advance(3 * MINUTE);
    expect(bench.remediation('c-1')).toMatchObject({ state: 'succeeded' });
    expect(bench.remediation('c-2')).toMatchObject({ state: expect.stringMatching(/running|verifying/) });
  });
});

test('a command looks ever less often whether another is still at work, and at least once a minute', async () => {
  const bench = createNodePoolBench();
  await carriedOut(bench, { count: 3 });
  bench.count('np-1', { creating: 1 });
  await bench.accept(change({ count: 4 }, { id: 'c-2' }));
  await bench.advance(6 * MINUTE);
  const times = bench
    .remediation('c-2')
    .receipts.filter(({ step }) => step === 'defer')
    .map(({ at }) => Date.parse(at));
  const pauses = times.slice(1).map((at, index) => (at - times[index]!) / 1000);
  expect(pauses.slice(0, 4)).toEqual([15, 30, 60, 60]);
});

describe('is followed', () => {
  test('until the numbers are as requested', async () => {
    const bench = createNodePoolBench();
    await carriedOut(bench, { count: 4 });
    await bench.advance(2 * MINUTE);
    expect(bench.remediation()).toMatchObject({ state: 'verifying', why: expect.stringMatching(/^2 of 4/) });
    bench.count('np-1', { creating: 2 });
    await bench.advance(2 * MINUTE);
    expect(bench.remediation()).toMatchObject({
      state: 'verifying',
      why: expect.stringContaining('2 creating'),
    });
    bench.count('np-1', { creating: 0, available: 4 });
    await bench.advance(MINUTE);
    expect(bench.remediation()).toMatchObject({ state: 'succeeded', why: expect.stringMatching(/^4 of 4/) });
    expect(bench.queues.follow).toEqual([]);
    expect(bench.sent('patchNodePool')).toHaveLength(1);
  });

  test('to its deadline: a region that has no more of the flavor is a failure, and said to be that', async () => {
    const bench = createNodePoolBench();
    await carriedOut(bench, { count: 4 });
    bench.count('np-1', { available: 3 });
    await bench.advance(HOUR);
    expect(bench.remediation()).toMatchObject({
      state: 'failed',
      why: expect.stringMatching(/^3 of 4 .*the region has none of the flavor left$/),
    });
  });

  test('to its deadline: what is still in motion is a case for a person', async () => {
    const bench = createNodePoolBench();
    await carriedOut(bench, { count: 4 });
    bench.count('np-1', { creating: 2 });
    await bench.advance(HOUR);
    expect(bench.remediation()).toMatchObject({
      state: 'needs-human',
      why: expect.stringMatching(/at the deadline of the call .*2 creating/),
    });
    expect(bench.queues.follow).toEqual([]);
  });

  test('and takes an elastic node pool that found no spare nodes for what it is', async () => {
    const bench = createNodePoolBench();
    bench.pool.type = 'Logical';
    await carriedOut(bench, { maxCount: 6 });
    await bench.advance(2 * MINUTE);
    expect(bench.remediation()).toMatchObject({
      state: 'succeeded',
      why: expect.stringMatching(/^2 of 2 .*the region has no more of the up to 6 now$/),
    });
  });

  test('without being held to nodes that were abnormal before', async () => {
    const bench = createNodePoolBench();
    bench.count('np-1', { available: 1, abnormal: 1 });
    await carriedOut(bench, { labels: { a: 'b' } });
    await bench.advance(2 * MINUTE);
    expect(bench.remediation()).toMatchObject({
      state: 'succeeded',
      why: expect.stringContaining('abnormal before'),
    });
  });

  test('until the API shows every field as it was asked for', async () => {
    const bench = createNodePoolBench();
    bench.addNodePool('np-1', 2, { taints: [{ key: 'old', effect: 'NoSchedule' }] });
    await carriedOut(bench, { taints: [] });
    const { resources } = bench.nodePools.get('np-1')!;
    resources['taints'] = [{ key: 'old', effect: 'NoSchedule' }];
    await bench.advance(2 * MINUTE);
    expect(bench.remediation()).toMatchObject({ state: 'verifying', why: expect.stringContaining('taints') });
    resources['taints'] = [];
    await bench.advance(MINUTE);
    expect(bench.remediation()).toMatchObject({ state: 'succeeded' });
  });

  test('and not believed gone because a list was empty', async () => {
    const bench = createNodePoolBench();
    await carriedOut(bench, { count: 4 });
    const kept = [...bench.nodePools];
    bench.nodePools.clear();
    await bench.advance(2 * MINUTE);
    expect(bench.remediation()).toMatchObject({ state: 'verifying' });
    for (const [name, nodePool] of kept) bench.nodePools.set(name, nodePool);
    bench.count('np-1', { available: 4 });
    await bench.advance(MINUTE);
    expect(bench.remediation()).toMatchObject({ state: 'succeeded' });
  });
});

describe('the answer', () => {
  test('that is lost is no matter: a merge patch names a state, and is sent again', async () => {
    const bench = createNodePoolBench();
    bench.api.after = (endpoint) => {
      if (endpoint === 'patchNodePool')
        throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 504 });
    };
    await carriedOut(bench, { count: 4 });
    expect(bench.remediation()).toMatchObject({ state: 'deferred' });
    bench.api.after = () => {};
    await bench.advance(2 * MINUTE);
    bench.count('np-1', { available: 4 });
    await bench.advance(3 * MINUTE);
    expect(bench.remediation()).toMatchObject({ state: 'succeeded' });
    const bodies = bench.sent('patchNodePool').map(({ body }) => body);
    expect(bodies).toEqual([bodies[0], bodies[0]]);
  });

  test('no is final, in the words of the API', async () => {
    const bench = createNodePoolBench();
    bench.api.before = (endpoint) => {
      if (endpoint === 'patchNodePool')
        throw apiError(endpoint, {
          status: 400,
          code: 'ModelArts.50004000',
          vendorMessage: 'Bad request. quota',
        });
    };
    const { remediation } = await carriedOut(bench, { count: 4 });
    expect(remediation).toMatchObject({
      state: 'failed',
      why: expect.stringContaining('"Bad request. quota"'),
    });
    await bench.advance(HOUR);
    expect(bench.sent('patchNodePool')).toHaveLength(1);
    expect(bench.queues.deadLetters).toHaveLength(1);
  });
});

test('a command waits for another that works on its node pool, and looks less and less often', async () => {
  const bench = createNodePoolBench();
  await bench.accept(change({ count: 5 }, { options: { deadline: '10h' } }));
  await bench.settleQueues();
  await bench.accept(change({ labels: { b: 'y' } }, { id: 'c-2' }));
  await bench.advance(55 * MINUTE, MINUTE);
  const second = bench.remediations().find(({ id }) => id === 'c-2');
  expect(second).toMatchObject({
    state: 'deferred',
    why: expect.stringContaining('has worked on the node pool'),
  });
  expect(second!.deferrals).toBeLessThan(35);
});
