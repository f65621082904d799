import { describe, expect, test } from 'vitest';
import { AcceptedJob } from '#lib/modelarts/replies/accepted-job';
import { NodeOutcomes } from '#lib/modelarts/replies/node-outcomes';
import { DeletedNodePool, NodePool, NodePoolList, PatchedNodePool } from '#lib/modelarts/replies/node-pool';
import { Pool } from '#lib/modelarts/replies/pool';
import { PoolJob, PoolJobPage } from '#lib/modelarts/replies/pool-job';
import { PoolNode, PoolNodePage } from '#lib/modelarts/replies/pool-node';
import { isSomewhere, Workload, WorkloadPage } from '#lib/modelarts/replies/workload';
import deletePage from './pages/delete-node-pool.json' with { type: 'json' };

const noNodes = { creating: 0, available: 0, abnormal: 0, deleting: 0 };

describe('an accepted job', () => {
  test.each([
    [{ job_id: 'j' }],
    [{ jobId: 'j' }],
    [{ job_id: null, jobId: 'j' }],
    [{ job_id: 'j', surprise: 1 }],
  ])('%j', (answer) => expect(AcceptedJob.parse(answer)).toEqual({ jobId: 'j' }));
  test.each([[{}], [{ job_id: '' }], [{ job_id: 7 }], [undefined], ['j'], [[]]])('%j is none', (answer) =>
    expect(AcceptedJob.safeParse(answer).success).toBe(false),
  );
});

describe('outcomes of a batch update (docs/design/modelarts-api.md 10, rows 4 and 5)', () => {
  test.each([
    ['strings, as the table says', { successNodeNames: ['a'], failNodeNames: ['b'] }, ['a'], [{ name: 'b' }]],
    ['objects, as the example shows', { successNodeNames: [{ name: 'a', status: 'success' }] }, ['a'], []],
    [
      'a success that is none',
      { successNodeNames: [{ name: 'a', status: 'failed' }] },
      [],
      [{ name: 'a', status: 'failed' }],
    ],
    [
      'the third spelling',
      { nodes: [{ name: 'a', status: 'success' }, { name: 'b', status: 'failed' }, { name: 'c' }] },
      ['a'],
      [
        { name: 'b', status: 'failed' },
        { name: 'c', status: 'unknown' },
      ],
    ],
    [
      'one node instead of a list',
      { successNodeNames: 'a', failNodeNames: { name: 'b' } },
      ['a'],
      [{ name: 'b' }],
    ],
    ['null lists', { successNodeNames: null, failNodeNames: null }, [], []],
    ['no lists', {}, [], []],
    ['no body', undefined, [], []],
    [
      'a node in both lists has failed',
      { successNodeNames: ['a'], failNodeNames: ['a'] },
      [],
      [{ name: 'a' }],
    ],
  ])('%s', (_, answer, succeeded, failed) => {
    expect(NodeOutcomes.parse(answer)).toEqual({ succeeded, failed });
  });
});

