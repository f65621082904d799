import { type Metric, prometheusName, type Sample } from './metric.ts';

// The text format of Prometheus, version 0.0.4: prometheus.io/docs/instrumenting/exposition_formats

export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** A sample as it is shown. A counter and a gauge have `value`; a summary also has the number of its values, and `value` is their sum. */
export type Shown = Pick<Sample, 'metric' | 'labels'> & { value: number; count?: number };

/** Samples as the text that Prometheus reads. Those of one metric stand together, in the order of their labels. */
export function exposition(samples: readonly Shown[]): string {
  return [...Map.groupBy(samples, ({ metric }) => metric)]
    .map(([metric, some]) => [...headOf(metric), ...some.flatMap(linesOf).toSorted(), ''].join('\n'))
    .join('');
}

function headOf(metric: Metric): string[] {
  const name = prometheusName(metric);
  return [`# HELP ${name} ${metric.help}`, `# TYPE ${name} ${metric.kind}`];
}

function linesOf({ metric, labels, value, count }: Shown): string[] {
  const name = prometheusName(metric);
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  const of = pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
  if (metric.kind !== 'summary') return [`${name}${of} ${value}`];
  return [`${name}_sum${of} ${value}`, `${name}_count${of} ${count ?? 0}`];
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
