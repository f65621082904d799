import * as z from 'zod';
import { isRecord } from '#lib/is-record';
import { timeInUtc } from '#lib/time-text';
import { LenientText, lenientPart } from './lenient.ts';

/** CloudWatch writes the offset of a time without a colon: `2026-11-20T10:00:00.123+0000`. An unreadable time is absent. */
const Time = z
  .unknown()
  .optional()
  .transform((value) => {
    const ms = typeof value === 'string' ? timeInUtc(value) : undefined;
    return ms === undefined ? undefined : new Date(ms).toISOString();
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

/** A name and a value in each item, as SNS has the dimensions of an alarm; relays write them as the API of CloudWatch does. */
const Pairs = z
  .unknown()
  .optional()
  .transform((value): Record<string, string> => {
    const items = Array.isArray(value) ? value.filter(isRecord) : [];
    return Object.fromEntries(
      items.flatMap(({ Name, Value, name = Name, value: text = Value }) =>
        typeof name === 'string' && typeof text === 'string' ? [[name, text]] : [],
      ),
    );
  });

const list = <Item extends z.ZodType>(item: Item) =>
  z.preprocess((value) => (Array.isArray(value) ? value : []), z.array(item));

const Metric = lenientPart({ namespace: LenientText, name: LenientText, dimensions: Texts });

/** The new state of an alarm, with the facts that EventBridge and the Lambda action of an alarm share. */
const Data = lenientPart({
  alarmName: LenientText,
  state: lenientPart({
    value: LenientText,
    reason: LenientText,
    timestamp: Time,
    actionsSuppressedBy: LenientText,
  }),
  configuration: lenientPart({
    description: LenientText,
    metrics: list(lenientPart({ metricStat: lenientPart({ metric: Metric }) })),
  }),
  alarmContributor: lenientPart({ contributorId: LenientText, attributes: Texts }),
});

/**
 * The event of an alarm of CloudWatch that invokes a function by itself.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
 */
export const AlarmAction = lenientPart({
  alarmArn: LenientText,
  accountId: LenientText,
  region: LenientText,
  time: Time,
  alarmData: Data,
});

/**
 * The event of EventBridge about the new state of an alarm, or of one contributor to it. `resources` has the ARN of the alarm.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */
export const AlarmStateChange = lenientPart({
  account: LenientText,
  region: LenientText,
  time: Time,
  resources: list(LenientText),
  detail: Data,
});

const MESSAGE_METRIC = { MetricName: LenientText, Namespace: LenientText, Dimensions: Pairs };

/**
 * The message of an alarm to a topic of Amazon SNS.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
export const AlarmMessage = lenientPart({
  AlarmName: LenientText,
  AlarmDescription: LenientText,
  AlarmArn: LenientText,
  /** For people, such as `EU (Frankfurt)`. The ARN has the code. */
  Region: LenientText,
  AWSAccountId: LenientText,
  NewStateValue: LenientText,
  NewStateReason: LenientText,
  StateChangeTime: Time,
  AlarmContributorId: LenientText,
  AlarmContributorAttributes: Texts,
  Trigger: lenientPart({
    ...MESSAGE_METRIC,
    /** The metrics of an alarm about an expression, which has none of its own. */
    Metrics: list(lenientPart({ MetricStat: lenientPart({ Metric: lenientPart(MESSAGE_METRIC) }) })),
  }),
});