describe('a node', () => {
  test('with everything', () => {
    const node = {
      kind: 'Node',
      metadata: {
        name: 'n1',
        creationTimestamp: '2026-01-01T00:00:00Z',
        labels: {
          'os.modelarts.node/ha.redundant.enabled': true,
          'os.modelarts.node/batch.count': 8,
          nothing: null,
        },
        annotations: { 'os.modelarts/npu-topology-placement': '0000000011111111' },
      },
      spec: { flavor: 'f', os: { name: 'EulerOS' } },
      status: {
        phase: 'Abnormal',
        privateIp: '10.0.0.7',
        driver: { phase: 'Running', version: '7' },
        os: { name: 'EulerOS 2.10' },
        plugins: [
          { name: 'agent', phase: 'Running', version: '7.3.0' },
          { name: 'bare', version: 3 },
        ],
        taints: [{ key: 'A050101', effect: 'NoSchedule', timeAdded: 'x' }],
      },
    };
    expect(PoolNode.parse(node)).toEqual({
      name: 'n1',
      phase: 'Abnormal',
      privateIp: '10.0.0.7',
      driverPhase: 'Running',
      driverVersion: '7',
      os: 'EulerOS 2.10',
      plugins: [{ name: 'agent', version: '7.3.0' }, { name: 'bare' }],
      labels: { 'os.modelarts.node/ha.redundant.enabled': 'true', 'os.modelarts.node/batch.count': '8' },
      annotations: { 'os.modelarts/npu-topology-placement': '0000000011111111' },
      flavor: 'f',
      taints: [{ key: 'A050101', effect: 'NoSchedule' }],
      createdAt: '2026-01-01T00:00:00Z',
    });
  });

  test.each([
    [{ metadata: { name: 'n1' } }],
    [{ metadata: { name: 'n1', labels: null, annotations: null }, spec: null, status: null }],
    [{ metadata: { name: 'n1' }, status: { phase: null, driver: null, taints: null, privateIp: '' } }],
  ])('with next to nothing: %j', (node) => {
    expect(PoolNode.parse(node)).toEqual({ name: 'n1', phase: '', labels: {}, annotations: {}, taints: [] });
  });

  test('without a name is none', () =>
    expect(PoolNode.safeParse({ metadata: {}, status: {} }).success).toBe(false));

  test.each([
    [{ items: [{ metadata: { name: 'n1' } }], metadata: { continue: 't' } }, ['n1'], 't'],
    [{ items: [{ metadata: { name: 'n1' } }], metadata: { continue: '' } }, ['n1'], undefined],
    [{ items: [] }, [], undefined],
    [{ items: { metadata: { name: 'n1' } } }, ['n1'], undefined],
  ])('a page of them: %j', (page, names, continueToken) => {
    const { nodes, continueToken: token } = PoolNodePage.parse(page);
    expect([nodes.map(({ name }) => name), token]).toEqual([names, continueToken]);
  });

  test.each([
    [
      'a driver as text',
      { status: { phase: 'Available', driver: 'Running' } },
      'driverPhase',
      'driverVersion',
    ],
    ['a version as a number', { status: { driver: { phase: 'Running', version: 24 } } }, 'driverVersion'],
    ['a plugin without a name', { status: { plugins: [{ version: '1' }] } }, 'plugins'],
    ['a taint without a key', { status: { taints: [{ effect: 'NoSchedule' }] } }, 'taints'],
    ['labels as a list', { metadata: { name: 'n1', labels: ['a'] } }, 'labels'],
    ['a label that is an object', { metadata: { name: 'n1', labels: { a: {} } } }, 'labels'],
    ['a phase as a number', { status: { phase: 3 } }, 'phase'],
    ['an address that is none', { status: { privateIp: 'unknown' } }, 'privateIp'],
    ['a time that is none', { metadata: { name: 'n1', creationTimestamp: 'soon' } }, 'createdAt'],
    ['a number for a time', { metadata: { name: 'n1', creationTimestamp: '7' } }, 'createdAt'],
    ['an unset time', { metadata: { name: 'n1', creationTimestamp: '0001-01-01T00:00:00Z' } }, 'createdAt'],
    [
      'a time without a zone',
      { metadata: { name: 'n1', creationTimestamp: '2026-01-01 00:00:00' } },
      'createdAt',
    ],
  ])('with %s: nothing is known of that field', (_, entry, ...fields) => {
    const node = PoolNode.parse({ metadata: { name: 'n1' }, ...entry });
    expect(node.name).toBe('n1');
    expect(node.unreadable).toEqual(fields);
  });

  test('with a status as text: its fields are unknown', () => {
    const { unreadable } = PoolNode.parse({ metadata: { name: 'n1' }, status: 'Available' });
    expect(unreadable).toEqual([
      'phase',
      'privateIp',
      'driverPhase',
      'driverVersion',
      'os',
      'plugins',
      'taints',
    ]);
  });
});

