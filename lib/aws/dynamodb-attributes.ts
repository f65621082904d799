import * as z from 'zod';

/**
 * An attribute as the wire has it (docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html). A number is
 * text there, and binary content base64. An item of the ledger has no attribute of another type.
 */
type AttributeValue = { S: string } | { N: string } | { B: string };

/** The attributes of an item, or of a part of it, on the wire. */
export type Attributes = Record<string, AttributeValue>;

/** The same as values of the language. */
export type ItemFields = Readonly<Record<string, string | number | Buffer>>;

const StoredAttributes = z.record(
  z.string(),
  z.looseObject({ S: z.string().optional(), N: z.string().optional(), B: z.string().optional() }),
);

/** Writes texts, numbers and binary content. */
export function toAttributes(fields: ItemFields): Attributes {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, attributeOf(value)]));
}

function attributeOf(value: string | number | Buffer): AttributeValue {
  if (typeof value === 'string') return { S: value };
  return typeof value === 'number' ? { N: String(value) } : { B: value.toString('base64') };
}

/** Reads texts, numbers and binary content, which stays base64. Drops an attribute of another type: this product writes none. */
export function fromAttributes(attributes: unknown): Record<string, string | number> {
  const fields = Object.entries(StoredAttributes.parse(attributes)).flatMap(([name, { S, N, B = S }]) => {
    const value = N === undefined ? B : Number(N);
    return value === undefined ? [] : [[name, value] satisfies [string, string | number]];
  });
  return Object.fromEntries(fields);
}
