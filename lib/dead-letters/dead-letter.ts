import type { ReceivedMessage } from '#lib/aws/readable-queue';
import { type DeadLetterSubject, readSubject } from './subject.ts';

/** A dead letter with its own attributes. Times are ISO 8601 texts. */
export type DeadLetter = {
  /** The function of its queue, by its name in the stack. */
  functionName: string;
  /** The id of the message in the dead-letter queue. */
  messageId: string;
  /** The handle to delete it. It is valid while SQS hides the message. */
  receiptHandle: string;
  body: string;
  subject: DeadLetterSubject;
  /**
   * The reason why it is a dead letter: its function refused it, the API refused it, it failed too often, or SQS moved it without a
   * reason.
   */
  cause: 'refused-by-function' | 'refused-by-api' | 'failed' | 'moved';
  sentAt: string | undefined;
  buriedAt: string | undefined;
  reason: string | undefined;
  receives: string | undefined;
  firstError: DeadLetterError | undefined;
  lastError: DeadLetterError | undefined;
};

export type DeadLetterError = { text: string; at: string | undefined };

/** Reads a dead letter of a function's queue, as SQS hands it over. */
export function readDeadLetter(
  functionName: string,
  { messageId, receiptHandle, body, sentAtMs, attributes }: ReceivedMessage,
): DeadLetter {
  const errorOf = (name: 'firstError' | 'lastError'): DeadLetterError | undefined => {
    const text = attributes[name];
    return text === undefined ? undefined : { text, at: attributes[`${name}At`] };
  };
  return {
    functionName,
    messageId,
    receiptHandle,
    body,
    subject: readSubject(body, attributes['messageId'] ?? messageId),
    cause: causeOf(attributes),
    sentAt: attributes['sentAt'] ?? (sentAtMs === undefined ? undefined : new Date(sentAtMs).toISOString()),
    buriedAt: attributes['buriedAt'],
    reason: attributes['reason'],
    receives: attributes['receives'],
    firstError: errorOf('firstError'),
    lastError: errorOf('lastError'),
  };
}

function causeOf(attributes: ReceivedMessage['attributes']): DeadLetter['cause'] {
  if (attributes['firstError'] !== undefined) return 'failed';
  // A dead letter of a refusal by the API names the failed remediation.
  if (attributes['remediation'] !== undefined) return 'refused-by-api';
  return attributes['reason'] === undefined ? 'moved' : 'refused-by-function';
}