describe('a job', () => {
  test('as its table describes it', () => {
    const job = {
      jobId: 'j',
      jobName: 'x',
      type: 'reset-nodes',
      phase: 'Running',
      suspend: false,
      startTimestamp: 1767860000000,
      endTimestamp: 0,
      involvedObjects: 'pool p',
      inputs: '{"nodeNames":["n1"]}',
      conditions: '',
      message: '',
    };
    expect(PoolJob.parse(job)).toEqual({
      jobId: 'j',
      type: 'reset-nodes',
      phase: 'Running',
      suspended: false,
      startedAtMs: 1767860000000,
      text: 'pool p\n{"nodeNames":["n1"]}',
    });
  });

  test('objects and lists in place of strings stay searchable', () => {
    const { text } = PoolJob.parse({
      job_id: 'j',
      inputs: { nodeNames: ['n1'] },
      conditions: [{ node: 'n2' }],
    });
    expect(text).toBe('{"nodeNames":["n1"]}\n[{"node":"n2"}]');
  });

  test.each([
    [{ suspend: true }, { suspended: true }],
    [{ suspend: 'true' }, { suspended: true }],
    [{ suspend: 'false' }, { suspended: false }],
    [{ suspend: null }, { suspended: false }],
    [{ phase: 'Paused' }, { phase: 'Paused' }],
    [{ phase: null }, { phase: '' }],
    [{ startTimestamp: '1767860000000', endTimestamp: null }, { startedAtMs: 1767860000000 }],
    [
      { startTimestamp: 1e300, endTimestamp: -5 },
      { startedAtMs: undefined, endedAtMs: undefined },
    ],
    [{ startTimestamp: 17 }, { startedAtMs: undefined }],
    [
      { endTimestamp: 1767860000001, message: 'broken' },
      { endedAtMs: 1767860000001, message: 'broken' },
    ],
  ])('%j', (fields, expected) => {
    expect(PoolJob.parse({ jobId: 'j', ...fields })).toMatchObject(expected);
  });

  test('without an id is none', () => expect(PoolJob.safeParse({ phase: 'Running' }).success).toBe(false));

  test.each([
    [{ count: 2, items: [{ jobId: 'a' }] }, 2, ['a']],
    [{ count: '2', items: { jobId: 'a' } }, 2, ['a']],
    [{ items: [] }, undefined, []],
  ])('a page of them: %j', (page, count, ids) => {
    const parsed = PoolJobPage.parse(page);
    expect([parsed.count, parsed.jobs.map(({ jobId }) => jobId)]).toEqual([count, ids]);
  });
});

describe('a node pool', () => {
  test('keeps every field of its resources, known or not', () => {
    const resources = { flavor: 'f', count: 2, maxCount: 2, nodePool: 'np', volumeGroupConfigs: [{ a: 1 }] };
    expect(
      NodePool.parse({ metadata: { name: 'np' }, spec: { resources }, status: { resources: {} } }),
    ).toEqual({
      name: 'np',
      resources,
      nodeCounts: noNodes,
    });
  });

  test('counts states given as one object, as a list, as nothing', () => {
    const resources = { available: { count: 3 }, creating: [{ count: 1 }, { count: 2 }], deleting: null };
    expect(NodePool.parse({ metadata: { name: 'np' }, status: { resources } }).nodeCounts).toEqual({
      ...noNodes,
      available: 3,
      creating: 3,
    });
  });

  test.each([
    ['no status', { spec: { resources: {} } }, ['nodeCounts']],
    ['no spec', { status: { resources: {} } }, ['resources']],
    ['a spec as text', { spec: 'x', status: { resources: {} } }, ['resources']],
    [
      'a count that is none',
      { spec: { resources: {} }, status: { resources: { available: { count: 'some' } } } },
      ['nodeCounts'],
    ],
    [
      'a count below zero',
      { spec: { resources: {} }, status: { resources: { available: { count: -1 } } } },
      ['nodeCounts'],
    ],
  ])('with %s says so', (_, entry, unknown) => {
    expect(NodePool.parse({ metadata: { name: 'np' }, ...entry })).toMatchObject({ name: 'np', unknown });
  });

  test('takes its name from its resources where it has no other', () => {
    expect(NodePool.parse({ spec: { resources: { nodePool: 'np' } } }).name).toBe('np');
    expect(NodePool.safeParse({ spec: {} }).success).toBe(false);
    expect(NodePoolList.parse({ items: [deletePage.reply] }).nodePools).toHaveLength(1);
  });

  test('an accepted update or deletion may say nothing', () => {
    expect(PatchedNodePool.parse(undefined)).toEqual({ resources: {} });
    for (const nothing of [undefined, {}, null]) expect(DeletedNodePool.parse(nothing)).toEqual({});
  });
});

