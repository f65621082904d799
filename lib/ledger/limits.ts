import { jsonBytes } from '#lib/json-bytes';

// The bounds of the ledger's documents. Those in bytes count the UTF-8 of their JSON.

/** DynamoDB stores no item above 400 KB, names of attributes included (Developer Guide, "Service, account, and table quotas"). */
export const MAX_ITEM_BYTES = 400 * 1024;

/** The outcomes of a remediation's nodes. Beyond this size their reasons are cut. */
export const MAX_OUTCOME_BYTES = 80 * 1024;

/** The alerts that speak for one remediation. If there are more, those that began last count. */
export const MAX_ALERTS = 400;

/** The entries into states whose notices every recipient has; the newest are kept. */
export const MAX_NOTIFIED = 50;

/** The lists of a pool's document. Together they leave room for the rest of it. */
export const MAX_HELD_BYTES = 256 * 1024;
export const MAX_REPORTED_BYTES = 24 * 1024;
/** Room for some two hundred nodes: the document keeps those that were isolated last. */
export const MAX_ISOLATED_BYTES = 32 * 1024;
/** Room for some two thousand nodes: the document keeps the first supernodes in the order of their ids. */
export const MAX_SUPERNODES_BYTES = 56 * 1024;

/** The known tags of a node, and the tag policies of a pool. */
export const MAX_TAGS_BYTES = 128 * 1024;
export const MAX_POLICIES_BYTES = 256 * 1024;

/** A part of the identities of a pool's nodes in its snapshot. */
export const MAX_ROSTER_PART_BYTES = 320 * 1024;

/** A document is too large for the table. Nothing was written, and a retry does not help. */
export class DocumentTooLargeError extends Error {
  override name = 'DocumentTooLargeError';
  readonly bytes: number;

  constructor(key: string, bytes: number) {
    super(`the ledger's document ${key.slice(0, 200)} would have ${bytes} bytes; it holds ${MAX_ITEM_BYTES}`);
    this.bytes = bytes;
  }
}

/**
 * Checks that a document is small enough for the table. Every store calls it before it writes.
 *
 * @throws DocumentTooLargeError
 */
export function assertFits(document: Readonly<Record<string, unknown>> & { pk: string }): void {
  const { value, ...attributes } = document;
  const bytes = jsonBytes(value) + jsonBytes(attributes) + 'value'.length;
  if (bytes > MAX_ITEM_BYTES) throw new DocumentTooLargeError(document.pk, bytes);
}

/** The longest beginning of a list whose entries together have at most `maxBytes` bytes as JSON. */
export function firstWithin<Entry>(entries: readonly Entry[], maxBytes: number): Entry[] {
  let bytes = 0;
  const end = entries.findIndex((entry) => (bytes += jsonBytes(entry) + 1) > maxBytes);
  return end === -1 ? [...entries] : entries.slice(0, end);
}
