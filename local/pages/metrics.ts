import { allMetrics } from '#lib/metrics/all';
import { type Metric, prometheusName } from '#lib/metrics/metric';

const TABLE = /(?<=<!-- the table of metrics -->\n\n)[\s\S]*?(?=\n<!-- its end -->)/;

/**
 * The page about metrics with its table as it is now.
 *
 * @param page docs/operate/metrics.md
 */
export function withMetricTable(page: string): string {
  const rows = [
    ['Prometheus', 'CloudWatch', 'kind', 'labels', 'meaning'],
    ...Object.values(allMetrics).map(rowOf),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  );
  const [head = '', ...rest] = lines;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return page.replace(TABLE, () => [head, rule, ...rest, ''].join('\n'));
}

function rowOf(metric: Metric): string[] {
  const { name, kind, unit, labels, help } = metric;
  const shown = unit === 'Seconds' ? `${name}, seconds` : name;
  return [code(prometheusName(metric)), shown, kind, labels.map(code).join(', '), help];
}

function code(text: string): string {
  return `\`${text}\``;
}
