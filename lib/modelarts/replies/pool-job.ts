import * as z from 'zod';
import { itemsOf, type Unreadable } from './listing.ts';
import { EpochMs, TolerantNumber, TolerantText, textOf } from './tolerant.ts';

/** An asynchronous job of a pool (docs/modelarts-api.md 1.1). It tells nothing about single nodes. */
export type PoolJob = {
  readonly jobId: string;
  /** `reset-nodes`, `reboot-node`, `replace-node`; that of a migration is documented nowhere: never filter by it. */
  readonly type?: string | undefined;
  /** `Running`, `Success` or `Failed`, or a word unknown so far; empty where not given. */
  readonly phase: string;
  /** Neither finished nor advancing. */
  readonly suspended: boolean;
  readonly startedAtMs?: number | undefined;
  readonly endedAtMs?: number | undefined;
  /** Why it failed. */
  readonly message?: string | undefined;
  /** `involvedObjects`, `inputs` and `conditions` as they came: to be searched for names, never to be relied on. */
  readonly text: string;
};

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
  .transform((job, context): PoolJob => {
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
      type,
      phase,
      suspended: suspend,
      startedAtMs: startTimestamp,
      endedAtMs: endTimestamp,
      message,
      text: texts.filter((text) => text !== '').join('\n'),
    };
  });

/** One page of a jobs list. */
export type PoolJobPage = {
  /** Of all pages together, where given. */
  readonly count?: number | undefined;
  readonly jobs: readonly PoolJob[];
  /** Entries that cannot be read. Absent: none. */
  readonly unreadable?: readonly Unreadable[];
};

export const PoolJobPage = z
  .looseObject({ count: TolerantNumber, items: itemsOf(PoolJob) })
  .transform(({ count, items }): PoolJobPage => ({ count, jobs: items.items, unreadable: items.unreadable }));
