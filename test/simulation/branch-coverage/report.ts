import type { SourceBranch } from './coverage.ts';
import type { Unreached } from './unreached.ts';

/** The rooms that decide, call, follow, sweep and tell: each of their branches is taken, or stands on the list. */
const CHECKED = [
  'lib/actions',
  'lib/alerts',
  'lib/capacity',
  'lib/console',
  'lib/guards',
  'lib/ledger',
  'lib/notify',
  'lib/receiving',
  'lib/remediation',
  'lib/schedule',
  'lib/sweep',
  'lib/tag-policy',
  'lib/verification',
];

export type CoverageReport = {
  lines: string[];
  /** Branches that no world takes and the list does not have; and entries of the list that a world takes, or that are nowhere. */
  missing: SourceBranch[];
  needless: string[];
};

const isChecked = ({ file }: SourceBranch) => CHECKED.some((room) => file.startsWith(`${room}/`));

/** What was taken, room by room, and what was not. */
export function reportCoverage(
  branches: readonly SourceBranch[],
  list: readonly Unreached[],
): CoverageReport {
  const isListed = ({ file, text, kind }: SourceBranch) =>
    list.some(
      (one) =>
        one.file === file &&
        (one.code === undefined || text.includes(one.code)) &&
        (one.kind === undefined || one.kind === kind),
    );
  const untaken = branches.filter(({ taken, reached }) => reached && !taken);
  const missing = untaken.filter((branch) => isChecked(branch) && !isListed(branch));
  const needless = list
    .filter(
      (one) =>
        !untaken.some(
          (branch) => branch.file === one.file && (one.code === undefined || branch.text.includes(one.code)),
        ),
    )
    .map(({ file, code = 'all of it' }) => `${file}: ${code}`);

  const rooms = [...Map.groupBy(branches, ({ file }) => roomOf(file))].toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const shares = rooms.map(([room, all]) => {
    const taken = all.filter((branch) => branch.taken).length;
    const mark = CHECKED.includes(room) ? '' : '  (not checked)';
    return `${room.padEnd(18)} ${`${taken} of ${all.length}`.padStart(12)}  ${((100 * taken) / all.length).toFixed(1).padStart(5)} %${mark}`;
  });
  const listed = untaken.filter(isChecked).filter(isListed);
  return {
    lines: [
      ...shares,
      '',
      `taken by no world, and on the list: ${listed.length}`,
      `taken by no world, and not on the list: ${missing.length}`,
      ...missing.map(told),
      ...(needless.length > 0 ? ['', 'on the list for nothing:', ...needless.map((one) => `  ${one}`)] : []),
    ],
    missing,
    needless,
  };
}

function told({ file, line, kind, text }: SourceBranch): string {
  return `  ${file}:${line}  ${kind} of  ${text}`;
}

function roomOf(file: string): string {
  const parts = file.split('/');
  return parts.length > 2 ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}
