import type { Message } from '@aws-sdk/client-sqs';
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
  firstError: { text: string; at: string | undefined } | undefined;
  lastError: { text: string; at: string | undefined } | undefined;
};

export function readDeadLetter(functionName: string, message: Message): DeadLetter {
  const { MessageId: messageId = '', ReceiptHandle: receiptHandle = '', Body: body = '' } = message;
  const said = (name: string): string | undefined => message.MessageAttributes?.[name]?.StringValue;
  const sentAtMs = message.Attributes?.SentTimestamp;
  const errorOf = (name: 'firstError' | 'lastError') => {
    const text = said(name);
    return text === undefined ? undefined : { text, at: said(`${name}At`) };
  };
  return {
    functionName,
    messageId,
    receiptHandle,
    body,
    subject: readSubject(body, said('messageId') ?? messageId),
    cause: causeOf(said),
    sentAt: said('sentAt') ?? (sentAtMs === undefined ? undefined : new Date(Number(sentAtMs)).toISOString()),
    buriedAt: said('buriedAt'),
    reason: said('reason'),
    receives: said('receives'),
    firstError: errorOf('firstError'),
    lastError: errorOf('lastError'),
  };
}

function causeOf(said: (name: string) => string | undefined): DeadLetter['cause'] {
  if (said('firstError') !== undefined) return 'failed';
  // A dead letter of a refusal by the API names the failed remediation.
  if (said('remediation') !== undefined) return 'refused-by-api';
  return said('reason') === undefined ? 'moved' : 'refused-by-function';
}
