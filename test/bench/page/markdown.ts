import type { Figure } from '../statistics/median.ts';

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** A table of Markdown. The first column is text, and the others are numbers. */
export function table(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = headers.map((_, index) => (index === 0 ? '---' : '---:'));
  return [line(headers), line(rule), ...rows.map(line)].join('\n');
}

/** With as many digits as say something. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size < 1) return String(Number(value.toPrecision(2)));
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}

/** The median, with its quartiles. */
export function spread({ median, low, high }: Figure): string {
  return `${number(median)} (${number(low)}–${number(high)})`;
}

export function times(ratio: number): string {
  return `${number(ratio)} ×`;
}
