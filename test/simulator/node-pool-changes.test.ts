import { describe, expect, it } from 'vitest';
import { differences } from './same-shape.ts';
import { startTrial, type Trial, trainA } from './trial.ts';
import { vendorExamples } from './vendor-examples.ts';

const minutes = 60;
const flavor = 'modelarts.bm.npu.arm.8snt9b.d';
const path = `/pools/${trainA}/nodepools/np-1`;
const mergePatch = 'application/merge-patch+json';
const patch = (trial: Trial, resources: object, contentType = mergePatch) =>
  trial.call('PATCH', path, { contentType, body: { spec: { resources } } });
const counts = async (trial: Trial): Promise<Record<string, number>> => {
  const { body } = await trial.get(path);
  return Object.fromEntries(
    Object.entries(body.status.resources).map(([state, { count }]: [string, any]) => [state, count]),
  );
};
const nodesOf = (trial: Trial, nodePool = 'np-1') =>
  trial.simulator.control.state().pools[0]!.nodes.filter((node) => node.nodePool === nodePool);

describe('PATCH node pool', () => {
  it('answers with the new spec and grows slowly', async () => {
    await using trial = await startTrial();
    const { status, body } = await patch(trial, { flavor, count: 5, maxCount: 5 });
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['spec']);
    expect(differences(body, vendorExamples.updateNodePool)).toEqual([]);
    expect(body.spec.resources.count).toBe(5);
    expect(await counts(trial)).toEqual({ available: 2, creating: 3 });
    trial.pass(6 * minutes);
    expect(await counts(trial)).toEqual({ available: 5 });
    expect(new Set(trial.nodeNames()).size).toBe(11);
  });

  it('shrinks slowly, the faulty first, and never takes a node at work', async () => {
    await using trial = await startTrial({ nodes: 16 });
    const [first, second, third, fourth] = nodesOf(trial).map(({ name }) => name);
    trial.simulator.control.changeNode(second!, { phase: 'Abnormal' });
    trial.simulator.control.changeNode(fourth!, { workload: 'llm-7' });
    await patch(trial, { flavor, count: 2, maxCount: 2 });
    expect(await counts(trial)).toEqual({ available: 2, deleting: 2 });
    trial.pass(6 * minutes);
    expect(nodesOf(trial).map(({ name }) => name)).toEqual([first, fourth]);
    expect(third).toBeDefined();
    const { status, body } = await patch(trial, { flavor, count: 0, maxCount: 0 });
    expect([status, body.error_msg]).toEqual([400, expect.stringContaining('1 nodes are in use')]);
  });

  it('goes down to no node at all, and stays', async () => {
    await using trial = await startTrial();
    await patch(trial, { flavor, count: 0, maxCount: 0 });
    trial.pass(6 * minutes);
    expect([(await trial.get(path)).status, await counts(trial)]).toEqual([200, {}]);
  });

  it('turns back when the wish changes on the way', async () => {
    await using trial = await startTrial();
    await patch(trial, { flavor, count: 0, maxCount: 0 });
    trial.pass(1 * minutes);
    await patch(trial, { flavor, count: 1, maxCount: 1 });
    expect(await counts(trial)).toEqual({ deleting: 2, creating: 1 });
    trial.pass(7 * minutes);
    expect(await counts(trial)).toEqual({ available: 1 });
  });

  it('merges as RFC 7396 says: objects by key, lists as a whole, null removes', async () => {
    await using trial = await startTrial();
    const size = { flavor, count: 2, maxCount: 2 };
    const taint = { key: 'k', effect: 'NoSchedule' };
    await patch(trial, { ...size, labels: { a: '1', b: '2' }, taints: [taint, { ...taint, value: 'v' }] });
    const { body } = await patch(trial, { ...size, labels: { a: null, c: '3' }, taints: [taint] });
    expect(body.spec.resources).toMatchObject({ labels: { b: '2', c: '3' }, taints: [taint] });
    expect(body.spec.resources.labels).not.toHaveProperty('a');
    const removed = await patch(trial, { ...size, labels: null });
    expect(removed.body.spec.resources).not.toHaveProperty('labels');
    expect(removed.body.spec.resources).toHaveProperty('network');
    const without = await patch(trial, { ...size, network: { subnet: null } });
    expect(without.body.spec.resources.network).toHaveProperty('vpc');
    expect(without.body.spec.resources.network).not.toHaveProperty('subnet');
  });

  it('shows its labels on its nodes', async () => {
    await using trial = await startTrial();
    await patch(trial, { flavor, count: 2, maxCount: 2, labels: { team: 'llm' } });
    const { body } = await trial.get(`${path}/nodes`);
    expect(body.items.map((node: any) => node.metadata.labels.team)).toEqual(['llm', 'llm']);
  });

  it.each([
    ['no count', { flavor, maxCount: 1 }, 'spec.resources.count'],
    ['no flavor', { count: 1, maxCount: 1 }, 'spec.resources.flavor'],
    ['another flavor', { flavor: 'f', count: 1, maxCount: 1 }, 'spec.resources.flavor'],
    ['another maxCount', { flavor, count: 1, maxCount: 2 }, 'spec.resources.maxCount'],
    ['another node pool', { flavor, count: 1, maxCount: 1, nodePool: 'np-2' }, 'spec.resources.nodePool'],
    ['an unknown field', { flavor, count: 1, maxCount: 1, size: 1 }, 'size'],
    [
      'a forbidden tag',
      { flavor, count: 1, maxCount: 1, tags: [{ key: 'CCE-a', value: 'b' }] },
      'tags[0].key',
    ],
    ['too many', { flavor, count: 2001, maxCount: 2001 }, 'quota'],
  ])('refuses %s', async (_what, resources, named) => {
    await using trial = await startTrial();
    const { status, body } = await patch(trial, resources);
    expect([status, body.error_code]).toEqual([400, vendorExamples.badRequest.error_code]);
    expect(body.error_msg).toContain(named);
    expect(await counts(trial)).toEqual({ available: 2 });
  });

  it('refuses another media type', async () => {
    await using trial = await startTrial();
    const { status, body } = await patch(trial, { flavor, count: 1, maxCount: 1 }, 'text/plain');
    expect([status, body.error_msg]).toEqual([400, expect.stringContaining(mergePatch)]);
  });
});

