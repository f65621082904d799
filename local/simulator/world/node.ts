import * as z from 'zod';
import type { NodePool } from './node-pool.ts';
import type { DriverPhase, NodePhase } from './node-state.ts';
import { serverIdOf } from './server-id.ts';
import type { World } from './world.ts';

/** The types and statuses of workloads (docs/design/modelarts-api.md 3.6). */
export const WorkloadType = z.enum(['train', 'infer', 'notebook', 'x-infer']);
export const WorkloadStatus = z.enum([
  'Queue',
  'Pending',
  'Abnormal',
  'Terminating',
  'Creating',
  'Running',
  'Completed',
  'Terminated',
  'Failed',
]);

/** A node of the world. The API shows less (no tags, and not whether it will stay broken). */
export interface Node {
  readonly name: string;
  privateIp: string;
  readonly az: string;
  readonly createdAtRealMs: number;
  /** The supernode it belongs to. */
  readonly supernode?: { readonly uid: string; readonly name: string; readonly count: number };
  flavor: string;
  nodePool: string;
  phase: NodePhase;
  driverPhase: DriverPhase;
  /** A reset does not help: it comes back `Abnormal`. */
  staysBroken: boolean;
  /** The name of the workload on it. */
  workload: string | undefined;
  /** Absent: a training job. */
  workloadType?: z.output<typeof WorkloadType>;
  /** Absent: it runs. */
  workloadStatus?: z.output<typeof WorkloadStatus>;
  /** Absent: what every node of the simulator shows. */
  driverVersion?: string;
  os?: string;
  /** Versions by name. */
  plugins?: Readonly<Record<string, string>>;
  haRedundant: boolean;
  readonly tags: Map<string, string>;
}

/** Whether a workload keeps a node busy: one that is over, or still in a queue, does not. */
export const runsWorkload = ({ workload, workloadStatus = 'Running' }: Node): boolean =>
  workload !== undefined && !['Queue', 'Completed', 'Terminated', 'Failed'].includes(workloadStatus);

const cards = '8';

/** The node as `GET …/nodes` shows it (docs/design/modelarts-api.md 2.2, 2.3). It depends on its arguments alone, and on no tag. */
export const renderNode = (
  node: Node,
  nodePool: NodePool | undefined,
  clusterName: string,
  { projectId, settings: { nodeStatusWithout } }: Pick<World, 'projectId' | 'settings'>,
) => ({
  apiVersion: 'v2',
  kind: 'Node',
  metadata: {
    name: node.name,
    creationTimestamp: new Date(node.createdAtRealMs).toISOString().replace(/\.\d+/, ''),
    labels: {
      ...nodePool?.resources.labels,
      'os.modelarts.node/cluster': clusterName,
      'os.modelarts.node/nodepool': node.nodePool,
      'os.modelarts.node/nodepoolname': node.nodePool,
      'os.modelarts.node/ha.redundant.enabled': String(node.haRedundant),
      'os.modelarts/resource.id': node.name,
      'os.modelarts.node/underlying.instance.id': serverIdOf(node.name),
      'os.modelarts/tenant.project.id': projectId,
      'os.modelarts/billing.status': '0',
      ...(node.supernode && {
        'os.modelarts.node/batch.uid': node.supernode.uid,
        'os.modelarts.node/batch.name': node.supernode.name,
        'os.modelarts.node/batch.type': 'hyperinstance',
        'os.modelarts.node/batch.count': String(node.supernode.count),
      }),
    },
    annotations: {
      'os.modelarts/npu-topology-placement': runsWorkload(node)
        ? `${'0'.repeat(8)}${'1'.repeat(8)}`
        : '0'.repeat(16),
    },
  },
  spec: {
    flavor: node.flavor,
    os: { name: 'EulerOS 2.10', imageId: '3f2ee6e8-b19b-4683-8c9d-c10b197d51d6', imageType: 'private' },
    ...(nodePool?.resources.network && { hostNetwork: nodePool.resources.network }),
    extendParams: nodePool?.resources.extendParams ?? {},
  },
  status: {
    phase: node.phase,
    az: node.az,
    privateIp: node.privateIp,
    resources: { cpu: '192', memory: '1572864Mi', 'huawei.com/ascend-snt9': cards },
    availableResources: {
      cpu: '192',
      memory: '1572864Mi',
      'huawei.com/ascend-snt9': node.phase === 'Available' && !runsWorkload(node) ? cards : '0',
    },
    ...(!nodeStatusWithout.includes('driver') && {
      driver: { phase: node.driverPhase, version: node.driverVersion ?? '24.1.0.3' },
    }),
    ...(!nodeStatusWithout.includes('os') && { os: { name: node.os ?? 'EulerOS 2.10' } }),
    ...(!nodeStatusWithout.includes('plugins') && {
      plugins: Object.entries(node.plugins ?? { 'maos-node-agent': '7.3.0' }).map(([name, version]) => ({
        name,
        phase: 'Running',
        version,
      })),
    }),
  },
});
