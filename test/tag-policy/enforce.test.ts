import { expect, test } from 'vitest';
import { updatePoolRecord } from '#lib/ledger/pool-record';
import { apiError } from '#test/remediation/bench';
import { createTagBench, nodeName, POOL, type TaggedNode } from './tag-bench.ts';

const HOUR = 3_600_000;
const costCentre = { name: 'cost-centre', pool: 'train-a', require: { CostCenter: '4711', Env: 'prod' } };
const tags = { CostCenter: '4711', Env: 'prod' };

test('nodes get what a policy requires, in one call, and the ledger says for which policy and when', async () => {
  const bench = createTagBench([costCentre]);
  await bench.run();
  expect(bench.updates()).toEqual([
    {
      action: 'createTags',
      nodeNames: [1, 2, 3, 4].map(nodeName),
      tags: [
        { key: 'CostCenter', value: '4711' },
        { key: 'Env', value: 'prod' },
      ],
    },
  ]);
  expect(bench.tagsOf(nodeName(3))).toEqual(tags);
  const [remediation] = bench.remediations();
  expect(remediation).toMatchObject({
    state: 'succeeded',
    mode: 'act',
    reason: { source: 'tag-policy', policies: { CostCenter: 'cost-centre', Env: 'cost-centre' } },
  });
  expect(bench.knownOf(nodeName(3))?.present['Env']).toEqual({
    value: 'prod',
    at: '2026-11-20T10:00:00.000Z',
    remediation: remediation!.id,
    policy: 'cost-centre',
  });
});

test('a second run with nothing changed only reads', async () => {
  const bench = createTagBench([costCentre]);
  await bench.run();
  bench.clear();
  const before = bench.store.documents().length;
  bench.stand(15 * 60_000);
  await bench.run();
  expect(bench.requests.map(({ endpoint }) => endpoint)).toEqual(['listPoolNodes']);
  expect(bench.queues.commands).toEqual([]);
  expect(bench.store.documents().length).toBe(before);
});

test('a pool without policies is not read at all', async () => {
  const bench = createTagBench([]);
  await bench.run();
  expect(bench.requests).toEqual([]);
  expect(bench.store.documents()).toEqual([]);
});

test.each<[string, Partial<TaggedNode>, Partial<TaggedNode>]>([
  ['labels are unreadable', { labels: { zone: 'east' } }, { labels: {}, unreadable: ['labels'] }],
  ['labels are missing', { labels: { zone: 'east' } }, { labels: {} }],
  ['flavor is missing', { flavor: 'npu.large' }, { flavor: undefined }],
])(
  'a node whose %s in one answer keeps the tags of its policies, and other policies go on',
  async (_, is, shown) => {
    const nodes = is.labels ? { labels: { zone: 'east' } } : { flavor: 'npu.*' };
    const east = { name: 'east', pool: 'train-a', nodes, require: { Zone: 'e1' }, forbid: { Temp: 'yes' } };
    const later = { name: 'later', pool: 'train-a', require: { Env: 'prod' } };
    const bench = createTagBench([east], 0);
    const node = bench.addNode('n1', is);
    await bench.run();
    bench.deploy([east, later]);
    Object.assign(node, shown);
    await bench.run();
    expect(bench.tagsOf('n1')).toEqual({ Zone: 'e1', Env: 'prod' });
    Object.assign(node, { unreadable: undefined, ...is });
    bench.deploy([{ ...east, nodes: { name: 'n2' } }]);
    await bench.run();
    expect(bench.tagsOf('n1')).toEqual({});
  },
);

test('only selected nodes are touched: by flavor, node pool (name or id), name and label', async () => {
  const bench = createTagBench(
    [
      { ...costCentre, name: 'by-flavor', nodes: { flavor: 'modelarts.vm.*' }, require: { A: '1' } },
      { ...costCentre, name: 'by-pool', nodes: { nodePool: ['np-1', 'id-of-np-2'] }, require: { B: '1' } },
      { ...costCentre, name: 'by-name', nodes: { name: 'os-*' }, require: { C: '1' } },
      { ...costCentre, name: 'by-label', nodes: { labels: { zone: 'a', rack: '*' } }, require: { D: '1' } },
    ],
    0,
  );
  bench.addNode('os-vm', { flavor: 'modelarts.vm.2u4g' });
  bench.addNode('n1', { labels: { 'os.modelarts.node/nodepoolname': 'np-1', zone: 'a' } });
  bench.addNode('n2', { labels: { 'os.modelarts.node/nodepool': 'id-of-np-2', zone: 'a', rack: '7' } });
  await bench.run();
  expect(['os-vm', 'n1', 'n2'].map(bench.tagsOf)).toEqual([
    { A: '1', C: '1' },
    { B: '1' },
    { B: '1', D: '1' },
  ]);
});

