import { type DeclaredAlarm, metricAlarms, RUNBOOK } from '../alarms.ts';
import type { DeclaredFunction } from '../declaration.ts';
import { functionId, named, pascalCase, queueId } from '../names.ts';
import { OLDEST_MESSAGE_SECONDS } from '../queue-numbers.ts';
import { attribute, type CloudFormationResource, type Resources, ref, STAGE } from './resource.ts';

/** The logical id, in serverless.yml, of the topic that gets every alarm. */
const ALARM_TOPIC = 'AlarmTopic';

/**
 * The alarms of a function and of its queue. A function without room (throttles) needs none of its own: its messages wait, its requests are
 * answered 5xx, or `sweep` is silent.
 */
export function alarmResources({ name, trigger }: DeclaredFunction): Resources {
  const id = pascalCase(name);
  return {
    [`${id}ErrorsAlarm`]: errorsAlarm(name),
    ...(trigger.kind === 'queue' && {
      [`${id}OldestMessageAlarm`]: oldestMessageAlarm(name, trigger.alarms.oldestMessage),
    }),
  };
}

function alarm(properties: Record<string, unknown>): CloudFormationResource {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      // A missing value is a quiet system, not a broken one.
      TreatMissingData: 'notBreaching',
      AlarmActions: [ref(ALARM_TOPIC)],
      ...properties,
    },
  };
}

function errorsAlarm(name: string): CloudFormationResource {
  return alarm({
    AlarmName: named(STAGE, `${name}-errors`),
    AlarmDescription: `${name} has failed. First: its log has the reason. ${RUNBOOK}#errors says more.`,
    Namespace: 'AWS/Lambda',
    MetricName: 'Errors',
    Statistic: 'Sum',
    Dimensions: [{ Name: 'FunctionName', Value: ref(functionId(name)) }],
  });
}

function oldestMessageAlarm(name: string, description: string): CloudFormationResource {
  return alarm({
    AlarmName: named(STAGE, `${name}-oldest-message`),
    AlarmDescription: `${description} ${RUNBOOK}#oldest-message says more.`,
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateAgeOfOldestMessage',
    Statistic: 'Maximum',
    Threshold: OLDEST_MESSAGE_SECONDS,
    OKActions: [ref(ALARM_TOPIC)],
    Dimensions: [{ Name: 'QueueName', Value: attribute(queueId(name), 'QueueName') }],
  });
}

/** The alarms on metrics of Poolkeeper itself. */
export function metricAlarmResources(): Resources {
  return Object.fromEntries(
    metricAlarms.map((declared) => [`${pascalCase(declared.name)}Alarm`, metricAlarm(declared)]),
  );
}

function metricAlarm({
  name,
  metric,
  of = {},
  when,
  periods = 1,
  ends,
  meaning,
  first,
}: DeclaredAlarm): CloudFormationResource {
  const isGauge = metric.kind === 'gauge';
  return alarm({
    AlarmName: named(STAGE, name),
    AlarmDescription: `${meaning} First: ${first}. ${RUNBOOK}#${name} says more.`,
    Namespace: named(STAGE),
    MetricName: metric.name,
    Dimensions: Object.entries(of).map(([Name, Value]) => ({ Name, Value })),
    Period: 300,
    EvaluationPeriods: periods,
    ...(when === 'silent'
      ? {
          Statistic: 'SampleCount',
          Threshold: 1,
          ComparisonOperator: 'LessThanThreshold',
          // The missing value is the fault.
          TreatMissingData: 'breaching',
        }
      : { Statistic: isGauge ? 'Maximum' : 'Sum', Threshold: when.above }),
    ...(ends && { OKActions: [ref(ALARM_TOPIC)] }),
  });
}
