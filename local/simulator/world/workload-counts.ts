import { WorkloadStatus } from './node.ts';

/** The kinds that the page of the counts names. */
export const COUNTED_TYPES = ['train', 'infer', 'notebook'] as const;

/**
 * How many workloads of each kind are in each status (https://support.huaweicloud.com/api-modelarts/ShowWorkloadStatistics.html).
 *
 * @param types the kinds to count.
 */
export const countWorkloads = (
  workloads: readonly { readonly type?: string; readonly status: string }[],
  types: readonly string[] = COUNTED_TYPES,
) =>
  types.map((type) => {
    const own = workloads.filter((one) => one.type === type);
    const count = (status: string): number => own.filter((one) => one.status === status).length;
    const status = Object.fromEntries(WorkloadStatus.options.map((one) => [one, count(one)]));
    return { type, total: own.length, status };
  });
