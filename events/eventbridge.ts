import * as z from 'zod';
import { UtcTime } from '#lib/bounds';
import { LenientText } from './lenient.ts';

const Name = z.string('must be a text').min(1, 'must not be empty').max(2_048);

/**
 * An event of Amazon EventBridge.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
 */
export const EventBridgeEvent = z.looseObject({
  id: Name,
  'detail-type': Name,
  source: Name,
  time: z
    .unknown()
    .optional()
    .transform((value) => UtcTime.safeParse(value).data),
  detail: z.unknown(),
});
export type EventBridgeEvent = z.output<typeof EventBridgeEvent>;

const SnsMessage = z.looseObject({
  MessageId: Name,
  Message: z.string('must be a text'),
  TopicArn: LenientText,
});

/**
 * A message of Amazon SNS, as SNS hands it to a function.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
 */
export const SnsRecord = z.looseObject({
  EventSource: z.literal('aws:sns', 'must be "aws:sns"'),
  Sns: SnsMessage,
});

/**
 * A message of Amazon SQS, as SQS hands it to a function: a queue may lie between.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export const SqsRecord = z.looseObject({
  eventSource: z.literal('aws:sqs'),
  messageId: Name,
  body: z.string('must be a text'),
});

/**
 * A message of Amazon SNS, as SNS posts it to an address.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html
 */
export const PostedSnsMessage = z.discriminatedUnion('Type', [
  z.looseObject({ Type: z.literal('Notification'), ...SnsMessage.shape }),
  z.looseObject({ Type: z.enum(['SubscriptionConfirmation', 'UnsubscribeConfirmation']), TopicArn: Name }),
]);
