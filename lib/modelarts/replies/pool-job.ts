import * as z from 'zod';
import { itemsOf, listKind } from './listing.ts';
import { EpochMs, TolerantNumber, TolerantText, textOf } from './tolerant.ts';

/** An asynchronous job of a pool (docs/design/modelarts-api.md 1.1). It shows nothing about single nodes. */
export const PoolJob = z
  .looseObject({
    jobId: TolerantText,
    job_id: TolerantText,
    type: TolerantText,
    phase: TolerantText,
    suspend: z.union([z.boolean(), z.stringbool()]).optional().catch(undefined),
    startTimestamp: EpochMs,
    endTimestamp: EpochMs,
    message: TolerantText,
    involvedObjects: z.unknown().optional(),
    inputs: z.unknown().optional(),
    conditions: z.unknown().optional(),
  })
  .transform((job, context) => {
    const {
      jobId = job.job_id,
      type,
      phase = '',
      suspend = false,
      startTimestamp,
      endTimestamp,
      message,
    } = job;
    if (jobId === undefined) {
      context.addIssue({ code: 'custom', path: ['jobId'], message: 'is missing' });
      return z.NEVER;
    }
    const texts = [job.involvedObjects, job.inputs, job.conditions].map(textOf);
    return {
      jobId,
      /** `reset-nodes`, `reboot-node`, `replace-node`. The type of a migration is undocumented: never filter by it. */
      type,
      /** `Running`, `Success` or `Failed`, or an unknown word; empty if absent. */
      phase,
      /** Neither finished nor advancing. */
      suspended: suspend,
      startedAtMs: startTimestamp,
      endedAtMs: endTimestamp,
      /** The reason of its failure. */
      message,
      /** `involvedObjects`, `inputs` and `conditions` as received. Code may search them for names, but never rely on them. */
      text: texts.filter((text) => text !== '').join('\n'),
    };
  });
export type PoolJob = z.output<typeof PoolJob>;

/** One page of a jobs list. `count`: the total over all pages, if the API gives it. */
export const PoolJobPage = z
  .looseObject({ kind: listKind('JobList'), count: TolerantNumber, items: itemsOf(PoolJob) })
  .transform(({ count, items }) => ({ count, jobs: items.items, unreadable: items.unreadable }));
