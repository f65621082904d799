import { jsonBytes } from '#lib/json-bytes';

// One place for the sizes that the ledger's documents are held to, in bytes of UTF-8 of their JSON.

/** DynamoDB stores no item above 400 KB, names of attributes included (Developer Guide, "Service, account, and table quotas"). */
export const MAX_ITEM_BYTES = 400 * 1024;

/** How each node of a remediation stands. Beyond it the reasons are cut. */
export const MAX_OUTCOME_BYTES = 80 * 1024;

/** The alerts that speak for one remediation. Of more, those that began last count. */
export const MAX_ALERTS = 400;

/** The entries into states of which people were told; the newest are kept. */
export const MAX_NOTIFIED = 50;

/** The lists of a pool's document. Together they leave room for the rest of it. */
export const MAX_HELD_BYTES = 256 * 1024;
export const MAX_REPORTED_BYTES = 24 * 1024;

/** The tags that are remembered of a node, and the tag policies that a pool was sent. */
export const MAX_TAGS_BYTES = 128 * 1024;
export const MAX_POLICIES_BYTES = 256 * 1024;

/** A document that the table would not take. Nothing was written, and trying again does not help. */
export class DocumentTooLargeError extends Error {
  override name = 'DocumentTooLargeError';
  readonly bytes: number;

  constructor(key: string, bytes: number) {
    super(`the ledger's document ${key.slice(0, 200)} would have ${bytes} bytes; it holds ${MAX_ITEM_BYTES}`);
    this.bytes = bytes;
  }
}

/**
 * Checks that the table would take a document. Every store calls it before it writes.
 *
 * @throws DocumentTooLargeError
 */
export function assertFits(document: Readonly<Record<string, unknown>> & { pk: string }): void {
  const { value, ...attributes } = document;
  const bytes = jsonBytes(value) + jsonBytes(attributes) + 'value'.length;
  if (bytes > MAX_ITEM_BYTES) throw new DocumentTooLargeError(document.pk, bytes);
}

/** The longest beginning of a list whose entries have at most so many bytes together. */
export function firstWithin<Entry>(entries: readonly Entry[], maxBytes: number): Entry[] {
  let bytes = 0;
  const end = entries.findIndex((entry) => (bytes += jsonBytes(entry) + 1) > maxBytes);
  return end === -1 ? [...entries] : entries.slice(0, end);
}
