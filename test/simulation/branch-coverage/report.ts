import type { Unreached } from './by-chance.ts';
import type { SourceBranch } from './coverage.ts';
import { CHECKED, PROVEN_ELSEWHERE, roomOf } from './rooms.ts';

export type CoverageReport = {
  lines: string[];
  /** Branches that no world takes and the list does not have. */
  missing: SourceBranch[];
  /** Places on the list that the code does not have, or whose branches are all taken. */
  needless: string[];
  /** Rooms that are neither checked nor proven elsewhere. */
  strangers: string[];
};

const isChecked = ({ file }: SourceBranch) => CHECKED.includes(roomOf(file));

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

/** Places on the list that are not in the code. */
export function placesWithoutCode(branches: readonly SourceBranch[], list: readonly Unreached[]): string[] {
  return list
    .flatMap(({ where }) => where)
    .filter((place) => !branches.some((branch) => isAt(place, branch)));
}

/** The branches that were taken, room by room, and those that were not. */
export function reportCoverage(
  branches: readonly SourceBranch[],
  list: readonly Unreached[],
): CoverageReport {
  const places = list.flatMap(({ where }) => where);
  const isListed = (branch: SourceBranch) => places.some((place) => isAt(place, branch));
  const untaken = branches.filter(({ taken, reached }) => reached && !taken);
  const missing = untaken.filter((branch) => isChecked(branch) && !isListed(branch));
  const gone = placesWithoutCode(branches, list);
  const taken = list
    .filter(({ isByChance }) => !isByChance)
    .flatMap(({ where }) => where)
    .filter((place) => !gone.includes(place))
    .filter((place) => !branches.some((branch) => isAt(place, branch) && !branch.taken));

  const rooms = [...Map.groupBy(branches, ({ file }) => roomOf(file))].toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const elsewhere = new Map(PROVEN_ELSEWHERE.flatMap((one) => one.rooms.map((room) => [room, one])));
  const strangers = rooms
    .map(([room]) => room)
    .filter((room) => room.startsWith('lib') && !CHECKED.includes(room) && !elsewhere.has(room));
  const shares = rooms.map(([room, all]) => {
    const share = all.filter((branch) => branch.taken).length;
    const proof = elsewhere.get(room)?.proof;
    const mark = CHECKED.includes(room) ? '' : `  (not checked${proof === undefined ? '' : `: ${proof}`})`;
    return `${room.padEnd(22)} ${`${share} of ${all.length}`.padStart(12)}  ${((100 * share) / all.length).toFixed(1).padStart(5)} %${mark}`;
  });
  const listed = untaken.filter(isChecked).filter(isListed);
  return {
    lines: [
      ...shares,
      '',
      `taken by no world, and on the list: ${listed.length}`,
      `taken by no world, and not on the list: ${missing.length}`,
      ...missing.map(told),
      ...paragraph('on the list, and not in the code:', gone),
      ...paragraph('on the list, and taken all the same:', taken),
      ...paragraph('neither checked nor proven elsewhere (rooms.ts):', strangers),
    ],
    missing,
    needless: [...gone, ...taken],
    strangers,
  };
}

function paragraph(title: string, lines: readonly string[]): string[] {
  return lines.length > 0 ? ['', title, ...lines.map((line) => `  ${line}`)] : [];
}

function told({ file, line, inFunction, kind, text }: SourceBranch): string {
  return `  ${file}:${line}  ${inFunction}  ${kind} of  ${text}`;
}