test('a new node gets its tags at the next run, one that is under work when it no longer is', async () => {
  const bench = createTagBench([costCentre]);
  bench.nodes.get(nodeName(2))!.phase = 'Creating';
  await bench.run();
  expect(bench.tagsOf(nodeName(2))).toEqual({});
  expect(bench.remediations().flatMap(({ nodes }) => nodes)).not.toContain(nodeName(2));
  bench.nodes.get(nodeName(2))!.phase = 'Available';
  bench.addNode('os-new');
  bench.clear();
  await bench.run();
  expect(bench.updates().map(({ nodeNames }) => nodeNames)).toEqual([['os-new', nodeName(2)].toSorted()]);
});

test('what was known of a node is forgotten when another of its name is created', async () => {
  const bench = createTagBench([costCentre], 1);
  await bench.run();
  bench.stand(120_000);
  bench.addNode(nodeName(1), { createdAt: new Date(bench.now() - 60_000).toISOString() });
  bench.clear();
  await bench.run();
  expect(bench.updates().map(({ nodeNames }) => nodeNames)).toEqual([[nodeName(1)]]);
});

test('a time of creation that is yet to come says nothing', async () => {
  const bench = createTagBench([costCentre], 1);
  await bench.run();
  bench.nodes.get(nodeName(1))!.createdAt = '2031-01-01T00:00:00Z';
  bench.clear();
  await bench.run();
  expect(bench.updates()).toEqual([]);
});

test('tags are applied again after the time that the policy says, a day if it says none', async () => {
  const bench = createTagBench([
    costCentre,
    { ...costCentre, name: 'often', reassert: '6h', require: { Often: 'yes' } },
  ]);
  await bench.run();
  bench.clear();
  bench.stand(5.9 * HOUR);
  await bench.run();
  expect(bench.updates()).toEqual([]);
  bench.nodes.get(nodeName(1))!.tags.clear();
  bench.stand(0.2 * HOUR);
  await bench.run();
  expect(bench.updates().map((update) => update.tags)).toEqual([[{ key: 'Often', value: 'yes' }]]);
  bench.stand(18 * HOUR);
  await bench.run();
  expect(bench.tagsOf(nodeName(1))).toEqual({ ...tags, Often: 'yes' });
});

test('a changed policy is applied, and what it no longer requires is taken away with its value', async () => {
  const bench = createTagBench([costCentre]);
  bench.nodes.get(nodeName(1))!.tags.set('Owner', 'somebody');
  await bench.run();
  bench.deploy([{ ...costCentre, require: { CostCenter: '4712' } }]);
  bench.clear();
  await bench.run();
  expect(bench.updates()).toEqual([
    expect.objectContaining({ action: 'createTags', tags: [{ key: 'CostCenter', value: '4712' }] }),
    expect.objectContaining({ action: 'deleteTags', tags: [{ key: 'Env', value: 'prod' }] }),
  ]);
  expect(bench.tagsOf(nodeName(1))).toEqual({ CostCenter: '4712', Owner: 'somebody' });
});

test('the last policy of a pool takes its own tags with it when it goes; then the pool is left alone', async () => {
  const bench = createTagBench([costCentre]);
  await bench.run();
  bench.deploy([]);
  await bench.run();
  expect(bench.tagsOf(nodeName(1))).toEqual({});
  await bench.run();
  await bench.run();
  bench.clear();
  await bench.run();
  expect(bench.requests).toEqual([]);
});

test.each([
  ['before a run', 0],
  ['before a run that finds no tag', 1],
  ['before the last check of the pool', 3],
])('what a call applies whose policy ends while it is under way goes, too: %s', async (_, runs) => {
  const bench = createTagBench([costCentre], 1);
  onceBefore(bench, 'batchUpdateNodes', async () => {
    bench.deploy([]);
    for (let run = 0; run < runs; run += 1) await bench.run();
  });
  await bench.run();
  expect(bench.tagsOf(nodeName(1))).toEqual(tags);
  await bench.run();
  expect(bench.tagsOf(nodeName(1))).toEqual({});
});

