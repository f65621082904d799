import { printable } from '#lib/printable';
import type { Screen, Tone } from '#local/screen/screen';

/** One cell: a text, and its weight. */
export type Cell = string | { text: string; tone: Tone };

/** A row: its cells in the order of the headings. The last one may be long. */
export type Row = readonly Cell[];

const GAP = '  ';

/**
 * Writes rows below headings. The columns are as wide as their widest cell. On a terminal, the last cell breaks at the edge.
 */
export function writeTable(screen: Screen, headings: readonly string[], rows: readonly Row[]): void {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => textOf(row[column]).length)),
  );
  const lead = (cells: Row, paint: boolean): string =>
    cells
      .slice(0, -1)
      .map((cell, column) => {
        const padded = textOf(cell).padEnd(widths[column] ?? 0);
        return `${paint ? screen.paint(toneOf(cell), padded) : padded}${GAP}`;
      })
      .join('');
  const plain = lead(headings, false);
  screen.line(screen.paint('dim', `${plain}${headings.at(-1) ?? ''}`));
  for (const row of rows) screen.columns(lead(row, true), textOf(row.at(-1)), toneOf(row.at(-1)));
}

function textOf(cell: Cell | undefined): string {
  if (cell === undefined) return '';
  return printable(typeof cell === 'string' ? cell : cell.text);
}

function toneOf(cell: Cell | undefined): Tone {
  return cell === undefined || typeof cell === 'string' ? 'plain' : cell.tone;
}
