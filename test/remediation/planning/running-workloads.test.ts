import { expect, test } from 'vitest';
import type { PoolReading } from '#lib/modelarts/reading/pool-reading';
import { Workload } from '#lib/modelarts/replies/workload';
import { workloadsOnNode } from '#lib/remediation/planning/running-workloads';
import { node } from '#test/verification/subject';

const [one, two, three] = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];

/** What is known of the workloads on `n1`, where one workload runs and the nodes have these addresses. */
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
    'on several nodes, of which it is one',
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
