import * as z from 'zod';

// All data from outside must meet these bounds at its entry.

/** Longest wait that a sender may ask for. */
export const MAX_RETRY_AFTER_MS = 15 * 60_000;

/** Times outside of these years are not believed: 2000-01-01 and 2100-01-01 in UTC, epoch milliseconds. */
export const EARLIEST_TIME_MS = 946_684_800_000;
export const LATEST_TIME_MS = 4_102_444_800_000;

/** Longer names are not read. Kubernetes allows 253 characters. */
export const MAX_NAME_LENGTH = 253;

/**
 * Whether every JavaScript object has a property of this name, such as `constructor`. The ledger looks up nodes and node pools
 * by name, so a lookup of such a name would find that property.
 */
export function isNameOfEveryObject(name: string): boolean {
  return name in Object.prototype;
}

/** Whether records keep a name as a key: schemas drop this one. */
export function canBeKey(name: string): boolean {
  return name !== '__proto__';
}

/** Limit of the pages of a list. A longer list is not believed. */
export const MAX_PAGES = 500;

/** Limit of a foreign text, such as an error message, in characters. */
export const MAX_FOREIGN_TEXT = 1_000;

/** Senders of alerts and commands are believed from 1970 until the end of the year 2100; epoch milliseconds. */
const EARLIEST_MS = 0;
const LATEST_MS = Date.UTC(2101, 0, 1) - 1;

/** Whether a time, in epoch milliseconds, may be on a clock. False for NaN. */
export function isSaneTime(ms: number): boolean {
  return ms >= EARLIEST_MS && ms <= LATEST_MS;
}

/** How far the clock of a sender may be ahead of ours. */
export const CLOCK_AHEAD_MS = 5 * 60_000;

/**
 * The reason why a time of evidence is not believed: it lies ahead, and would stay fresh longer than any observation.
 * Undefined: it is believed. `now`: epoch milliseconds.
 */
export function whyAhead(evidenceAt: string | undefined, now: number): string | undefined {
  if (evidenceAt === undefined || Date.parse(evidenceAt) - now <= CLOCK_AHEAD_MS) return undefined;
  return `must not be in the future: it is ${evidenceAt}, and the time here is ${new Date(now).toISOString()}`;
}

const notSane = 'must be a time between the years 1970 and 2100, in UTC';

/**
 * A time with an offset, RFC 3339, within the believed years. The text stays as it is: it is part of a sender's order, and
 * another spelling of the same time would be another order.
 */
export const SaneTime = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-11-20T10:00:00Z', abort: true })
  .refine((text) => isSaneTime(Date.parse(text)), notSane);

/** The same, in UTC and to the millisecond. */
export const UtcTime = SaneTime.transform((text) => new Date(text).toISOString());

/**
 * The largest JSON from outside. `values` counts the values in all objects and lists; `bytes` is the UTF-8 of keys and texts.
 */
export type JsonBounds = { depth: number; values: number; bytes: number };

/** Foreign JSON that is kept, such as the `reason` of a command. It fits into a document many times. */
export const NOTE_BOUNDS: JsonBounds = { depth: 16, values: 500, bytes: 16 * 1024 };

/** A message on a queue, or the body of a request to the console. SQS accepts 1 MiB. */
export const MESSAGE_BOUNDS: JsonBounds = { depth: 32, values: 20_000, bytes: 1024 * 1024 };

/**
 * Words the excess of a JSON value, to complete "It ...". It stops at the bound and needs no call stack, because a value may
 * be nested as deep as a body is long.
 *
 * @returns undefined for a value within the bounds.
 */
export function beyondBounds(value: unknown, { depth, values, bytes }: JsonBounds): string | undefined {
  const pending: { value: unknown; level: number }[] = [{ value, level: 1 }];
  let seenValues = 0;
  let seenBytes = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value: part, level } = next;
    if (typeof part === 'string') seenBytes += Buffer.byteLength(part);
    if (seenBytes > bytes) return `holds more than ${bytes} bytes of text`;
    if (typeof part !== 'object' || part === null) continue;
    if (level > depth) return `is nested more than ${depth} levels deep`;
    const inside = Array.isArray(part) ? part : Object.values(part);
    seenValues += inside.length;
    if (seenValues > values) return `holds more than ${values} values`;
    if (!Array.isArray(part)) for (const key of Object.keys(part)) seenBytes += Buffer.byteLength(key);
    for (const one of inside) pending.push({ value: one, level: level + 1 });
  }
  return seenBytes > bytes ? `holds more than ${bytes} bytes of text` : undefined;
}

/** Limits the input of a schema. */
export function within<Schema extends z.ZodType>(schema: Schema, bounds: JsonBounds): Schema {
  return schema.superRefine((value, context) => {
    const problem = beyondBounds(value, bounds);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });
}

/** A text from outside for an answer, a log or the ledger, cut to this many characters and marked there. */
export function excerpt(text: string, characters: number): string {
  return text.length > characters ? `${text.slice(0, characters - 1)}…` : text;
}

/** The names of all nodes of one command, in bytes: outcomes, receipts, plan and call repeat them. */
export const MAX_NAMES_BYTES = 24 * 1024;

/** The parameters of one command: plan, receipts and call repeat them. */
export const PARAMETER_BOUNDS: JsonBounds = { depth: 16, values: 2_000, bytes: 24 * 1024 };
