import * as z from 'zod';
import { Notice } from '#events/notice';
import type { DocumentKind } from '../change.ts';
import type { DocumentKey } from '../store.ts';

/** Notices that go to a recipient in one message. They do not change any more, so that every copy of the message is the same. */
const ClosedList = z.object({
  id: z.string(),
  notices: z.array(Notice),
  /** A process sends it until this time. */
  claimedUntil: z.iso.datetime().optional(),
  /** The recipient has refused it, in the name of this message. Another message sends it again: a person has sent back the dead letter. */
  refusedFor: z.string().optional(),
});
export type ClosedList = z.output<typeof ClosedList>;

/** The notices that a recipient with a digest does not have yet. */
const DigestRecord = z.object({
  /** The hash of the recipient. */
  recipient: z.string(),
  /** The list that still takes notices. It is closed when it is due, or full. */
  open: z.object({ dueAt: z.iso.datetime(), notices: z.array(Notice) }).optional(),
  closed: z.array(ClosedList),
});
export type DigestRecord = z.output<typeof DigestRecord>;

export const digestRecordKind: DocumentKind<DigestRecord> = { name: 'digest', schema: DigestRecord };

export function digestRecordKey(recipient: string): DocumentKey {
  return { pk: `digest#${recipient}`, sk: '-' };
}
