import type { Clock } from '#lib/clock';
import { createFixedKey, createKeyGuard } from '#lib/modelarts/client/access-key';
import { createModelArtsClient, type ModelArtsClient } from '#lib/modelarts/client/client';
import { SAMPLE_JOB, SAMPLE_NODE } from './sample-names.ts';
import { SampleSocket } from './sample-socket.ts';

/** A node that an alert may be about, with every field that the reading of a pool looks at. */
const node = (name: string, privateIp: string) => ({
  apiVersion: 'v2',
  kind: 'Node',
  metadata: {
    name,
    creationTimestamp: '2026-01-01T00:00:00Z',
    labels: { 'os.modelarts.node/nodepool': 'default', 'os.modelarts/resource.id': name },
    annotations: { 'os.modelarts/npu-topology-placement': '0'.repeat(16) },
  },
  spec: { flavor: 'modelarts.bm.npu.arm.8snt9b.d', os: { name: 'EulerOS 2.10' } },
  status: {
    phase: 'Available',
    privateIp,
    driver: { phase: 'Running', version: '24.1.0.3' },
    os: { name: 'EulerOS 2.10' },
    plugins: [{ name: 'npu-driver', version: '1.0.0' }],
  },
});

const nodes = [node(SAMPLE_NODE, '10.0.0.1'), node('os-node-created-warm2', '10.0.0.2')];

/** Two workloads of different kinds and states, so that their one list is proof, on another host. */
const workloads = (['train', 'infer'] as const).map((type, index) => ({
  type,
  status: index === 0 ? 'Running' : 'Pending',
  name: `${type}-1`,
  hostIps: index === 0 ? '10.0.0.2' : '',
}));

const job = { jobId: SAMPLE_JOB, type: 'reset-nodes', phase: 'Running', startTimestamp: 1_767_225_600_000 };

function replyTo(path: string): object {
  if (path.endsWith('/batch-update')) return { successNodeNames: [SAMPLE_NODE], failNodeNames: [] };
  if (path.includes('/nodes/batch-')) return { jobId: SAMPLE_JOB };
  if (path.includes('/jobs')) return { kind: 'JobList', count: 1, items: [job] };
  if (path.includes('/workloads')) return { kind: 'WorkloadList', count: workloads.length, items: workloads };
  return { apiVersion: 'v2', kind: 'NodeList', metadata: {}, items: nodes };
}

/** A client of ModelArts that answers from this process: no request leaves it. */
export function createSampleClient(clock: Clock): ModelArtsClient {
  return createModelArtsClient({
    endpoint: 'http://modelarts.invalid',
    projectId: 'warm-up',
    key: createKeyGuard(createFixedKey({ accessKey: 'warm-up', secretKey: 'warm-up' }), clock),
    clock,
    random: () => 0,
    connect(_, callback) {
      // A kept connection would wait for the next turn of the loop before its next request, and that is too late.
      const socket = new SampleSocket((head) => replyTo(head.split(' ', 2)[1] ?? ''), 'close');
      // Not at once: the pool takes no connection while it asks for one.
      queueMicrotask(() => callback(null, socket));
    },
    startTimer: () => () => {},
  });
}