describe('a pool', () => {
  test('with states as lists and with clusters', () => {
    const pool = {
      metadata: { name: 'pool-1', labels: { 'os.modelarts/name': 'train-a' } },
      spec: { type: 'Dedicate', controlMode: 9 },
      status: {
        phase: 'Running',
        clusters: [{ name: 'lite-1', type: 'x' }, 'lite-2'],
        resources: {
          available: [
            { flavor: 'f', count: 3 },
            { flavor: 'g', count: 1 },
          ],
          abnormal: { count: 1 },
        },
      },
    };
    expect(Pool.parse(pool)).toEqual({
      name: 'pool-1',
      displayName: 'train-a',
      type: 'Dedicate',
      phase: 'Running',
      controlMode: 9,
      clusters: ['lite-1', 'lite-2'],
      nodeCounts: { ...noNodes, available: 4, abnormal: 1 },
      labels: { 'os.modelarts/name': 'train-a' },
      annotations: {},
    });
  });
});

describe('a workload', () => {
  test.each([
    [{ hostIps: '10.0.0.1' }, ['10.0.0.1']],
    [{ hostIps: '10.0.0.1, 10.0.0.2' }, ['10.0.0.1', '10.0.0.2']],
    [
      { hostIps: ['10.0.0.1'], nodes: [{ hostIp: '10.0.0.1' }, { hostIp: '10.0.0.2' }, {}] },
      ['10.0.0.1', '10.0.0.2'],
    ],
    [{ hostIps: null, nodes: null }, []],
    [{}, []],
  ])('runs on the hosts of %j', (fields, hostIps) => expect(Workload.parse(fields).hostIps).toEqual(hostIps));

  test('a page of them', () => {
    const createTime = 1767860000000;
    const item = { name: 'w', jobUUID: 'u', jobName: 'j', type: 'train', status: 'Running', createTime };
    expect(WorkloadPage.parse({ items: [item] })).toEqual({
      unreadable: [],
      workloads: [
        {
          name: 'w',
          jobUuid: 'u',
          jobName: 'j',
          type: 'train',
          status: 'Running',
          createdAtMs: createTime,
          hostIps: [],
        },
      ],
    });
  });
});

describe('a workload that runs at an unknown place', () => {
  test.each([
    ['without hosts', { status: 'Running' }, true],
    ['without hosts and status', {}, true],
    ['with an unknown status', { status: 'Migrating' }, true],
    ['with hosts as a number', { status: 'Running', hostIps: 7 }, true],
    ['with a node that is none', { status: 'Running', hostIps: '10.0.0.1', nodes: ['x'] }, true],
    ['with its hosts', { status: 'Running', hostIps: '10.0.0.1' }, false],
    ['that waits for a node', { status: 'Queue' }, false],
    ['that is over', { status: 'Completed' }, false],
  ])('%s', (_, fields, expected) => expect(isSomewhere(Workload.parse(fields))).toBe(expected));
});

describe('a list answer', () => {
  test.each([
    ['{}', {}],
    ['items: null', { items: null }],
    ['items as text', { items: 'x' }],
    ['items as an object that is no entry', { items: {} }],
    ['nothing', undefined],
    ['a list', []],
  ])('that is %s is none', (_, body) => {
    for (const page of [PoolNodePage, PoolJobPage, NodePoolList])
      expect(page.safeParse(body).success).toBe(false);
  });

  test.each([
    ['null', null],
    ['text', 'x'],
    ['no metadata', {}],
    ['an empty name', { metadata: { name: '' } }],
    ['a name that is a number', { metadata: { name: 7 } }],
    ['a name of 300 characters', { metadata: { name: 'n'.repeat(300) } }],
    ['a name that every object has', { metadata: { name: 'constructor' } }],
  ])('whose second entry is %s has the others', (_, entry) => {
    const good = { metadata: { name: 'n1' } };
    const { nodes, unreadable } = PoolNodePage.parse({ items: [good, entry] });
    expect(nodes.map(({ name }) => name)).toEqual(['n1']);
    expect(unreadable).toEqual([{ why: expect.stringContaining('entry 2 of the list') }]);
  });

  test('of jobs, one of them without an id, has the others', () => {
    const { jobs, unreadable } = PoolJobPage.parse({ items: [{ phase: 'Running' }, { jobId: 'j' }] });
    expect(jobs.map(({ jobId }) => jobId)).toEqual(['j']);
    expect(unreadable).toHaveLength(1);
  });

  test('with a token that is none is no page', () =>
    expect(PoolNodePage.safeParse({ items: [], metadata: { continue: 7 } }).success).toBe(false));
});
