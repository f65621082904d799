import * as z from 'zod';
import type { DocumentKind } from './change.ts';
import { type DocumentKey, expiry } from './store.ts';

/** An unreadable document, when it was first found, and whether people have its notice. */
const UnreadableRecord = z.object({
  document: z.string(),
  why: z.string(),
  at: z.iso.datetime(),
  told: z.boolean(),
});
export type UnreadableRecord = z.output<typeof UnreadableRecord>;

export const unreadableRecordKind: DocumentKind<UnreadableRecord> = {
  name: 'report of an unreadable document',
  schema: UnreadableRecord,
  index: ({ at }) => expiry(at),
};

export function unreadableRecordKey({ pk, sk }: DocumentKey): DocumentKey {
  return { pk: `unreadable#${pk}`, sk };
}
