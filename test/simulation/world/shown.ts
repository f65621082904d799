import type { WorldJob, WorldNode, WorldPool } from './pool.ts';

/** The creation time of a node if its scenario has none. */
const LONG_AGO_MS = Date.parse('2026-08-01T02:03:04Z');

/** A node as the list of nodes has it. */
export function renderNode({
  name,
  ip,
  phase,
  driver,
  labels,
  nodePool,
  flavor,
  subnet,
  createdAtMs = LONG_AGO_MS,
  versions = {},
}: WorldNode) {
  return {
    metadata: {
      name,
      labels: {
        'os.modelarts.node/nodepoolname': nodePool,
        'os.modelarts.node/nodepool': nodePool,
        ...labels,
      },
      annotations: {},
      creationTimestamp: new Date(createdAtMs).toISOString(),
    },
    spec: { flavor, ...(subnet !== undefined && { hostNetwork: { subnet } }) },
    status: {
      phase,
      privateIp: ip,
      ...(driver && { driver: { phase: driver, ...(versions.driver && { version: versions.driver }) } }),
      ...(versions.os && { os: { name: versions.os } }),
      ...(versions.plugins && { plugins: versions.plugins }),
    },
  };
}

/** A job as the list of jobs has it, by a clock that is ahead by `skewMs`. */
export function renderJob(job: WorldJob, skewMs: number) {
  return {
    jobId: job.id,
    type: job.type,
    phase: job.phase,
    suspend: job.suspendedAtMs !== undefined,
    startTimestamp: job.startedAtMs + skewMs,
    ...(job.endedAtMs !== undefined && { endTimestamp: job.endedAtMs + skewMs }),
    involvedObjects: JSON.stringify([{ kind: 'pools', name: job.pool }]),
    inputs: job.text,
    message: job.message,
  };
}

/** A pool as the API shows the pool itself. */
export function renderPool({ id, cluster, shown }: WorldPool) {
  const { type, controlMode, billing, hasClusters } = shown ?? {
    type: 'Dedicate',
    controlMode: 0,
    billing: '0',
    hasClusters: true,
  };
  return {
    metadata: {
      name: id,
      labels: {},
      annotations: billing === undefined ? {} : { 'os.modelarts/billing.mode': billing },
    },
    spec: { type, controlMode },
    status: {
      phase: 'Running',
      ...(hasClusters && { clusters: [{ name: cluster }] }),
      resources: {},
    },
  };
}
