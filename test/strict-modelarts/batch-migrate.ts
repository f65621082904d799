import type { Answer } from './answer.ts';
import { StrictNodePool } from './node-pool.ts';
import { badRequest, nodeNotFound, poolNotFound } from './page.ts';
import type { StrictPool } from './pool.ts';

type Body = {
  migrateNodeNames: string[];
  fromClusterName: string;
  toClusterName: string;
  toPoolName?: string;
  resourceSpec?: { flavor: string; nodePool?: string; creatingStep?: object };
};

/** "Migrating Nodes in Batches". */
export function batchMigrate(
  source: StrictPool,
  body: unknown,
  poolOf: (id: string) => StrictPool | undefined,
  now: number,
): Answer {
  const { migrateNodeNames, fromClusterName, toClusterName, toPoolName, resourceSpec } = body as Body;
  const target = toPoolName === undefined ? source : poolOf(toPoolName);
  if (!target) return poolNotFound;
  if (migrateNodeNames.some((name) => !source.nodes.has(name))) return nodeNotFound;
  if (migrateNodeNames.some((name) => source.isBusy(name, now))) return badRequest(' A task is running.');
  if (fromClusterName !== source.clusterName) return badRequest(' fromClusterName is not the source.');
  if (toClusterName !== target.clusterName) return badRequest(' toClusterName is not the destination.');
  if (target !== source && migrateNodeNames.length >= source.nodes.size) {
    return badRequest(' The resource pool would have no node.');
  }
  const batches = new Set(migrateNodeNames.map((name) => source.node(name).labels[batchUid]));
  batches.delete(undefined);
  const whole = [...source.nodes.values()]
    .filter(({ labels }) => batches.has(labels[batchUid]))
    .every(({ name }) => migrateNodeNames.includes(name));
  if (!whole) return badRequest(' A supernode must be migrated as a whole.');
  if (batches.size > 0 && !resourceSpec?.creatingStep) return badRequest(' creatingStep is needed.');

  const nodes = migrateNodeNames.map((name) => source.node(name));
  const before = nodes.map(({ phase }) => phase);
  const toNodePool = resourceSpec?.nodePool ?? [...target.nodePools.keys()][0] ?? 'migrated';
  for (const node of nodes) node.phase = 'Deleting';
  const job = source.start(
    {
      pool: source.id,
      type: 'migrate-nodes',
      nodeNames: migrateNodeNames,
      end: ({ plan }, succeeded) => {
        for (const [index, node] of nodes.entries()) {
          node.phase = before[index] ?? 'Available';
          if (!succeeded || plan.staysAbnormal?.includes(node.name)) continue;
          source.nodes.delete(node.name);
          node.nodePool = toNodePool;
          node.phase = 'Available';
          if (target.plan.cluster) node.labels['os.modelarts.node/cluster'] = target.plan.cluster;
          target.nodes.set(node.name, node);
        }
        if (!target.nodePools.has(toNodePool)) {
          const { flavor = '' } = resourceSpec ?? {};
          target.nodePools.set(
            toNodePool,
            new StrictNodePool({ name: toNodePool, nodes: nodes.length, flavor }),
          );
        }
      },
    },
    now,
  );
  return { status: 200, body: { job_id: job.id } };
}

const batchUid = 'os.modelarts.node/batch.uid';
