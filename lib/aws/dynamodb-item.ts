import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as z from 'zod';
import { MAX_ITEM_BYTES } from '#lib/ledger/limits';
import type { Document } from '#lib/ledger/store';

/**
 * DynamoDB charges a write unit for each KB of an item. A value of this many characters or more is stored deflated: the documents of
 * the ledger repeat names, times and words, and have some third of their size then. A shorter one costs no less deflated.
 */
const PACKED_FROM = 700;

/** `value`: JSON. `packed`: deflated JSON, as base64, because the client passes the text of a binary attribute on as it is. */
const StoredItem = z.looseObject({
  pk: z.string(),
  sk: z.string(),
  version: z.number(),
  writeId: z.string(),
  value: z.string().optional(),
  packed: z.string().optional(),
});

/**
 * The attributes of a document's item. Its value is one attribute, because it holds foreign content, and the client's marshaller
 * misreads an object with a field such as `constructor`. An item cannot hold undefined.
 */
export function toItem({ value, ...rest }: Document): Record<string, unknown> {
  const attributes = Object.entries(rest).filter(([, attribute]) => attribute !== undefined);
  return {
    ...Object.fromEntries(attributes),
    ...(value !== undefined && attributeOf(JSON.stringify(value))),
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

function attributeOf(json: string): { value: string } | { packed: Buffer } {
  if (json.length < PACKED_FROM) return { value: json };
  const packed = deflateRawSync(json);
  // The client writes a request as JSON, and a binary attribute is base64 there.
  return { packed: Object.assign(packed, { toJSON: () => packed.toString('base64') }) };
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
