import type { Message } from '@aws-sdk/client-sqs';
import { readSubject, type Subject } from './subject.ts';

/** A dead letter, with what it says of itself. Texts of times are ISO 8601. */
export type DeadLetter = {
  /** The function whose message it was, by its name in serverless.yml. */
  functionName: string;
  /** As it lies in the dead-letter queue. */
  messageId: string;
  /** What it is deleted by, for as long as it is held. */
  receiptHandle: string;
  body: string;
  subject: Subject;
  /** How it got here: its function refused it, the API did, it failed too often, or it was moved by its queue without a word. */
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
  // What is buried for the API's refusal names the remediation that has failed with it.
  if (said('remediation') !== undefined) return 'refused-by-api';
  return said('reason') === undefined ? 'moved' : 'refused-by-function';
}
