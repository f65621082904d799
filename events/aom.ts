import * as z from 'zod';
import { isSaneTime } from '#lib/bounds';
import { isRecord } from '#lib/is-record';

/** Names with texts. Numbers and truth values become text; empty texts and structures are left out. */
const Texts = z
  .unknown()
  .optional()
  .transform((value): Record<string, string> => {
    if (!isRecord(value)) return {};
    const entries = Object.entries(value).flatMap(([name, one]) => {
      const text = typeof one === 'number' || typeof one === 'boolean' ? String(one) : one;
      return typeof text === 'string' && text.trim() !== '' ? [[name, text.trim()] as const] : [];
    });
    return Object.fromEntries(entries);
  });

/**
 * A time: epoch milliseconds, also as text, as a template's placeholder becomes one, or the text of a date. Zero and anything
 * unreadable is absent.
 */
const Time = z
  .unknown()
  .optional()
  .transform((value) => {
    const ms = typeof value === 'string' ? (/^\d+$/.test(value) ? Number(value) : Date.parse(value)) : value;
    return typeof ms === 'number' && ms > 0 && isSaneTime(ms) ? new Date(ms).toISOString() : undefined;
  });

const Metadata = Texts.refine((metadata) => Object.hasOwn(metadata, 'event_name'), {
  path: ['event_name'],
  error: 'must be there: it is the name of the alarm',
});

/**
 * An alarm or event of AOM, its EventModel, as a JSON template for HTTP publishes it. `ends_at` is 0 as long as the alarm is not
 * cleared. The fields are those of the model EventModel in Huawei's SDK.
 */
export const AomEvent = z.object({
  metadata: Metadata,
  annotations: Texts,
  starts_at: Time,
  ends_at: Time,
});
export type AomEvent = z.output<typeof AomEvent>;

/** A template of a user's own, without the level of `metadata`. */
export const FlatAomEvent = z.preprocess((value) => {
  if (!isRecord(value)) return value;
  const { annotations, starts_at, ends_at, ...metadata } = value;
  return { metadata, annotations, starts_at, ends_at };
}, AomEvent);
