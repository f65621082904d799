import * as z from 'zod';
import type { DocumentKind } from '../change.ts';
import { type DocumentKey, expiry } from '../store.ts';

/**
 * One recipient of a notice: `told` has it; `refused` said no to the message `messageId`; `failed` could not be reached yet; for `waiting` it
 * is in a list of the recipient.
 */
const Progress = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('told'),
    at: z.iso.datetime(),
    /** The list of the recipient that had it. */
    list: z.string().optional(),
  }),
  z.object({ state: z.literal('refused'), at: z.iso.datetime(), why: z.string(), messageId: z.string() }),
  z.object({
    state: z.literal('failed'),
    at: z.iso.datetime(),
    why: z.string(),
    /** The number of failed attempts. */
    tries: z.int().optional(),
    /** No try before this time: the recipient asked for a pause, or has failed several times. */
    notBefore: z.iso.datetime().optional(),
  }),
  z.object({ state: z.literal('waiting'), at: z.iso.datetime() }),
]);
export type Progress = z.output<typeof Progress>;

/** The progress of one notice, from its first attempt on. */
const NoticeRecord = z.object({
  id: z.string(),
  firstTriedAt: z.iso.datetime(),
  /** By a hash of the recipient, because its URL is a secret. */
  targets: z.record(z.string(), Progress),
});
export type NoticeRecord = z.output<typeof NoticeRecord>;

export const noticeRecordKind: DocumentKind<NoticeRecord> = {
  name: 'notice',
  schema: NoticeRecord,
  index: ({ firstTriedAt }) => expiry(firstTriedAt),
};

export function noticeRecordKey(id: string): DocumentKey {
  return { pk: `notice#${id}`, sk: '-' };
}
