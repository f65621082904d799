import * as z from 'zod';
import type { DocumentKind } from './change.ts';
import { expiry } from './remediation.ts';
import type { DocumentKey } from './store.ts';

/** How far one target is: told; it said no to the message `messageId`; or it could not be told yet. */
const Progress = z.discriminatedUnion('state', [
  z.object({ state: z.literal('told'), at: z.iso.datetime() }),
  z.object({ state: z.literal('refused'), at: z.iso.datetime(), why: z.string(), messageId: z.string() }),
  z.object({
    state: z.literal('failed'),
    at: z.iso.datetime(),
    why: z.string(),
    /** The target asked not to be tried before. */
    notBefore: z.iso.datetime().optional(),
  }),
]);
export type Progress = z.output<typeof Progress>;

/** How far the telling of one notice is. It is there from the first attempt on. */
const NoticeRecord = z.object({
  id: z.string(),
  firstTriedAt: z.iso.datetime(),
  /** By a hash of the target: its URL is a secret. */
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
