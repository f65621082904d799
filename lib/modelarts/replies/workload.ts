import * as z from 'zod';
import { EpochMs, listOf, section, TolerantNumber, TolerantText } from './tolerant.ts';

/** Something that runs, or waits to run, on a pool. Known from Huawei's Terraform provider alone: all may be absent. */
export type Workload = {
  readonly name?: string | undefined;
  readonly uid?: string | undefined;
  readonly jobName?: string | undefined;
  readonly jobUuid?: string | undefined;
  readonly type?: string | undefined;
  readonly namespace?: string | undefined;
  readonly status?: string | undefined;
  /** Of the nodes that it runs on: a node's `privateIp`. */
  readonly hostIps: readonly string[];
  readonly createdAtMs?: number | undefined;
};

/** One address, several in one string, or a list. */
const HostIps = listOf(z.string()).transform((texts) =>
  texts.flatMap((text) => text.split(/[\s,;]+/).filter(Boolean)),
);

export const Workload = z
  .looseObject({
    name: TolerantText,
    uid: TolerantText,
    jobName: TolerantText,
    jobUUID: TolerantText,
    type: TolerantText,
    namespace: TolerantText,
    status: TolerantText,
    hostIps: HostIps,
    nodes: listOf(section({ hostIp: TolerantText })),
    createTime: EpochMs,
  })
  .transform(
    ({ name, uid, jobName, jobUUID, type, namespace, status, hostIps, nodes, createTime }): Workload => {
      const ofNodes = nodes.flatMap(({ hostIp }) => hostIp ?? []);
      return {
        name,
        uid,
        jobName,
        jobUuid: jobUUID,
        type,
        namespace,
        status,
        hostIps: [...new Set([...hostIps, ...ofNodes])],
        createdAtMs: createTime,
      };
    },
  );

/** One page of a workloads list. */
export type WorkloadPage = {
  /** Of all pages together, where given. */
  readonly count?: number | undefined;
  readonly workloads: readonly Workload[];
};

export const WorkloadPage = z
  .looseObject({ count: TolerantNumber, items: listOf(Workload) })
  .transform(({ count, items }): WorkloadPage => ({ count, workloads: items }));
