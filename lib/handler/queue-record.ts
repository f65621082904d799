import type { SQSRecord } from 'aws-lambda';

/** One message of a batch, as far as anyone needs to know it. */
export type QueueRecord = {
  messageId: string;
  body: string;
  /** When it was put on the queue, epoch milliseconds. */
  sentAtMs: number;
  /** How often it has been delivered, this time included. */
  receiveCount: number;
  /** Of a command that was put off: for the how manieth time when this message was sent. */
  deferral?: number;
};

/** The message attribute that holds `deferral`. */
export const DEFERRAL_ATTRIBUTE = 'deferral';

export function toQueueRecord({ messageId, body, attributes, messageAttributes }: SQSRecord): QueueRecord {
  const deferral = messageAttributes[DEFERRAL_ATTRIBUTE]?.stringValue;
  return {
    messageId,
    body,
    sentAtMs: Number(attributes.SentTimestamp),
    receiveCount: Number(attributes.ApproximateReceiveCount),
    ...(deferral !== undefined && { deferral: Number(deferral) }),
  };
}
