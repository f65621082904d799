import { isRecord } from '#lib/is-record';
import { dotPath, type PathProblem, problemsIn } from '#lib/issues';
import { RulesFile } from '#lib/rules/file/rules-file';
import { wording } from '#lib/rules/file/wording';
import type { Rules } from '#lib/rules/rules';
import { contradictions } from './contradictions.ts';
import { extendFile } from './extend.ts';
import { unknownRules } from './recipients.ts';
import { referenceProblems } from './references.ts';
import { sumProblems } from './sums.ts';
import { type Problem, readYaml } from './yaml-source.ts';

/** The rules file has mistakes. The message has one line for each, for the author of the file. */
export class RulesError extends Error {
  override name = 'RulesError';
  /** Sorted by line. */
  readonly problems: readonly Problem[];

  constructor(fileName: string, problems: readonly Problem[]) {
    const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
    super(sorted.map((problem) => describe(fileName, problem)).join('\n'));
    this.problems = sorted;
  }
}

function describe(fileName: string, { line, column, path, reason }: Problem): string {
  return `${fileName}:${line}:${column} ${path === '' ? '' : `${path}: `}${reason}`;
}

/** A valid rules file: the rules, and the text that they come from. */
export type RulesText = {
  rules: Rules;
  /** The value of the YAML text, before packs and defaults. */
  written: unknown;
  /** How many of `rules.rules` stand in the text, as the first ones. The others come from packs. */
  ownRules: number;
  /** The place in the text of a finding about `rules`. A finding about a rule of a pack stands at `extends`. */
  place: (finding: PathProblem) => Problem;
};

/**
 * Reads a rules file and checks all of it. This happens at build time; the functions carry only the result.
 *
 * @param fileName the name of the file in the messages
 * @throws RulesError with every problem. If the text is not YAML, it has only the problems of the YAML.
 */
export function parseRules(text: string, fileName: string): Rules {
  return parseRulesText(text, fileName).rules;
}

/** As `parseRules`, for a caller that also needs the places in the text. */
export function parseRulesText(text: string, fileName: string): RulesText {
  const source = readYaml(text);
  if (!source.readable) throw new RulesError(fileName, source.problems);

  const { file, problems: ofPacks, inText } = extendFile(source.value);
  const parsed = RulesFile.safeParse(file, { error: wording });
  const issues = parsed.success ? [] : problemsIn(parsed.error.issues);
  const rules = parsed.data;
  const across = rules ? [...contradictions(rules), ...sumProblems(rules), ...unknownRules(rules)] : [];
  const found = [...inText([...issues, ...across]), ...ofPacks, ...referenceProblems(source.value)];
  const placed = ({ path, reason }: PathProblem): Problem => ({
    ...source.positionOf(path),
    path: dotPath(path),
    reason,
  });
  const problems = found.map(placed);
  if (!rules || problems.length + source.problems.length > 0) {
    throw new RulesError(fileName, [...source.problems, ...problems]);
  }
  const written = source.value;
  return {
    rules,
    written,
    ownRules: isRecord(written) && Array.isArray(written['rules']) ? written['rules'].length : 0,
    place: (finding) => placed(inText([finding])[0] ?? finding),
  };
}
