import * as z from 'zod';

/** The sum of a counter or a summary for one combination of labels. `count`: how many values are in the sum. */
const Counter = z.object({
  /** The name of the metric. */
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  value: z.number(),
  count: z.int(),
});
export type Counter = z.output<typeof Counter>;

/** The content of the file with the counters of a machine. */
export const CounterFile = z.object({ version: z.literal(1), counters: z.array(Counter) });
export type CounterFile = z.output<typeof CounterFile>;
