import { expect, it } from 'vitest';
import { sqsEvent } from '#local/cloud/queues/sqs-event';

const queue = {
  logicalId: 'WorkQueue',
  name: 'work',
  arn: 'arn:aws:sqs:eu-central-1:000000000000:work',
  url: 'http://127.0.0.1:1/000000000000/work',
  attributes: {},
};

it('a received message becomes a record as Lambda sends it', () => {
  const message = {
    MessageId: 'm1',
    ReceiptHandle: 'r1',
    Body: '{"id":1}',
    MD5OfBody: 'b1',
    MD5OfMessageAttributes: 'a1',
    Attributes: {
      ApproximateReceiveCount: '2',
      SentTimestamp: '1795215262192',
      SenderId: '000000000000',
      ApproximateFirstReceiveTimestamp: '1795215262200',
    },
    MessageAttributes: {
      kind: { DataType: 'String', StringValue: 'command' },
      blob: { DataType: 'Binary', BinaryValue: new Uint8Array([255, 0]) },
    },
  };
  expect(sqsEvent([message], queue, 'eu-central-1')).toEqual({
    Records: [
      {
        messageId: 'm1',
        receiptHandle: 'r1',
        body: '{"id":1}',
        attributes: message.Attributes,
        messageAttributes: {
          kind: { stringValue: 'command', stringListValues: [], binaryListValues: [], dataType: 'String' },
          blob: { binaryValue: '/wA=', stringListValues: [], binaryListValues: [], dataType: 'Binary' },
        },
        md5OfBody: 'b1',
        md5OfMessageAttributes: 'a1',
        eventSource: 'aws:sqs',
        eventSourceARN: queue.arn,
        awsRegion: 'eu-central-1',
      },
    ],
  });
});
