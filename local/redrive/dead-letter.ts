import type { Message } from '@aws-sdk/client-sqs';
import { readSubject, type Subject } from './subject.ts';

/** A dead letter with its own attributes. Times are ISO 8601 texts. */
export type DeadLetter = {
  /** The function of its queue, by its name in the stack. */
  functionName: string;
  /** The body in the dead-letter queue. */
  messageId: string;
  /** The handle to delete it, valid while it is held. */
  receiptHandle: string;
  body: string;
  subject: Subject;
  /**
   * The reason of its burial: its function refused it, the API did, it failed too often, or its queue moved it without a
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
  // A message that was buried because of the API's refusal names the remediation that failed with it.
  if (said('remediation') !== undefined) return 'refused-by-api';
  return said('reason') === undefined ? 'moved' : 'refused-by-function';
}
