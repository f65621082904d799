import { type ReceivedMessage, receivedMessageKey, receivedMessageKind } from '#lib/journal/received-message';
import { createDocument, readDocument } from '#lib/ledger/change';
import type { Logger } from '#lib/log';
import type { ReceiveServices } from './receive.ts';

/**
 * Works on a message of a source once. The same message again gets the same answer, and causes no work. A message is
 * remembered only when its work has succeeded, so a sender can try again after an error. Two copies at the same time may both
 * cause work, with the same result.
 *
 * @param kept the part of the answer that a copy gets.
 */
export async function takeOnce(
  source: string,
  messageId: string | undefined,
  { store, clock }: Pick<ReceiveServices, 'store' | 'clock'>,
  log: Logger,
  work: () => Promise<unknown>,
  kept: (answer: unknown) => unknown = (answer) => answer,
): Promise<unknown> {
  if (messageId === undefined) return work();
  const key = receivedMessageKey(source, messageId);
  const known = await readDocument<ReceivedMessage>(store, receivedMessageKind, key);
  if (known) {
    log.info('a message was received before: nothing is done for it again', { source, messageId });
    return known.answer;
  }
  const answer = await work();
  const at = new Date(clock.now()).toISOString();
  await createDocument<ReceivedMessage>(store, receivedMessageKind, key, { at, answer: kept(answer) });
  return answer;
}
