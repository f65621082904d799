import * as z from 'zod';
import type { DocumentKind } from '../change.ts';
import type { DocumentKey } from '../store.ts';

/** Whether notices arrive at a recipient. Absent fields: they do. */
const RecipientRecord = z.object({
  recipient: z.string(),
  /** Since when every attempt has failed. */
  failingSince: z.iso.datetime().optional(),
  /** When the others heard of it. */
  reportedAt: z.iso.datetime().optional(),
});
export type RecipientRecord = z.output<typeof RecipientRecord>;

export const recipientRecordKind: DocumentKind<RecipientRecord> = {
  name: 'recipient',
  schema: RecipientRecord,
};

export function recipientRecordKey(recipient: string): DocumentKey {
  return { pk: `recipient#${recipient}`, sk: '-' };
}
