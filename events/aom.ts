import * as z from 'zod';
import { isSaneTime } from '#lib/bounds';
import { isRecord } from '#lib/is-record';
import { timeInUtc } from '#lib/time-text';

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

/** Below this number a time is in seconds, and from it on in milliseconds. */
const MILLISECONDS_FROM = 1e11;

/** Epoch milliseconds of a number, also as the text that a template's placeholder becomes, or of the text of a date. */
function timeOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
  if (typeof number === 'string') return timeInUtc(number);
  if (typeof number !== 'number' || number <= 0) return undefined;
  const ms = number < MILLISECONDS_FROM ? number * 1_000 : number;
  return isSaneTime(ms) ? ms : undefined;
}

/** A time. Zero and anything unreadable is absent. */
const Time = z
  .unknown()
  .optional()
  .transform((value) => {
    const ms = timeOf(value);
    return ms === undefined ? undefined : new Date(ms).toISOString();
  });

/** How templates write that there is no end. */
const NO_END: readonly unknown[] = [null, 0, '0', '', '-'];

/**
 * The end of an alarm. It alone says whether the alarm is over, so it must say something: an alarm that is over, taken for one that
 * lasts, would be acted on.
 */
const End = z.unknown().transform((value, context) => {
  if (NO_END.includes(typeof value === 'string' ? value.trim() : value)) return undefined;
  const ms = timeOf(value);
  if (ms !== undefined) return new Date(ms).toISOString();
  context.addIssue({
    code: 'custom',
    message: 'must be 0 while the alarm lasts, and the time of its end afterwards',
  });
  return z.NEVER;
});

const Metadata = Texts.refine((metadata) => Object.hasOwn(metadata, 'event_name'), {
  path: ['event_name'],
  error: 'must be there: it is the name of the alarm',
});

/**
 * An alarm or event of AOM, its EventModel, as a JSON template for HTTP publishes it. `ends_at` is 0 as long as the alarm is not
 * cleared. The fields are those of the model EventModel in Huawei's SDK.
 */
export const AomEvent = z.preprocess(
  (value) => (isEndless(value) ? { ...value, ends_at: 0 } : value),
  z.object({ metadata: Metadata, annotations: Texts, starts_at: Time, ends_at: End }),
);
export type AomEvent = z.output<typeof AomEvent>;

/** Whether a value is an event, which happens once and has no end. */
function isEndless(value: unknown): value is Record<string, unknown> {
  if (!isRecord(value) || !isRecord(value['metadata'])) return false;
  return value['metadata']['event_type'] === 'event' && value['ends_at'] === undefined;
}

/** A template of a user's own, without the level of `metadata`. */
export const FlatAomEvent = z.preprocess((value) => {
  if (!isRecord(value)) return value;
  const { annotations, starts_at, ends_at, ...metadata } = value;
  return { metadata, annotations, starts_at, ends_at };
}, AomEvent);