test('what a call applies during the last check of the pool goes, too', async () => {
  const bench = createTagBench([costCentre], 1);
  // The run reads the tags of the nodes before the answer to the call, and comes to its end afterwards.
  const answered = Promise.withResolvers<void>();
  const firstCheck = Promise.withResolvers<void>();
  const { put } = bench.store;
  onceBefore(bench, 'batchUpdateNodes', async () => {
    bench.deploy([]);
    await bench.run();
    firstCheck.resolve();
    await answered.promise;
  });
  await bench.enforce();
  const calling = bench.work();
  await firstCheck.promise;
  let isLate = true;
  bench.store.put = async (document, version) => {
    if (isLate && document.pk.startsWith('tag-policies#')) {
      isLate = false;
      answered.resolve();
      await calling;
    }
    return put(document, version);
  };
  await bench.run();
  expect(bench.tagsOf(nodeName(1))).toEqual(tags);
  await bench.run();
  expect(bench.tagsOf(nodeName(1))).toEqual({});
});

test.each([
  ['none of its nodes', []],
  ['a part of its nodes', [nodeName(4)]],
])('a pool without its last policy is still checked after an answer that shows %s', async (_, shown) => {
  const bench = createTagBench([costCentre]);
  await updatePoolRecord(bench.store, POOL, bench.now(), (record) => ({ ...record, size: { nodes: 4 } }));
  await bench.run();
  bench.deploy([]);
  const nodes = new Map(bench.nodes);
  for (const name of nodes.keys()) if (!shown.includes(name)) bench.nodes.delete(name);
  await bench.run();
  await bench.run();
  for (const [name, node] of nodes) bench.nodes.set(name, node);
  await bench.run();
  expect([1, 2, 3, 4].map((index) => bench.tagsOf(nodeName(index)))).toEqual([{}, {}, {}, {}]);
});

test('what a command of another producer has applied is its own, and stays', async () => {
  const bench = createTagBench([]);
  await applyByCommand(bench, [{ key: 'Owner', value: 'somebody' }]);
  bench.deploy([costCentre]);
  await bench.run();
  expect(bench.tagsOf(nodeName(1))).toEqual({ ...tags, Owner: 'somebody' });
});

test('commands for the same node keep apart, so that one does not find it leased to the other', async () => {
  const bench = createTagBench([costCentre]);
  await bench.run();
  bench.deploy([{ ...costCentre, require: { CostCenter: '4712' } }]);
  await bench.enforce();
  expect(bench.queues.commands.map(({ delaySeconds }) => delaySeconds)).toEqual([0, 30]);
});

test('a key in other letters, known from a command, is created anew in the right ones and then taken away', async () => {
  const bench = createTagBench([]);
  await applyByCommand(bench, [{ key: 'costcenter', value: '4711' }]);
  bench.deploy([costCentre]);
  bench.clear();
  await bench.run();
  expect(bench.updates().map(({ action }) => action)).toEqual(['createTags', 'deleteTags']);
  expect(bench.tagsOf(nodeName(1))).toEqual(tags);
});

test('forbidden tags go: known ones by a glob, unknown ones only by their full value, once', async () => {
  const bench = createTagBench([{ ...costCentre, require: {}, forbid: { Temp: '*', Old: 'yes' } }]);
  await applyByCommand(bench, [{ key: 'Temp', value: 'till-friday' }]);
  bench.nodes.get(nodeName(1))!.tags.set('Old', 'yes');
  bench.nodes.get(nodeName(2))!.tags.set('Temp', 'nobody-told-us');
  bench.clear();
  await bench.run();
  expect(bench.updates().map(({ tags: gone, nodeNames }) => [gone, nodeNames.length])).toEqual([
    [
      [
        { key: 'Old', value: 'yes' },
        { key: 'Temp', value: 'till-friday' },
      ],
      4,
    ],
  ]);
  expect(bench.tagsOf(nodeName(1))).toEqual({});
  expect(bench.tagsOf(nodeName(2))).toEqual({ Temp: 'nobody-told-us' });
  bench.clear();
  await bench.run();
  expect(bench.updates()).toEqual([]);
});

test('several forbidden values of one key go one after the other: a list of tags holds a key once', async () => {
  const bench = createTagBench([{ ...costCentre, require: {}, forbid: { Old: ['a', 'b'] } }], 1);
  bench.nodes.get(nodeName(1))!.tags.set('Old', 'b');
  await bench.run();
  expect(bench.updates()).toHaveLength(2);
  expect(bench.tagsOf(nodeName(1))).toEqual({});
});

