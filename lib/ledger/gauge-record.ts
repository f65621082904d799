import * as z from 'zod';
import type { DocumentKind } from './change.ts';
import { type DocumentKey, expiry } from './store.ts';

/** The gauges of the last sweep, for people: one small document, so that a reader of metrics reads nothing else. */
const GaugeRecord = z.object({
  /** When the sweep wrote them. */
  at: z.iso.datetime(),
  /** `name`: of a metric. */
  gauges: z.array(
    z.object({ name: z.string(), labels: z.record(z.string(), z.string()), value: z.number() }),
  ),
});
export type GaugeRecord = z.output<typeof GaugeRecord>;

export const gaugeRecordKind: DocumentKind<GaugeRecord> = {
  name: 'gauges of the last sweep',
  schema: GaugeRecord,
  index: ({ at }) => expiry(at),
};

export function gaugeRecordKey(): DocumentKey {
  return { pk: 'gauges', sk: '-' };
}
