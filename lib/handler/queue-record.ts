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
  /** The person who has sent it back from the dead letters. */
  redrivenBy?: string;
};

/** The message attribute that holds `deferral`. */
export const DEFERRAL_ATTRIBUTE = 'deferral';

/** The message attribute that holds `redrivenBy`. */
export const REDRIVEN_BY_ATTRIBUTE = 'redrivenBy';

export function toQueueRecord({ messageId, body, attributes, messageAttributes }: SQSRecord): QueueRecord {
  const deferral = messageAttributes[DEFERRAL_ATTRIBUTE]?.stringValue;
  const redrivenBy = messageAttributes[REDRIVEN_BY_ATTRIBUTE]?.stringValue;
  return {
    messageId,
    body,
    sentAtMs: Number(attributes.SentTimestamp),
    receiveCount: Number(attributes.ApproximateReceiveCount),
    ...(deferral !== undefined && { deferral: Number(deferral) }),
    ...(redrivenBy !== undefined && { redrivenBy }),
  };
}
