import * as z from 'zod';
import type { DocumentKind } from '#lib/ledger/change';
import { type DocumentKey, expiry } from '#lib/ledger/store';

/** A message that its source numbers, and the answer to it. */
const ReceivedMessage = z.object({ at: z.iso.datetime(), answer: z.unknown() });
export type ReceivedMessage = z.output<typeof ReceivedMessage>;

/** A source refuses older messages by their own time, so a message needs no memory for longer. */
const KEPT_MS = 2 * 24 * 3_600_000;

export const receivedMessageKind: DocumentKind<ReceivedMessage> = {
  name: 'received message',
  schema: ReceivedMessage,
  index: ({ at }) => expiry(at, KEPT_MS),
};

export function receivedMessageKey(source: string, id: string): DocumentKey {
  return { pk: `received#${source}#${id}`, sk: 'message' };
}
