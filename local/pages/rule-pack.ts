import { leftOut } from '#lib/rules/pack/left-out';
import { packNames, rowsIn } from '#lib/rules/pack/packs';
import { type FaultRow, type RowKind, ruleNameOf } from '#lib/rules/pack/row';

const BEGIN = '<!-- The tables: npm run schema writes them from lib/rules/pack. -->';
const END = '<!-- The end of the tables. -->';

const KINDS: Record<RowKind, string> = {
  'node-condition': 'NodeConditions of a Lite Cluster',
  'isolation-code': 'Isolation codes of a Standard pool',
  'cloud-eye-event': 'Events of Cloud Eye',
};

/** The page about the packs, with its tables as the code has them. */
export function withPackTables(page: string): string {
  const [before] = page.split(BEGIN);
  const [, after] = page.split(END);
  if (before === undefined || after === undefined || before === page)
    throw new Error(`The page needs the lines ${BEGIN} and ${END}.`);
  return `${before}${BEGIN}\n\n${packTables()}\n\n${END}${after}`;
}

function packTables(): string {
  const rows = rowsIn(packNames);
  const sections = Object.entries(KINDS).map(([kind, title]) => {
    const own = rows.filter((row) => row.kind === kind);
    const isEvent = kind === 'cloud-eye-event';
    const head = [
      'rule',
      ...(isEvent ? ['namespace', 'level'] : []),
      'fault',
      "Huawei's advice",
      'step',
      'source',
    ];
    return `### ${title}\n\n${table(head, own.map(isEvent ? eventCells : cells))}`;
  });
  const out = table(
    ['rows', 'why'],
    leftOut.map(({ rows: which, why }) => [which, why]),
  );
  return [...sections, `### Left out\n\n${out}`].join('\n\n');
}

function cells(row: FaultRow): string[] {
  const { detects, advice, step, page } = row;
  return [`\`${ruleNameOf(row)}\``, detects, advice, `\`${step}\``, `[page](${page})`];
}

function eventCells(row: FaultRow): string[] {
  const [rule = '', ...rest] = cells(row);
  const { namespaces = [], level = '–' } = row;
  return [rule, namespaces.map((name) => name.replace('SYS.', '')).join(', '), level, ...rest];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length), title.length),
  );
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}
