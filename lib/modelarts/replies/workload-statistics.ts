import * as z from 'zod';
import { Count, TolerantText } from './tolerant.ts';

/** The counts of one kind. A count that is missing or unreadable is not there: it is not 0. */
const KindCounts = z
  .looseObject({ type: TolerantText, status: z.record(z.string(), z.unknown()).catch({}) })
  .transform(({ type, status }) => ({
    type,
    counts: Object.fromEntries(
      Object.entries(status).flatMap(([word, value]) => {
        const { data } = Count.safeParse(value);
        return data === undefined ? [] : [[word, data] as const];
      }),
    ),
  }));

const Statistics = z.looseObject({ items: z.array(KindCounts) });

/** An earlier version of the page has the second name. */
const Named = z.union([
  z.looseObject({ statistics: Statistics }).transform(({ statistics }) => statistics.items),
  z.looseObject({ statics: Statistics }).transform(({ statics }) => statics.items),
]);

/**
 * The workloads of a pool, counted by kind and status. They only confirm what a list shows, so an answer of any other form is no error:
 * it has no counts.
 */
export const WorkloadStatistics = z
  .unknown()
  .transform((value) => ({ kinds: Named.safeParse(value).data ?? [] }));
export type WorkloadStatistics = z.output<typeof WorkloadStatistics>;
