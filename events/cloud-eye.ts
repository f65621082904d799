import * as z from 'zod';
import { isSaneTime } from '#lib/bounds';

/** A text, or a number or truth value that some templates write in its place. Anything else, and an empty text, is absent. */
const Text = z
  .unknown()
  .optional()
  .transform((value) => {
    const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
    return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;
  });

/** Epoch milliseconds. An unreadable time is absent. */
const Milliseconds = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'number' && isSaneTime(value) ? value : undefined));

const List = z
  .unknown()
  .optional()
  .transform((value): unknown[] => (Array.isArray(value) ? value : []));

const variables = {
  AlarmId: Text,
  AlarmRuleName: Text,
  AlarmLevel: Text,
  AlarmTime: Text,
  AlarmDesc: Text,
  CurrentData: Text,
  EventContent: Text,
  Link: Text,
  MetricName: Text,
  Namespace: Text,
  PrivateIp: Text,
  PublicIp: Text,
  Region: Text,
  RegionId: Text,
  ResourceId: Text,
  ResourceName: Text,
};
const Variables = z.preprocess(
  (value) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}),
  z.object(variables),
);

/**
 * The alarm of Cloud Eye as it publishes it to a topic without a message template. No page of Huawei's describes it; this shape
 * is from messages that users of it have published. An alarm about an event has the event's id in place of a metric.
 */
export const CloudEyeAlarm = z.object({
  alarm_status: z.preprocess(
    (value) => (typeof value === 'string' ? value.toLowerCase() : value),
    z.enum(['alarm', 'ok'], 'must be "alarm" or "ok"'),
  ),
  alarm_id: Text,
  alarm_name: Text,
  time: Milliseconds,
  namespace: Text,
  metric_name: Text,
  /** `instance_id:…`, several with commas between them. */
  dimension: Text,
  comparison_operator: Text,
  alarmValue: List,
  default_content: Text,
  template_variable: Variables,
});
export type CloudEyeAlarm = z.output<typeof CloudEyeAlarm>;

/** The same as a notification group of Cloud Eye publishes it: the variables of a template alone, in the language of the account. */
export const CloudEyeData = z.object({
  data: z.object({ IsAlarm: z.boolean('must be true or false'), ...variables }),
});
export type CloudEyeData = z.output<typeof CloudEyeData>;
