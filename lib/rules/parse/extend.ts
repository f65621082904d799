import { isRecord } from '#lib/is-record';
import { dotPath, type PathProblem } from '#lib/issues';
import { nearest } from '#lib/nearest';
import { Pack } from '#lib/rules/file/rule-pack';
import { suggestion } from '#lib/rules/file/wording';
import { globMatches } from '#lib/rules/glob';
import { type PackName, packNames, rulesOfPacks, type WrittenRule } from '#lib/rules/pack/packs';

/** A rules file with the rules of its packs. */
export type Extended = {
  /** The file with all rules: first its own, with the fields that they take from a pack, then the other rules of the packs. */
  file: unknown;
  /** Mistakes in the use of packs. */
  problems: PathProblem[];
  /** The same problems of `file` at their places in the text. A problem of a rule from a pack stands at `extends`. */
  inText: (problems: readonly PathProblem[]) => PathProblem[];
};

type Written = Record<string, unknown>;

/** The keys that a rule without a pack needs. */
const NEEDED = ['node', 'pool', 'ladder'];

/**
 * Adds the rules of the packs under `extends`. A rule of the file with the name of a rule of a pack replaces it, key by key: keys
 * that it does not have stay as in the pack. It stands where the file has it. Works on the file before its validation.
 */
export function extendFile(file: unknown): Extended {
  if (!isRecord(file) || (file['extends'] === undefined && file['pack'] === undefined))
    return unchanged(file);
  if (file['extends'] === undefined) {
    const reason = `is only for a file that extends a pack: add extends: ${packNames[0]}`;
    return { ...unchanged(file), problems: [{ path: ['pack'], reason }] };
  }
  const names = namesIn(file['extends']);
  const settings = Pack.safeParse(file['pack']);
  const { pool, without = [], ...others } = isRecord(file['pack']) && settings.success ? file['pack'] : {};
  const globs = Array.isArray(without) ? without.map(String) : [];
  const ofPacks = rulesOfPacks(names.length > 0 ? names : packNames, { pool: pool ?? '', ...others });
  const own = Array.isArray(file['rules']) ? file['rules'] : [];
  const byName = new Map(ofPacks.map((rule) => [rule.name, rule]));
  const misspelled = own.map((rule: unknown) => nameMeant(rule, byName));
  const taken = new Set(own.map(nameOf));
  const added =
    settings.success && names.length > 0
      ? ofPacks.filter(({ name }) => !taken.has(name) && !globs.some((glob) => globMatches(glob, name)))
      : [];
  const rules = [...own.map((rule: unknown) => completed(rule, byName)), ...added];

  return {
    file: { ...file, rules },
    problems: [
      ...missingPool(file),
      ...misspelled.flatMap((reason, index) =>
        reason === undefined ? [] : [{ path: ['rules', index, 'name'], reason }],
      ),
      ...unknownNames(globs, [...byName.keys()]),
      ...ownQuarantine(file['pack']),
    ],
    inText: (problems) =>
      problems
        .filter(({ path: [list, index] }) => list !== 'rules' || misspelled[Number(index)] === undefined)
        .map((problem) => placed(problem, own.length, added)),
  };
}

function unchanged(file: unknown): Extended {
  return { file, problems: [], inText: (problems) => [...problems] };
}

function namesIn(written: unknown): PackName[] {
  return packNames.filter((name) => [written].flat().includes(name));
}

function nameOf(rule: unknown): string | undefined {
  const { name } = isRecord(rule) ? rule : {};
  return typeof name === 'string' ? name : undefined;
}

function completed(rule: unknown, byName: ReadonlyMap<string, WrittenRule>): unknown {
  const name = nameOf(rule);
  const known = name === undefined ? undefined : byName.get(name);
  return known && isRecord(rule) ? { ...known, ...rule } : rule;
}

/** For a rule that only makes sense as a change of a pack's rule, but has another name: the name that was probably meant. */
function nameMeant(rule: unknown, byName: ReadonlyMap<string, WrittenRule>): string | undefined {
  const name = nameOf(rule);
  if (name === undefined || byName.has(name) || !isRecord(rule)) return undefined;
  if (NEEDED.some((key) => key in rule)) return undefined;
  const meant = nearest(name, [...byName.keys()]);
  return meant === undefined
    ? undefined
    : `there is no rule "${name}" in a pack: did you mean "${meant}"? A rule of your own needs node, pool and ladder`;
}

function missingPool(file: Written): PathProblem[] {
  if (file['pack'] !== undefined) return [];
  const reason = 'needs the pool that its rules are about: add pack: { pool: … }';
  return [{ path: ['extends'], reason }];
}

function unknownNames(globs: readonly string[], known: readonly string[]): PathProblem[] {
  return globs.flatMap((glob, index) =>
    known.some((name) => globMatches(glob, name))
      ? []
      : [
          {
            path: ['pack', 'without', index],
            reason: `no rule of the packs has the name "${glob}"${nearest(glob, known) ? suggestion(glob, known) : ''}`,
          },
        ],
  );
}

function ownQuarantine(pack: unknown): PathProblem[] {
  if (!isRecord(pack) || pack['quarantine'] === undefined || pack['quarantine'] !== pack['pool']) return [];
  const reason = 'is the pool that the rules are about: name another pool, or remove it';
  return [{ path: ['pack', 'quarantine'], reason }];
}

function placed(problem: PathProblem, ownRules: number, added: readonly WrittenRule[]): PathProblem {
  const [list, index, ...rest] = problem.path;
  const rule = list === 'rules' && typeof index === 'number' ? added[index - ownRules] : undefined;
  if (!rule) return problem;
  const at = rest.length > 0 ? `${dotPath(rest)}: ` : '';
  return {
    path: ['extends'],
    reason: `rule ${rule.name} of the pack: ${at}${problem.reason}. Change the rule under rules, or name it in pack.without`,
  };
}
