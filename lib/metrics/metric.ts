/**
 * A metric. `counter`: a number of events. `summary`: values with a mean. `gauge`: a state, which `sweep`
 * writes at each run.
 */
export type Metric = {
  /** Its name in CloudWatch. Its name in Prometheus derives from it. */
  readonly name: string;
  readonly kind: 'counter' | 'summary' | 'gauge';
  /** @default a number of things */
  readonly unit?: 'Seconds';
  /** One sentence for people, without a full stop. */
  readonly help: string;
  /** Labels with few values: never nodes, alerts or ids. */
  readonly labels: readonly string[];
  /**
   * The sets of labels that CloudWatch keeps as dimensions. Each set with each value is a metric of its own, with a price. The other
   * labels are in the log line.
   */
  readonly dimensions: readonly (readonly string[])[];
  /** Whether the value is an age: `GET /metrics` adds the time since it was written. */
  readonly isAge?: true;
  /** Whether CloudWatch gets no value when it is zero, so that a quiet system costs nothing. */
  readonly isQuiet?: true;
};

/** The value of a metric for one combination of labels. `values`: more than one only for a summary. */
export type Sample = {
  readonly metric: Metric;
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly number[];
};

type LabelsOf<Of extends Metric> = Readonly<Record<Of['labels'][number], string>>;

/** A value of a metric with exactly its labels. */
export function sample<Of extends Metric>(
  metric: Of,
  value: number | readonly number[],
  labels: LabelsOf<Of>,
): Sample {
  return { metric, labels, values: typeof value === 'number' ? [value] : value };
}

/** `AlertsReceived` → `poolkeeper_alerts_received_total`, as Prometheus names its metrics. */
export function prometheusName({ name, kind, unit }: Metric): string {
  const words = name.replaceAll(/\B[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
  return `poolkeeper_${words}${unit === 'Seconds' ? '_seconds' : ''}${kind === 'counter' ? '_total' : ''}`;
}
