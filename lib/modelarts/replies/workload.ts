import * as z from 'zod';
import { createFieldReader } from './fields.ts';
import { itemsOf, listKind } from './listing.ts';
import { EpochMs, listOf, section, TolerantNumber, TolerantText } from './tolerant.ts';

/** The kinds and statuses of workloads on the page: the values for its filters (docs/design/modelarts-api.md 3.6). */
export const WORKLOAD_TYPES = ['train', 'infer', 'notebook', 'x-infer'] as const;
export const WORKLOAD_STATUSES = [
  'Queue',
  'Pending',
  'Abnormal',
  'Terminating',
  'Creating',
  'Running',
  'Completed',
  'Terminated',
  'Failed',
] as const;
export type WorkloadType = (typeof WORKLOAD_TYPES)[number];
export type WorkloadStatus = (typeof WORKLOAD_STATUSES)[number];

/** One address, several in one string, or a list. */
const HostIps = listOf(z.string()).transform((texts) =>
  texts.flatMap((text) => text.split(/[\s,;]+/).filter(Boolean)),
);

const HostNodes = listOf(section({ hostIp: z.string().nullish() })).transform((nodes) =>
  nodes.flatMap(({ hostIp }) => hostIp || []),
);

/** A running or waiting workload of a pool. Any field may be absent. */
export const Workload = z
  .looseObject({
    name: TolerantText,
    uid: TolerantText,
    jobName: TolerantText,
    jobUUID: TolerantText,
    type: TolerantText,
    namespace: TolerantText,
    status: TolerantText,
    createTime: EpochMs,
  })
  .transform((entry) => {
    const { read, unreadable } = createFieldReader(entry);
    const hosts = [
      ...(read('hosts', ['hostIps'], HostIps) ?? []),
      ...(read('hosts', ['nodes'], HostNodes) ?? []),
    ];
    const { name, uid, jobName, jobUUID, type, namespace, status, createTime } = entry;
    return {
      name,
      uid,
      jobName,
      jobUuid: jobUUID,
      type,
      namespace,
      status,
      /** The `privateIp` of each of its nodes. */
      hostIps: [...new Set(hosts)],
      /** The API names hosts, and some are unreadable. Absent: `hostIps` has all of them. */
      ...(unreadable.length > 0 && { hostsUnreadable: true }),
      createdAtMs: createTime,
    };
  });
export type Workload = z.output<typeof Workload>;

/** The `status` words of finished workloads. Every other word, even an unknown one, counts as running. */
const ENDED: readonly string[] = ['Completed', 'Terminated', 'Failed'];

/** Workloads that have no node yet. */
const QUEUED: readonly string[] = ['Queue', 'Pending'];

/** Whether a workload may still be unfinished, as far as the API says. */
export function isRunning({ status = '' }: Workload): boolean {
  return !ENDED.includes(status);
}

/** Whether a workload runs on nodes that are not all known. */
export function isSomewhere(workload: Workload): boolean {
  const { status = '', hostIps, hostsUnreadable = false } = workload;
  return isRunning(workload) && (hostsUnreadable || (hostIps.length === 0 && !QUEUED.includes(status)));
}

/** One page of a workloads list. `count`: the total over all pages, if the API gives it. */
export const WorkloadPage = z
  .looseObject({ kind: listKind('WorkloadList'), count: TolerantNumber, items: itemsOf(Workload) })
  .transform(({ count, items }) => ({ count, workloads: items.items, unreadable: items.unreadable }));
