import * as z from 'zod';
import { isSaneTime } from '#lib/bounds';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text; anything else, and an empty text, is absent. */
const Text = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined));

/** CloudWatch writes the offset of a time without a colon: `2026-11-20T10:00:00.123+0000`. An unreadable time is absent. */
const Time = z
  .unknown()
  .optional()
  .transform((value) => {
    const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    return isSaneTime(ms) ? new Date(ms).toISOString() : undefined;
  });

/** Names with texts. */
const Texts = z
  .unknown()
  .optional()
  .transform((value): Record<string, string> => {
    if (!isRecord(value)) return {};
    const known = Object.entries(value).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    return Object.fromEntries(known);
  });

/** A name and a value in each item, as SNS has the dimensions of an alarm. */
const Pairs = z
  .unknown()
  .optional()
  .transform((value): Record<string, string> => {
    const items = Array.isArray(value) ? value.filter(isRecord) : [];
    return Object.fromEntries(
      items.flatMap(({ name, value: text }) =>
        typeof name === 'string' && typeof text === 'string' ? [[name, text]] : [],
      ),
    );
  });

const part = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.preprocess((value) => (isRecord(value) ? value : {}), z.object(shape));

const list = <Item extends z.ZodType>(item: Item) =>
  z.preprocess((value) => (Array.isArray(value) ? value : []), z.array(item));

const Metric = part({ namespace: Text, name: Text, dimensions: Texts });

/** The new state of an alarm, with the facts that EventBridge and the Lambda action of an alarm share. */
const Data = part({
  alarmName: Text,
  state: part({ value: Text, reason: Text, timestamp: Time, actionsSuppressedBy: Text }),
  configuration: part({
    description: Text,
    metrics: list(part({ metricStat: part({ metric: Metric }) })),
  }),
  alarmContributor: part({ contributorId: Text, attributes: Texts }),
});

/**
 * The event of an alarm of CloudWatch that invokes a function by itself.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
 */
export const AlarmAction = part({
  alarmArn: Text,
  accountId: Text,
  region: Text,
  time: Time,
  alarmData: Data,
});

/**
 * The event of EventBridge about the new state of an alarm, or of one contributor to it. `resources` has the ARN of the alarm.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */
export const AlarmStateChange = part({
  account: Text,
  region: Text,
  time: Time,
  resources: list(Text),
  detail: Data,
});

/**
 * The message of an alarm to a topic of Amazon SNS.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
export const AlarmMessage = part({
  AlarmName: Text,
  AlarmDescription: Text,
  AlarmArn: Text,
  AWSAccountId: Text,
  NewStateValue: Text,
  NewStateReason: Text,
  StateChangeTime: Time,
  AlarmContributorId: Text,
  AlarmContributorAttributes: Texts,
  Trigger: part({ MetricName: Text, Namespace: Text, Dimensions: Pairs }),
});
