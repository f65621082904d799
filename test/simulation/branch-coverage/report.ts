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
  /** Branches that no world takes and the list does not have. */
  missing: SourceBranch[];
  /** Places on the list that the code does not have. */
  needless: string[];
};

const isChecked = ({ file }: SourceBranch) => CHECKED.some((room) => file.startsWith(`${room}/`));

/** Whether a branch is at a place of the list. */
function isAt(place: string, { file, inFunction, text }: SourceBranch): boolean {
  const [where = '', code] = place.split(/: (.*)/);
  const [path = '', named] = where.split(' ');
  return (
    file.endsWith(`/${path}`) &&
    // The bundle numbers functions of one name.
    (named === undefined || named.replace(/\d+$/, '') === inFunction) &&
    (code === undefined || text.includes(code))
  );
}

/** What was taken, room by room, and what was not. */
export function reportCoverage(
  branches: readonly SourceBranch[],
  list: readonly Unreached[],
): CoverageReport {
  const places = list.flatMap(({ where }) => where);
  const isListed = (branch: SourceBranch) => places.some((place) => isAt(place, branch));
  const untaken = branches.filter(({ taken, reached }) => reached && !taken);
  const missing = untaken.filter((branch) => isChecked(branch) && !isListed(branch));
  const needless = places.filter((place) => !branches.some((branch) => isAt(place, branch)));
  const taken = places.filter(
    (place) => !needless.includes(place) && !untaken.some((branch) => isAt(place, branch)),
  );

  const rooms = [...Map.groupBy(branches, ({ file }) => roomOf(file))].toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const shares = rooms.map(([room, all]) => {
    const share = all.filter((branch) => branch.taken).length;
    const mark = CHECKED.includes(room) ? '' : '  (not checked)';
    return `${room.padEnd(18)} ${`${share} of ${all.length}`.padStart(12)}  ${((100 * share) / all.length).toFixed(1).padStart(5)} %${mark}`;
  });
  const listed = untaken.filter(isChecked).filter(isListed);
  return {
    lines: [
      ...shares,
      '',
      `taken by no world, and on the list: ${listed.length}`,
      `taken by no world, and not on the list: ${missing.length}`,
      ...missing.map(told),
      ...(needless.length > 0 ? ['', 'on the list, and not in the code:', ...needless.map(indented)] : []),
      ...(taken.length > 0 ? ['', 'on the list, and taken all the same:', ...taken.map(indented)] : []),
    ],
    missing,
    needless,
  };
}

function told({ file, line, inFunction, kind, text }: SourceBranch): string {
  return `  ${file}:${line}  ${inFunction}  ${kind} of  ${text}`;
}

function indented(line: string): string {
  return `  ${line}`;
}

function roomOf(file: string): string {
  const parts = file.split('/');
  return parts.length > 2 ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}