describe('DELETE node pool', () => {
  it('answers with the object, then deletes its nodes, then is gone', async () => {
    await using trial = await startTrial();
    const { status, body } = await trial.call('DELETE', path);
    expect([status, differences(body, vendorExamples.nodePool)]).toEqual([200, []]);
    expect(await counts(trial)).toEqual({ deleting: 2 });
    expect((await patch(trial, { flavor, count: 1, maxCount: 1 })).status).toBe(400);
    expect((await trial.call('DELETE', path, { body: {} })).status).toBe(200);
    trial.pass(6 * minutes);
    const gone = await trial.get(path);
    expect([gone.status, gone.body.error_msg]).toEqual([400, 'Bad request. invalid nodepool name']);
    expect((await trial.get(`/pools/${trainA}/nodepools`)).body.items).toHaveLength(1);
    expect(trial.nodeNames()).toHaveLength(6);
  });

  it('goes at once when it has no nodes', async () => {
    await using trial = await startTrial({ nodes: 3 });
    await trial.call('DELETE', path);
    expect((await trial.get(path)).status).toBe(400);
  });

  it('is refused in a yearly/monthly pool, for the last node pool, for one in use, and for an unknown one', async () => {
    await using yearly = await startTrial({
      pools: [{ name: 'train-a', id: trainA, billing: 'yearly-monthly' }],
    });
    expect((await yearly.call('DELETE', path)).body.error_msg).toContain('yearly/monthly');

    await using last = await startTrial({
      pools: [{ name: 'train-a', id: trainA, nodePools: [{ name: 'np-1', nodes: 2 }] }],
    });
    expect((await last.call('DELETE', path)).body.error_msg).toContain('at least one node pool');

    await using busy = await startTrial();
    const [node] = nodesOf(busy);
    busy.simulator.control.changeNode(node!.name, { workload: 'llm-7' });
    expect((await busy.call('DELETE', path)).body.error_msg).toContain(`in use by node ${node!.name}`);

    const unknown = await busy.call('DELETE', `/pools/${trainA}/nodepools/none`);
    expect([unknown.status, unknown.body.error_msg]).toEqual([400, 'Bad request. invalid nodepool name']);
  });
});
