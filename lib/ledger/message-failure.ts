import * as z from 'zod';
import type { DocumentKind } from './change.ts';
import { type DocumentKey, expiry } from './store.ts';

/** The first and the last error of a message that is delivered again. */
const MessageFailure = z.object({
  messageId: z.string(),
  firstError: z.string(),
  firstErrorAt: z.iso.datetime(),
  lastError: z.string(),
  lastErrorAt: z.iso.datetime(),
});
export type MessageFailure = z.output<typeof MessageFailure>;

/** Longer than a queue keeps its messages, which is four days. */
const KEPT_MS = 7 * 24 * 3_600_000;

export const messageFailureKind: DocumentKind<MessageFailure> = {
  name: 'failure of a message',
  schema: MessageFailure,
  index: ({ lastErrorAt }) => expiry(lastErrorAt, KEPT_MS),
};

export function messageFailureKey(messageId: string): DocumentKey {
  return { pk: `failure#${messageId}`, sk: '-' };
}
