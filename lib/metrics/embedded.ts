import type { Metric, Sample } from './metric.ts';
import { sample } from './metric.ts';

// CloudWatch's embedded metric format, in log lines. Its specification:
// docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
// CloudWatch reads the metrics out of the log, so a metric costs no request and no permission.

/** Limits of the format. */
export const MAX_METRICS = 100;
export const MAX_VALUES = 100;

let namespace = 'Poolkeeper';

/** From now on the metrics of this process are in a namespace of CloudWatch. */
export function nameMetrics(name: string): void {
  namespace = name;
}

/** The fields of a log line that count something. `at`: epoch milliseconds. */
export function counted<Of extends Metric>(
  metric: Of,
  value: number | readonly number[],
  labels: Readonly<Record<Of['labels'][number], string>>,
  at: number,
): Record<string, unknown> {
  return embedded([sample(metric, value, labels)], at);
}

/** The fields of each log line for some samples: one line for those with the same labels. `at`: epoch milliseconds. */
export function embeddedLines(samples: readonly Sample[], at: number): Record<string, unknown>[] {
  const worth = samples.filter(({ metric, values }) => !(metric.isQuiet && values.every((one) => one === 0)));
  const alike = Map.groupBy(worth, ({ labels }) => JSON.stringify(labels));
  return [...alike.values()].map((some) => embedded(some, at));
}

/** Samples with the same labels in one document. */
function embedded(samples: readonly Sample[], at: number): Record<string, unknown> {
  const bySets = Map.groupBy(samples, ({ metric }) => JSON.stringify(metric.dimensions));
  return {
    ...samples[0]?.labels,
    ...Object.fromEntries(
      samples.map(({ metric, values }) => [
        metric.name,
        values.length === 1 ? values[0] : values.slice(0, MAX_VALUES),
      ]),
    ),
    _aws: {
      Timestamp: at,
      CloudWatchMetrics: [...bySets.values()].map((some) => ({
        Namespace: namespace,
        Dimensions: some[0]?.metric.dimensions,
        Metrics: some.map(({ metric: { name, unit = 'Count' } }) => ({ Name: name, Unit: unit })),
      })),
    },
  };
}
