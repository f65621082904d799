import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  ListQueuesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { ReceivedMessage } from '#lib/aws/readable-queue';
import { type DeadLetter, readDeadLetter } from '#lib/dead-letters/dead-letter';
import { bodyToSend } from '#lib/dead-letters/subject';

/** A dead-letter queue, and the queue of the same function, if it has one. */
export type QueuePair = { functionName: string; deadLetters: string; source: string | undefined };

const SUFFIX = '-dlq';

/** How long SQS hides dead letters that a reader has received. Then they are visible again, even if the reader died. */
const HELD_SECONDS = 120;

/** Limit of the dead letters read from one queue. */
const MAX_LETTERS = 1000;

/** The queues of a stage, by the names that serverless.yml gives them. */
export async function findQueues(sqs: SQSClient, stage: string): Promise<QueuePair[]> {
  const prefix = `poolkeeper-${stage}-`;
  const urls = new Map<string, string>();
  let NextToken: string | undefined;
  do {
    const page = await sqs.send(
      new ListQueuesCommand({ QueueNamePrefix: prefix, MaxResults: 1000, ...(NextToken && { NextToken }) }),
    );
    for (const url of page.QueueUrls ?? []) urls.set(nameOf(url).slice(prefix.length), url);
    ({ NextToken } = page);
  } while (NextToken);
  return [...urls]
    .filter(([name]) => name.endsWith(SUFFIX))
    .map(([name, deadLetters]) => {
      const functionName = name.slice(0, -SUFFIX.length);
      return { functionName, deadLetters, source: urls.get(functionName) };
    })
    .toSorted((a, b) => a.functionName.localeCompare(b.functionName));
}

/** All messages of a dead-letter queue, oldest first. SQS hides them until `releaseMessage`, at most for `HELD_SECONDS`. */
export async function readAll(
  sqs: SQSClient,
  { functionName, deadLetters }: QueuePair,
): Promise<DeadLetter[]> {
  const found = new Map<string, DeadLetter>();
  while (found.size < MAX_LETTERS) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: deadLetters,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: HELD_SECONDS,
        // Asks all servers of the queue, not a sample.
        WaitTimeSeconds: 1,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['SentTimestamp'],
      }),
    );
    if (Messages.length === 0) break;
    for (const message of Messages) {
      const letter = readDeadLetter(functionName, received(message));
      found.set(letter.messageId, letter);
    }
  }
  return [...found.values()].toSorted((a, b) => ((a.sentAt ?? '') < (b.sentAt ?? '') ? -1 : 1));
}

/** A message as the functions' own client of SQS hands it over. */
function received({
  MessageId = '',
  ReceiptHandle = '',
  Body = '',
  Attributes,
  MessageAttributes = {},
}: Message): ReceivedMessage {
  const sentAt = Attributes?.SentTimestamp;
  const said = Object.entries(MessageAttributes).flatMap(([name, { StringValue }]) =>
    StringValue === undefined ? [] : [[name, StringValue] as const],
  );
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    ...(sentAt !== undefined && { sentAtMs: Number(sentAt) }),
    attributes: Object.fromEntries(said),
  };
}

/** Releases letters, so that they are visible again at once. */
export async function releaseMessage(
  sqs: SQSClient,
  { deadLetters }: QueuePair,
  letters: readonly DeadLetter[],
): Promise<void> {
  for (let start = 0; start < letters.length; start += 10) {
    const Entries = letters.slice(start, start + 10).map(({ receiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: 0,
    }));
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: deadLetters, Entries }));
  }
}

/** Puts a dead letter back on its queue, and then deletes it. A process that dies in between leaves two copies with one id. */
export async function sendBack(sqs: SQSClient, pair: QueuePair, letter: DeadLetter): Promise<void> {
  if (pair.source === undefined)
    throw new Error(`${pair.functionName} has no queue to send ${letter.messageId} back to`);
  const MessageBody = bodyToSend(letter.body, letter.subject);
  await sqs.send(new SendMessageCommand({ QueueUrl: pair.source, MessageBody }));
  await takeAway(sqs, pair, letter);
}

export async function takeAway(
  sqs: SQSClient,
  { deadLetters }: QueuePair,
  letter: DeadLetter,
): Promise<void> {
  await sqs.send(new DeleteMessageCommand({ QueueUrl: deadLetters, ReceiptHandle: letter.receiptHandle }));
}

function nameOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
