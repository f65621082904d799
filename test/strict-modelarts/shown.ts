import type { StrictNodePool } from './node-pool.ts';
import type { StrictNode, StrictPool } from './pool.ts';

/** Node (facts.md 2.2). */
export function showNode(pool: StrictPool, node: StrictNode, now: number): object {
  const { name, privateIp, phase, labels, redundancy, nodePool } = node;
  const whole = { cpu: '192', memory: '1536Gi', 'huawei.com/ascend-snt9': '8' };
  const shownRedundancy = redundancy && redundancy.shownFrom <= now;
  return {
    apiVersion: 'v2',
    kind: 'Node',
    metadata: {
      name,
      creationTimestamp: '2026-08-01T02:03:04Z',
      labels: {
        ...labels,
        'os.modelarts.node/nodepoolname': nodePool,
        'os.modelarts/billing.status': '0',
        ...(shownRedundancy && { 'os.modelarts.node/ha.redundant.enabled': String(redundancy.enabled) }),
      },
      annotations: {},
    },
    spec: {
      flavor: pool.nodePools.get(nodePool)?.flavor,
      os: { name: 'EulerOS-2.10', imageType: 'public' },
      extendParams: {},
    },
    status: { phase, az: 'cn-north-4a', privateIp, resources: whole, availableResources: whole },
  };
}

/** "Deleting a Node Pool", tables 2 to 13. Entries with nothing in them are left out (facts.md 3.1). */
export function showNodePool(pool: StrictPool, nodePool: StrictNodePool): object {
  const nodes = pool.nodesIn(nodePool.name);
  const some = (...phases: string[]) => nodes.filter(({ phase }) => phases.includes(phase)).length;
  const missing = Math.max(0, nodePool.wanted - nodes.length);
  const counts = nodePool.isDeleting()
    ? { deleting: nodes.length }
    : {
        creating: some('Creating') + missing,
        available: some('Available', 'Checking'),
        abnormal: some('Abnormal'),
        deleting: some('Deleting') + Math.max(0, nodes.length - nodePool.wanted),
      };
  const shares = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => [
      state,
      {
        flavor: nodePool.flavor,
        count,
        maxCount: count,
        nodePool: nodePool.name,
        azs: [{ az: 'cn-north-4a', count }],
      },
    ]);
  return {
    apiVersion: 'v2',
    kind: 'NodePool',
    metadata: { name: nodePool.name },
    spec: { resources: nodePool.resources },
    status: { resources: Object.fromEntries(shares) },
  };
}

/** Pool (facts.md 3.2), whose counts come as arrays. */
export function showPool(pool: StrictPool): object {
  const nodePools = [...pool.nodePools.values()];
  return {
    apiVersion: 'v2',
    kind: 'Pool',
    metadata: {
      name: pool.id,
      labels: { 'os.modelarts/name': `named-${pool.id.slice(0, 9)}` },
      annotations: { 'os.modelarts/billing.mode': pool.plan.billing === 'yearly-monthly' ? '1' : '0' },
    },
    spec: {
      type: pool.plan.type ?? 'Dedicate',
      scope: ['Train'],
      resources: nodePools.map(({ resources }) => resources),
      controlMode: 0,
    },
    status: {
      phase: 'Running',
      clusters: [{ name: pool.clusterName }],
      resources: {
        available: nodePools.map(({ name, flavor }) => ({
          flavor,
          nodePool: name,
          count: pool.nodesIn(name).length,
          maxCount: pool.nodesIn(name).length,
        })),
      },
    },
  };
}

/** Workload ("Obtain Jobs in a Resource Pool", table 4). */
export function showWorkload(pool: StrictPool, address: string, index: number): object {
  return {
    apiVersion: 'v1',
    kind: 'Workload',
    type: 'train',
    namespace: pool.id,
    name: `modelarts-job-${index}`,
    jobName: `training-${index}`,
    uid: `uid-${index}`,
    jobUUID: `job-${index}`,
    flavor: 'modelarts.pool.visual.xlarge',
    status: 'Running',
    priority: '1',
    runningDuration: 3600,
    pendingDuration: 0,
    pendingPosition: 0,
    createTime: 1767860000000,
    hostIps: address,
  };
}

const NO_WORKLOADS = {
  Queue: 0,
  Pending: 0,
  Abnormal: 0,
  Terminating: 0,
  Creating: 0,
  Running: 0,
  Completed: 0,
  Terminated: 0,
  Failed: 0,
};

/** The counts of that many running jobs ("Querying dedicated resource pool Job Statistics", tables 2 to 5). */
export function countWorkloads(running: number): object {
  const items = ['train', 'infer', 'notebook'].map((type) => {
    const total = type === 'train' ? running : 0;
    return { type, total, status: { ...NO_WORKLOADS, Running: total } };
  });
  return { statistics: { total: items.length, items } };
}
