import {
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Cloud } from '#local/cloud/cloud';
import { until } from '../stack/until.ts';

export type QueueClient = {
  /** Puts messages on a queue: texts, or what is written as JSON. */
  send(queue: string, ...bodies: (string | object)[]): Promise<void>;
  /** Waits for a dead letter. @param queue by default that of reset-nodes */
  deadLetter(isIt: (message: Message) => boolean, queue?: string): Promise<Message>;
  /** All of them that have been seen. */
  deadLetters(queue?: string): Promise<readonly Message[]>;
  /** Messages that are on a queue, whether visible, delayed or in work. */
  messagesOn(queue: string): Promise<number>;
  /** The same without those that are delayed: commands that wait for their time. */
  messagesDueOn(queue: string): Promise<number>;
  close(): void;
};

/** The queues of a local cloud, by their logical ids. */
export function createQueueClient(cloud: Cloud): QueueClient {
  const sqs = new SQSClient({
    endpoint: cloud.sqsEndpoint,
    region: 'us-east-1',
    credentials: cloud.credentials,
  });
  const buried: Message[] = [];

  async function deadLetters(queue = 'ResetNodesDeadLetterQueue'): Promise<readonly Message[]> {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: cloud.queueUrl(queue),
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        VisibilityTimeout: 3600,
      }),
    );
    buried.push(...Messages);
    return buried;
  }

  async function countMessages(queue: string): Promise<{ due: number; delayed: number }> {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: cloud.queueUrl(queue), AttributeNames: ['All'] }),
    );
    const {
      ApproximateNumberOfMessages: visible,
      ApproximateNumberOfMessagesNotVisible: inWork,
      ApproximateNumberOfMessagesDelayed: delayed,
    } = Attributes;
    return { due: Number(visible) + Number(inWork), delayed: Number(delayed) };
  }

  return {
    deadLetters,

    async send(queue, ...bodies) {
      for (let from = 0; from < bodies.length; from += 10) {
        const Entries = bodies.slice(from, from + 10).map((body, index) => ({
          Id: String(index),
          MessageBody: typeof body === 'string' ? body : JSON.stringify(body),
        }));
        await sqs.send(new SendMessageBatchCommand({ QueueUrl: cloud.queueUrl(queue), Entries }));
      }
    },

    async deadLetter(isIt, queue) {
      return until(
        async () => (await deadLetters(queue)).find(isIt),
        () =>
          `no dead letter fits; there are ${JSON.stringify(buried.map((each) => each.MessageAttributes))}`,
      );
    },

    async messagesOn(queue) {
      const { due, delayed } = await countMessages(queue);
      return due + delayed;
    },

    messagesDueOn: async (queue) => (await countMessages(queue)).due,

    close: () => sqs.destroy(),
  };
}

/** The value of an attribute of a dead letter. */
export function attribute({ MessageAttributes = {} }: Message, name: string): string | undefined {
  return MessageAttributes[name]?.StringValue;
}