test('the first of two policies that contradict each other is followed, and a warning tells', async () => {
  const bench = createTagBench([
    { ...costCentre, nodes: { name: '*-00001' } },
    { ...costCentre, name: 'other', nodes: { flavor: 'modelarts.*' }, require: { env: 'dev', Team: 'x' } },
  ]);
  await bench.run();
  expect(bench.tagsOf(nodeName(1))).toEqual({ ...tags, Team: 'x' });
  expect(bench.tagsOf(nodeName(2))).toEqual({ env: 'dev', Team: 'x' });
  expect(bench.warnings()).toEqual([
    expect.objectContaining({
      key: 'env',
      followed: 'cost-centre',
      passedOver: 'other',
      nodes: 1,
      such: nodeName(1),
    }),
  ]);
});

test('a node for which the API failed is not believed to have the tag', async () => {
  const bench = createTagBench([costCentre]);
  bench.update.does = (node) => node !== nodeName(2);
  await bench.run();
  expect(bench.knownOf(nodeName(1))).toBeDefined();
  expect(bench.knownOf(nodeName(2))).toBeUndefined();
  expect(bench.remediations().map(({ state }) => state)).toEqual(['failed']);
  bench.update.does = () => true;
  await bench.run();
  expect(bench.tagsOf(nodeName(2))).toEqual(tags);
});

test('a call whose answer never came is believed only when it has been repeated', async () => {
  const bench = createTagBench([costCentre]);
  let calls = 0;
  bench.api.before = (endpoint) => {
    if (endpoint !== 'batchUpdateNodes') return;
    calls += 1;
    expect(bench.knownOf(nodeName(1))).toBeUndefined();
    if (calls === 1)
      throw apiError(endpoint, { outcome: 'unknown', transient: true, code: 'connection-reset' });
  };
  await bench.run();
  expect(calls).toBe(2);
  expect(bench.tagsOf(nodeName(1))).toEqual(tags);
  expect(bench.knownOf(nodeName(1))?.present).toHaveProperty('Env');
});

test('the same run twice, or two runs at the same time, make one command', async () => {
  const bench = createTagBench([costCentre]);
  const time = '2026-11-20T10:00:00Z';
  await Promise.all([bench.enforce(time), bench.enforce(time)]);
  bench.stand(5_000);
  await bench.enforce(time);
  await bench.work();
  await bench.enforce(time);
  await bench.work();
  expect(bench.updates()).toHaveLength(1);
  expect(bench.remediations()).toHaveLength(1);
});

test('what keeps failing is asked for once an hour, not at every run', async () => {
  const bench = createTagBench([costCentre], 1);
  bench.update.does = () => false;
  for (let run = 0; run < 12; run += 1) {
    await bench.run();
    bench.stand(15 * 60_000);
  }
  expect(bench.remediations().length).toBeLessThanOrEqual(4);
  expect(bench.remediations().length).toBeGreaterThanOrEqual(3);
});

test('in mode observe nothing is called, and it is recorded once what would be done', async () => {
  const bench = createTagBench([{ ...costCentre, mode: 'observe' }]);
  for (let run = 0; run < 6; run += 1) {
    await bench.run();
    bench.stand(HOUR);
  }
  expect(bench.updates()).toEqual([]);
  expect(bench.remediations()).toEqual([
    expect.objectContaining({
      state: 'observed',
      plan: expect.objectContaining({ request: expect.anything() }),
    }),
  ]);
});

test('what a command of another producer has changed is known, and set right where a policy says so', async () => {
  const bench = createTagBench([costCentre]);
  await bench.run();
  await applyByCommand(bench, [{ key: 'Env', value: 'dev' }]);
  bench.clear();
  await bench.run();
  expect(bench.updates().map(({ tags: set }) => set)).toEqual([[{ key: 'Env', value: 'prod' }]]);
});

test('a pool that cannot be read fails the run, so that people hear of it', async () => {
  const bench = createTagBench([costCentre]);
  bench.api.before = () => {
    throw new Error('the API is down');
  };
  await expect(bench.enforce()).rejects.toThrow('Poolkeeper could not enforce the tag policies of 1 pools');
});

/** A command for all nodes, as any producer may put it on the queue. */
async function applyByCommand(
  bench: ReturnType<typeof createTagBench>,
  applied: { key: string; value: string }[],
): Promise<void> {
  const command = {
    action: 'update-nodes',
    pool: POOL,
    nodes: [...bench.nodes.keys()],
    parameters: { action: 'createTags', tags: applied },
    mode: 'act',
  };
  await bench.command(command);
  await bench.work();
}

/** Does something before the first request to an endpoint is answered. */
function onceBefore(bench: ReturnType<typeof createTagBench>, name: string, work: () => Promise<void>): void {
  let isFirst = true;
  bench.api.before = async (endpoint) => {
    if (endpoint !== name || !isFirst) return;
    isFirst = false;
    await work();
  };
}
