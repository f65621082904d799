import type { SQSRecord } from 'aws-lambda';

/** The parts of a message that functions need. */
export type QueueRecord = {
  messageId: string;
  body: string;
  /** The time at which the message was sent, epoch milliseconds. */
  sentAtMs: number;
  /** Number of deliveries, including this one. */
  receiveCount: number;
  /** How many times the command had been deferred when this message was sent. */
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
