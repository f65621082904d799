import { describe, expect, it } from 'vitest';
import { WorkloadStatus, WorkloadType } from '#local/simulator/world/node';
import { differences } from './same-shape.ts';
import { firstNode, startTrial, trainA } from './trial.ts';
import { vendorExamples } from './vendor-examples.ts';

const defaultNodePool = 'modelarts.bm.npu.arm.8snt9b.d-default';

describe('the default world', () => {
  it('is a pool train-a of 8 healthy nodes beginning with os-node-created-lv29s, and one to move nodes to', async () => {
    await using trial = await startTrial();
    const { body } = await trial.get(`/pools/${trainA}/nodes`);
    expect(body).toMatchObject({ apiVersion: 'v2', kind: 'NodeList', metadata: {} });
    expect(body.items).toHaveLength(8);
    expect(body.items[0]).toMatchObject({
      metadata: { name: firstNode, labels: { 'os.modelarts.node/nodepoolname': defaultNodePool } },
      status: { phase: 'Available', privateIp: '10.0.0.11', driver: { phase: 'Running' } },
    });
    expect(new Set(body.items.map((node: any) => node.status.privateIp)).size).toBe(8);
    expect(trial.simulator.control.state().pools.map(({ name, nodes }) => [name, nodes.length])).toEqual([
      ['train-a', 8],
      ['quarantine', 2],
    ]);
  });

  it('is the same for the same seed, and another one for another', async () => {
    await using one = await startTrial({ seed: 'x', nodes: 50 });
    await using same = await startTrial({ seed: 'x', nodes: 50 });
    await using other = await startTrial({ seed: 'y', nodes: 50 });
    expect(one.nodeNames()).toEqual(same.nodeNames());
    expect(new Set(one.nodeNames()).size).toBe(50);
    expect(other.nodeNames()[1]).not.toBe(one.nodeNames()[1]);
  });

  it('can have more pools, whose ids depend on their names alone', async () => {
    await using trial = await startTrial({
      seed: 'x',
      pools: [
        { name: 'train-a', id: trainA },
        { name: 'quarantine', nodes: 2 },
      ],
    });
    await using other = await startTrial({ seed: 'y', pools: [{ name: 'quarantine' }] });
    const { body } = await trial.get('/pools');
    expect(body.items.map((pool: any) => pool.metadata.labels['os.modelarts/name'])).toEqual([
      'train-a',
      'quarantine',
    ]);
    const quarantine = body.items[1].metadata.name;
    expect(quarantine).toMatch(/^[a-z][-a-z0-9]{34,61}[a-z0-9]$/);
    expect(other.simulator.control.state().pools[0]?.id).toBe(quarantine);
    expect((await trial.get(`/pools/${quarantine}/nodes`)).body.items).toHaveLength(2);
  });
});

