import * as z from 'zod';
import { itemsOf } from './listing.ts';
import { EpochMs, TolerantNumber, TolerantText, textOf } from './tolerant.ts';

/** An asynchronous job of a pool (docs/modelarts-api.md 1.1). It tells nothing about single nodes. */
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
      /** `reset-nodes`, `reboot-node`, `replace-node`; that of a migration is documented nowhere: never filter by it. */
      type,
      /** `Running`, `Success` or `Failed`, or a word unknown so far; empty where not given. */
      phase,
      /** Neither finished nor advancing. */
      suspended: suspend,
      startedAtMs: startTimestamp,
      endedAtMs: endTimestamp,
      /** Why it failed. */
      message,
      /** `involvedObjects`, `inputs` and `conditions` as they came: to be searched for names, never to be relied on. */
      text: texts.filter((text) => text !== '').join('\n'),
    };
  });
export type PoolJob = z.output<typeof PoolJob>;

/** One page of a jobs list. `count`: of all pages together, where given. */
export const PoolJobPage = z
  .looseObject({ count: TolerantNumber, items: itemsOf(PoolJob) })
  .transform(({ count, items }) => ({ count, jobs: items.items, unreadable: items.unreadable }));
