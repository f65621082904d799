import { describe, expect, test } from 'vitest';
import type { PoolReading } from '#lib/modelarts/reading/pool-reading';
import type { NodePool } from '#lib/modelarts/replies/node-pool';
import { Workload } from '#lib/modelarts/replies/workload';
import {
  nodesInUse,
  workloadsOnNode,
  workloadsOnNodePool,
} from '#lib/remediation/planning/running-workloads';
import { node } from '#test/verification/subject';

const [one, two, three] = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];

/** The known workloads on `n1`, where one workload runs and the nodes have these addresses. */
function known(workload: object, addresses: readonly (string | undefined)[]): unknown {
  const nodes = addresses.map((privateIp, index) => node(`n${index + 1}`, { privateIp }));
  const workloads = [Workload.parse({ name: 'w', ...workload })];
  const reading: PoolReading = { nodes, workloads, destinations: new Map() };
  const { workloads: found, workloadsUnknown } = workloadsOnNode(nodes[0], reading, 0);
  return found ?? workloadsUnknown;
}

test.each([
  ['on it', { status: 'Running', hostIps: one }, [one, two], ['w (Running)']],
  [
    'on several nodes, and it is one of them',
    { status: 'Running', hostIps: `${two},${one}` },
    [one, two],
    ['w (Running)'],
  ],
  ['on another node', { status: 'Running', hostIps: two }, [one, two], []],
  ['that waits for a node', { status: 'Queue' }, [one, two], []],
  ['that is over', { status: 'Completed', hostIps: one }, [one, two], []],
])('a workload %s', (_name, workload, addresses, found) => {
  expect(known(workload, addresses)).toEqual(found);
});

test.each([
  ['runs and names no host', { status: 'Running' }, [one, two], 'does not say on which nodes'],
  ['is being created and names no host', { status: 'Creating' }, [one, two], 'does not say on which nodes'],
  [
    'runs, while the node shows no address',
    { status: 'Running', hostIps: two },
    [undefined, two],
    'shows no address',
  ],
  [
    'runs elsewhere, while the node shares its address',
    { status: 'Running', hostIps: three },
    [one, one, three],
    'shares its address',
  ],
  [
    'runs at an address that no node has',
    { status: 'Running', hostIps: three },
    [one, two],
    'no node of the pool has',
  ],
])('nothing is known of the node where a workload %s', (_name, workload, addresses, why) => {
  expect(known(workload, addresses)).toEqual(expect.stringContaining(why));
});

const labelled = (name: string, privateIp: string, nodePool?: string) =>
  node(name, {
    privateIp,
    labels: nodePool === undefined ? {} : { 'os.modelarts.node/nodepoolname': nodePool },
  });
const workloads = [Workload.parse({ name: 'w', status: 'Running', hostIps: two })];

const counted = (available: number, abnormal = 0) =>
  ({ nodeCounts: { available, abnormal } }) as unknown as NodePool;

describe('the workloads of a node pool', () => {
  test.each([
    [
      'are those on its nodes',
      [labelled('n1', one, 'np'), labelled('n2', two, 'np')],
      counted(2),
      ['w (Running)'],
      1,
    ],
    ['are none of other nodes', [labelled('n1', one, 'np'), labelled('n2', two, 'other')], counted(1), [], 0],
    [
      'are all, if it has more nodes than are shown',
      [labelled('n1', one, 'np'), labelled('n2', two, 'other')],
      counted(1, 1),
      ['w (Running)'],
      0,
    ],
    [
      'may be those of a node that does not say where it is',
      [labelled('n1', one, 'np'), labelled('n2', two)],
      counted(1),
      [],
      1,
    ],
    [
      'are all, if the labels of a node cannot be read',
      [labelled('n1', one, 'np'), { ...labelled('n2', two), unreadable: ['labels' as const] }],
      counted(1),
      ['w (Running)'],
      1,
    ],
  ])('%s', (_name, nodes, nodePool, found, inUse) => {
    const reading: PoolReading = { nodes, workloads, destinations: new Map() };
    expect(workloadsOnNodePool('np', nodePool, reading, 0).workloads).toEqual(found);
    expect(nodesInUse('np', reading, 0)).toBe(inUse);
  });
});
