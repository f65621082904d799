import { stringify } from 'yaml';
import { prometheusName } from '#lib/metrics/metric';
import { type DeclaredAlarm, metricAlarms, RUNBOOK } from '#local/stack/alarms';
import { pascalCase } from '#local/stack/names';

const HEAD = `# Alert rules for Prometheus over GET /metrics of Poolkeeper. They are the alarms of the deployment on AWS.
# docs/operate/metrics.md says how to use them. Generated: change local/stack/alarms.ts instead.
`;

/** The alarms on metrics as rules of Prometheus, in YAML. */
export function prometheusRules(): string {
  const rules = metricAlarms.map((alarm) => ({
    alert: `Poolkeeper${pascalCase(alarm.name)}`,
    expr: expressionOf(alarm),
    labels: { severity: alarm.ends ? 'critical' : 'warning' },
    annotations: {
      summary: alarm.meaning,
      description: `First: ${alarm.first}.`,
      runbook: `${RUNBOOK}#${alarm.name}`,
    },
  }));
  return HEAD + stringify({ groups: [{ name: 'poolkeeper', rules }] }, { lineWidth: 0 });
}

/** A counter counts for as long as an alarm of CloudWatch looks back, so that a person gets one message for each event. */
const LOOKS_BACK = '5m';

/** As long as CloudWatch waits for a silent metric: three periods of five minutes. */
const SILENT_SECONDS = 900;

function expressionOf({ metric, of = {}, when }: DeclaredAlarm): string {
  const pairs = Object.entries(of).map(([label, value]) => `${label}="${value}"`);
  const name = prometheusName(metric);
  const series = pairs.length === 0 ? name : `${name}{${pairs.join(', ')}}`;
  if (when === 'silent') return `absent(${series}) or ${series} > ${SILENT_SECONDS}`;
  if (metric.kind === 'gauge') return `${series} > ${when.above}`;
  const groups = metric.labels.filter((label) => !(label in of));
  const grouped = groups.length === 0 || when.above > 0 ? 'sum' : `sum by (${groups.join(', ')})`;
  return `${grouped} (increase(${series}[${LOOKS_BACK}])) > ${when.above}`;
}