describe('reading', () => {
  it('pages through the nodes by limit and continue', async () => {
    await using trial = await startTrial();
    const names: string[] = [];
    const left: (number | undefined)[] = [];
    let token = '';
    do {
      const { body } = await trial.get(`/pools/${trainA}/nodes`, { limit: '3', continue: token });
      names.push(...body.items.map((node: any) => node.metadata.name));
      left.push(body.metadata.remainingItemCount);
      token = body.metadata.continue ?? '';
    } while (token !== '');
    expect(names).toEqual(trial.nodeNames());
    expect(left).toEqual([5, 2, undefined]);
    expect((await trial.get(`/pools/${trainA}/nodes`, { continue: 'bm9uZQ' })).status).toBe(400);
    expect((await trial.get(`/pools/${trainA}/nodes`, { limit: '501' })).status).toBe(400);
  });

  it('shows one node, node pools, and the nodes of one', async () => {
    await using trial = await startTrial();
    expect((await trial.get(`/pools/${trainA}/nodes/${firstNode}`)).body.metadata.name).toBe(firstNode);
    const nodePools = (await trial.get(`/pools/${trainA}/nodepools`)).body;
    expect(nodePools.kind).toBe('NodePoolList');
    expect(differences(nodePools.items, [vendorExamples.nodePool])).toEqual([]);
    const nodePool = (await trial.get(`/pools/${trainA}/nodepools/np-1`)).body;
    expect(nodePool.status.resources).toEqual({
      available: expect.objectContaining({ count: 2, maxCount: 2 }),
    });
    expect((await trial.get(`/pools/${trainA}/nodepools/np-1/nodes`)).body.items).toHaveLength(2);
  });

  it('counts each state of a node pool, and leaves out those without a node', async () => {
    await using trial = await startTrial();
    trial.simulator.control.changeNode(firstNode, { phase: 'Abnormal' });
    const { body } = await trial.get(`/pools/${trainA}/nodepools/${defaultNodePool}`);
    expect(body.status.resources).toMatchObject({ abnormal: { count: 1 }, available: { count: 5 } });
    expect(Object.keys(body.status.resources)).toHaveLength(2);
    const pool = (await trial.get(`/pools/${trainA}`)).body;
    expect(pool).toMatchObject({
      metadata: { name: trainA, labels: { 'os.modelarts/name': 'train-a' } },
      status: {
        phase: 'Running',
        resources: { abnormal: [{ count: 1 }], available: [{ count: 5 }, { count: 2 }] },
      },
    });
  });

  it('shows who runs where', async () => {
    await using trial = await startTrial();
    expect((await trial.get(`/pools/${trainA}/workloads`)).body.items).toEqual([]);
    for (const node of trial.nodeNames().slice(0, 2))
      trial.simulator.control.changeNode(node, { workload: 'llm-7' });
    const { body } = await trial.get(`/pools/${trainA}/workloads`, { status: 'Running', type: 'train' });
    expect(body.items).toEqual([
      expect.objectContaining({
        name: 'llm-7',
        status: 'Running',
        type: 'train',
        hostIps: '10.0.0.11,10.0.0.12',
      }),
    ]);
    for (const query of [{ status: 'Failed' }, { type: 'infer' }, { offset: '1' }]) {
      expect((await trial.get(`/pools/${trainA}/workloads`, query)).body.items).toEqual([]);
    }
  });

  it('shows workloads of every type and status, under that type and status alone', async () => {
    await using trial = await startTrial();
    const [node = ''] = trial.nodeNames();
    for (const workloadType of WorkloadType.options)
      for (const workloadStatus of WorkloadStatus.options) {
        trial.simulator.control.changeNode(node, { workload: 'w', workloadType, workloadStatus });
        const shown = async (query: Record<string, string>) =>
          (await trial.get(`/pools/${trainA}/workloads`, query)).body.items;
        expect(await shown({ type: workloadType, status: workloadStatus })).toMatchObject([
          { name: 'w', type: workloadType, status: workloadStatus },
        ]);
        const other = workloadStatus === 'Running' ? 'Failed' : 'Running';
        expect(await shown({ type: workloadType, status: other })).toEqual([]);
      }
  });

  it('shows the versions that a node is given', async () => {
    await using trial = await startTrial();
    const [node = ''] = trial.nodeNames();
    const change = { driverVersion: '23.0', os: 'EulerOS 2.9', plugins: { agent: '7.2' } };
    trial.simulator.control.changeNode(node, change);
    const { body } = await trial.get(`/pools/${trainA}/nodes`);
    expect(body.items.find(({ metadata }: any) => metadata.name === node).status).toMatchObject({
      driver: { version: '23.0' },
      os: { name: 'EulerOS 2.9' },
      plugins: [{ name: 'agent', version: '7.2' }],
    });
  });

  it('answers for what is not there as the vendor does', async () => {
    await using trial = await startTrial();
    const pool = await trial.get('/pools/pool-none/nodes');
    expect([pool.status, pool.body]).toEqual([404, vendorExamples.poolNotFound]);
    const nodePool = await trial.get(`/pools/${trainA}/nodepools/none`);
    expect([nodePool.status, nodePool.body]).toEqual([
      400,
      { error_code: 'ModelArts.50004000', error_msg: 'Bad request. invalid nodepool name' },
    ]);
    const node = await trial.get(`/pools/${trainA}/nodes/os-node-none`);
    expect([node.status, node.body.error_code]).toEqual([404, expect.stringMatching(/^ModelArts\.\d{8}$/)]);
    expect(node.body.error_msg).toContain('os-node-none');
    expect((await trial.get('/jobs/none')).status).toBe(404);
  });
});
