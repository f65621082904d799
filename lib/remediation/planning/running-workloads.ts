import { isLabelled, nodesOfNodePool, type PoolReading } from '#lib/modelarts/reading/pool-reading';
import type { NodePool } from '#lib/modelarts/replies/node-pool';
import { isUnreadable, type PoolNode } from '#lib/modelarts/replies/pool-node';
import { isRunning, isSomewhere, type Workload } from '#lib/modelarts/replies/workload';

/** The workloads on a target, in words. Undefined: they are unknown, and `workloadsUnknown` says why. */
export type Running = { workloads: string[] | undefined; workloadsUnknown?: string };

type Known = { running: readonly Workload[] } | { unknown: string };

/**
 * The workloads on a node. A workload names the addresses on which it runs. The workloads of a node without an address, or with one
 * that another node has too, are therefore known only if nothing runs in the pool.
 *
 * @param unseen how many nodes of the pool the reading does not show. Workloads at unknown addresses may be theirs.
 */
export function workloadsOnNode(node: PoolNode | undefined, reading: PoolReading, unseen: number): Running {
  if (!node) return { workloads: undefined, workloadsUnknown: 'the reading does not show the node' };
  const known = knownRunning(reading, unseen);
  if ('unknown' in known) return { workloads: undefined, workloadsUnknown: known.unknown };
  if (known.running.length === 0) return { workloads: [] };
  const { privateIp } = node;
  if (privateIp === undefined) {
    const why = `${node.name} shows no address, so its workloads are unknown`;
    return { workloads: undefined, workloadsUnknown: why };
  }
  const others = reading.nodes.filter((other) => other.name !== node.name && other.privateIp === privateIp);
  if (others.length > 0) {
    const names = others.map(({ name }) => name).join(', ');
    const why = `${node.name} shares its address ${privateIp} with ${names}`;
    return { workloads: undefined, workloadsUnknown: why };
  }
  return { workloads: inWords(known.running.filter(({ hostIps }) => hostIps.includes(privateIp))) };
}

/** The workloads on a node pool. If labels and addresses do not show all of its nodes, each workload of the pool counts. */
export function workloadsOnNodePool(
  name: string,
  nodePool: NodePool | undefined,
  reading: PoolReading,
  unseen: number,
): Running {
  const known = knownRunning(reading, unseen);
  if ('unknown' in known) return { workloads: undefined, workloadsUnknown: known.unknown };
  if (nodePool?.unknown)
    return { workloads: undefined, workloadsUnknown: `it is not known how many nodes ${name} has` };
  const addresses = addressesOf(nodesOfNodePool(reading.nodes, name));
  const { available = 0, abnormal = 0 } = nodePool?.nodeCounts ?? {};
  const isAnywhere = addresses.size < available + abnormal || reading.nodes.some(isOfUnknownNodePool);
  const on = ({ hostIps }: Workload) => isAnywhere || hostIps.some((address) => addresses.has(address));
  return { workloads: inWords(known.running.filter(on)) };
}

/** The number of nodes with workloads that are, or may be, in the node pool. Undefined: unknown. */
export function nodesInUse(name: string, reading: PoolReading, unseen: number): number | undefined {
  const known = knownRunning(reading, unseen);
  if ('unknown' in known) return undefined;
  const own = new Set(nodesOfNodePool(reading.nodes, name));
  const elsewhere = addressesOf(reading.nodes.filter((node) => isLabelled(node) && !own.has(node)));
  const hosts = known.running.flatMap(({ hostIps }) => hostIps);
  return new Set(hosts.filter((address) => !elsewhere.has(address))).size;
}

/** The unfinished workloads of a pool, each with all of its hosts; or why they are unknown. */
function knownRunning({ nodes, workloads, unreadable }: PoolReading, unseen: number): Known {
  if (!workloads) return { unknown: 'the API refuses to list the workloads of the pool' };
  const [odd] = unreadable?.workloads ?? [];
  if (odd) return { unknown: `the list of workloads cannot be read as a whole: ${odd.why}` };
  const running = workloads.filter(isRunning);
  const somewhere = running.find(isSomewhere);
  if (somewhere)
    return {
      unknown: `workload ${somewhere.name ?? 'without a name'} runs, and the API does not say on which nodes`,
    };
  const addresses = addressesOf(nodes);
  const hosts = new Set(running.flatMap(({ hostIps }) => hostIps));
  const homeless = [...hosts].filter((address) => !addresses.has(address));
  const unaddressed = nodes.filter(({ privateIp }) => privateIp === undefined).length;
  return homeless.length > unseen + unaddressed
    ? {
        unknown: `workloads run on ${homeless.slice(0, 3).join(', ')}, and no node of the pool has this address`,
      }
    : { running };
}

function addressesOf(nodes: readonly PoolNode[]): Set<string> {
  return new Set(nodes.flatMap(({ privateIp }) => privateIp ?? []));
}

function isOfUnknownNodePool(node: PoolNode): boolean {
  return isUnreadable(node, 'labels');
}

function inWords(workloads: readonly Workload[]): string[] {
  return workloads.map(({ name, status }) => `${name ?? 'unnamed'} (${status ?? 'status unknown'})`);
}
