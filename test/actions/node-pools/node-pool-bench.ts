import { deleteNodePool } from '#lib/actions/delete-node-pool/definition';
import { resetNodes } from '#lib/actions/reset-nodes/definition';
import { updateNodePool } from '#lib/actions/update-node-pool/definition';
import { acceptCommand } from '#lib/console/accept-command';
import { approve, reject } from '#lib/console/approval';
import { addressIn, type Counts, countNodes, showNodePool } from '../../fake-system/node-pools.ts';
import type { FakeNode, FakeNodePool } from '../../fake-system/pool.ts';
import { createFakeSystem } from '../../fake-system/system.ts';
import type { Joined } from '../../ledger/joined.ts';
import { rulesOf } from '../../remediation/rules-of.ts';

export { apiError } from '../../fake-system/api-error.ts';

export const POOL = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';
export const FLAVOR = 'modelarts.bm.npu.arm.8snt9b.d';
const RULES = `
pools: { train-a: { id: ${POOL}, budget: { maxUnavailable: 100%, perDay: 100% } } }
polling: { first: 90s, every: 30s }
`;

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** The functions that change node pools, poll-jobs and the console, on a clock that is moved by hand. */
export function createNodePoolBench(rulesText = RULES) {
  const nodes = new Map<string, FakeNode>();
  const nodePools = new Map<string, FakeNodePool>();
  /** The API's answer about the pool itself. */
  const shown = {
    phase: 'Running',
    type: 'Dedicate' as string | undefined,
    controlMode: 0,
    clusters: [] as string[],
    labels: {},
    annotations: { 'os.modelarts/billing.mode': '0' } as Record<string, string>,
  };
  const pool = { nodes, clusters: [], nodePools, shown };
  const system = createFakeSystem(rulesOf(rulesText), new Map([[POOL, pool]]), [
    updateNodePool,
    deleteNodePool,
    resetNodes,
  ]);
  const { services, drain, requests, hides, workloads } = system;

  function addNodePool(name: string, count: number, resources: Record<string, unknown> = {}): void {
    const own = { nodePool: name, flavor: FLAVOR, count, maxCount: count, ...resources };
    nodePools.set(name, { name, resources: own });
    countNodes(pool, name, { available: count, creating: 0, deleting: 0, abnormal: 0 });
  }
  addNodePool('np-0', 6);
  addNodePool('np-1', 2);

  return {
    ...system,
    pool: shown,
    nodes,
    nodePools,
    addNodePool,
    consoleServices: services,
    /** A node pool as the API shows it. */
    shownNodePool: (name: string) => showNodePool(pool, nodePools.get(name)!),
    /** Gives a node pool as many nodes in each phase. */
    count: (name: string, counts: Partial<Counts>) => countNodes(pool, name, counts),
    sent: (endpoint: 'patchNodePool' | 'deleteNodePool' | 'batchResetNodes') =>
      requests.filter((request) => request.endpoint === endpoint).map(({ input }) => input),
    /** Puts a workload on a node of a node pool. */
    run: (name: string, nodePool: string, status = 'Running') =>
      workloads.push({ name, type: 'train', status, hostIps: [addressIn(nodePool, 0)] }),
    withoutWorkloads: () => void (hides.workloads = true),
    withoutLabels: (isSo = true) => void (hides.nodePoolLabels = isSo),
    breakNode: (name: string) => void Object.assign(nodes.get(name)!, { phase: 'Abnormal' }),
    reverseNodes(): void {
      const all = [...nodes].toReversed();
      nodes.clear();
      for (const [name, node] of all) nodes.set(name, node);
    },
    /** Works off what is due, each message `copies` times at once. */
    async settleQueues(copies = 1): Promise<void> {
      await drain('commands', copies);
      await drain('follow', copies);
    },
    accept: (command: any) => acceptCommand({ pool: 'train-a', mode: 'act', ...command }, services, 'ada'),
    approve: (id: string, hash: string, by = 'ada') => approve(id, { hash, by }, services),
    reject: (id: string, hash: string, by = 'ada') => reject(id, { hash, by }, services),
    remediation(id = 'c-1'): Joined {
      const found = system.remediations().find((one) => one.id === id);
      if (!found) throw new Error(`The ledger has no ${id}`);
      return found;
    },
  };
}
