import type { DeclaredFunction, LogMetric } from '../declaration.ts';
import { asynchronousOf } from '../environment.ts';
import {
  deadLetterQueueId,
  functionId,
  kebabCase,
  logGroupId,
  named,
  pascalCase,
  queueId,
} from '../names.ts';
import { OLDEST_MESSAGE_SECONDS } from '../queue-numbers.ts';
import { attribute, type CloudFormationResource, type Resources, ref, STAGE, together } from './resource.ts';

/** The logical id, in serverless.yml, of the topic that gets every alarm. */
const ALARM_TOPIC = 'AlarmTopic';

/** The alarms of a function and of its queues, and the metrics of its log. */
export function alarmResources(declared: DeclaredFunction): Resources {
  const { name, trigger, metrics = [] } = declared;
  const id = pascalCase(name);
  const deadLetters =
    trigger.kind === 'queue' ? trigger.alarms.deadLetters : asynchronousOf(trigger)?.deadLetters;
  return {
    [`${id}ErrorsAlarm`]: functionAlarm(name, 'Errors'),
    [`${id}ThrottlesAlarm`]: functionAlarm(name, 'Throttles'),
    ...(deadLetters !== undefined && {
      [`${id}DeadLettersAlarm`]: queueAlarm(deadLetterQueueId(name), {
        AlarmName: named(STAGE, `${name}-dead-letters`),
        AlarmDescription: deadLetters,
        MetricName: 'ApproximateNumberOfMessagesVisible',
      }),
    }),
    ...(trigger.kind === 'queue' && {
      [`${id}OldestMessageAlarm`]: queueAlarm(queueId(name), {
        AlarmName: named(STAGE, `${name}-oldest-message`),
        AlarmDescription: trigger.alarms.oldestMessage,
        MetricName: 'ApproximateAgeOfOldestMessage',
        Threshold: OLDEST_MESSAGE_SECONDS,
      }),
    }),
    ...together(metrics.map((metric) => metricResources(name, metric))),
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

function functionAlarm(name: string, MetricName: 'Errors' | 'Throttles'): CloudFormationResource {
  return alarm({
    AlarmName: named(STAGE, `${name}-${kebabCase(MetricName)}`),
    Namespace: 'AWS/Lambda',
    MetricName,
    Statistic: 'Sum',
    Dimensions: [{ Name: 'FunctionName', Value: ref(functionId(name)) }],
  });
}

function queueAlarm(logicalId: string, properties: Record<string, unknown>): CloudFormationResource {
  return alarm({
    Namespace: 'AWS/SQS',
    Statistic: 'Maximum',
    OKActions: [ref(ALARM_TOPIC)],
    Dimensions: [{ Name: 'QueueName', Value: attribute(logicalId, 'QueueName') }],
    ...properties,
  });
}

/** A number in the log of a function, as a CloudWatch metric with an alarm. */
function metricResources(
  name: string,
  { logged, name: shown = logged, alarm: description, threshold = 0 }: LogMetric,
): Resources {
  const metric = { MetricNamespace: named(STAGE), MetricName: shown, MetricValue: '$.count' };
  return {
    [`${shown}Metric`]: {
      Type: 'AWS::Logs::MetricFilter',
      Properties: {
        LogGroupName: ref(logGroupId(name)),
        FilterPattern: `{ $.metric = "${logged}" }`,
        MetricTransformations: [metric],
      },
    },
    [`${shown}Alarm`]: alarm({
      AlarmName: named(STAGE, kebabCase(shown)),
      AlarmDescription: description,
      Namespace: named(STAGE),
      MetricName: shown,
      Statistic: 'Sum',
      Period: 300,
      Threshold: threshold,
    }),
  };
}
