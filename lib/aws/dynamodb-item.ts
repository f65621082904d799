import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as z from 'zod';
import { MAX_ITEM_BYTES } from '#lib/ledger/limits';
import type { Document } from '#lib/ledger/store';
import type { ItemFields } from './dynamodb-attributes.ts';

/**
 * DynamoDB charges a write unit for each KB of an item. A value of this many characters or more is stored deflated: the documents of
 * the ledger repeat names, times and words, and have some third of their size then. A shorter one costs no less deflated.
 */
const PACKED_FROM = 700;

/** Beside its value, a document has keys, numbers and words alone. */
const Fields = z.record(z.string(), z.union([z.string(), z.number()]));

/** `value`: JSON. `packed`: deflated JSON, as base64. */
const StoredItem = z.looseObject({
  pk: z.string(),
  sk: z.string(),
  version: z.number(),
  writeId: z.string(),
  value: z.string().optional(),
  packed: z.string().optional(),
});

/** The fields of a document's item. Its value is one of them, so that its content is no matter of DynamoDB's types. */
export function toItem({ value, ...rest }: Document): ItemFields {
  return {
    ...Fields.parse(Object.fromEntries(Object.entries(rest).filter(([, field]) => field !== undefined))),
    ...(value !== undefined && fieldOf(JSON.stringify(value))),
  };
}

/**
 * The document of an item. An unreadable value is no value: then the document is unreadable for its reader, and the others of the same
 * answer are not. Throws for an item that is no document at all.
 */
export function toDocument(item: Record<string, unknown>): Document {
  const { value, packed, ...document } = StoredItem.parse(item);
  const read = packed === undefined ? readJson(value) : readJson(packed, inflated);
  return read === undefined ? document : { ...document, value: read };
}

function fieldOf(json: string): { value: string } | { packed: Buffer } {
  return json.length < PACKED_FROM ? { value: json } : { packed: deflateRawSync(json) };
}

function readJson(text: string | undefined, decoded = (same: string): string => same): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(decoded(text));
  } catch {
    return undefined;
  }
}

function inflated(text: string): string {
  return inflateRawSync(Buffer.from(text, 'base64'), { maxOutputLength: 4 * MAX_ITEM_BYTES }).toString();
}
