import { dotPath, problemsIn } from '#lib/issues';
import { RulesFile } from '#lib/rules/file/rules-file';
import { wording } from '#lib/rules/file/wording';
import type { Rules } from '#lib/rules/rules';
import { contradictions } from './contradictions.ts';
import { extendFile } from './extend.ts';
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

/**
 * Reads a rules file and checks all of it. This happens at build time; the functions carry only the result.
 *
 * @param fileName the name of the file in the messages
 * @throws RulesError with every problem. If the text is not YAML, it has only the problems of the YAML.
 */
export function parseRules(text: string, fileName: string): Rules {
  const source = readYaml(text);
  if (!source.readable) throw new RulesError(fileName, source.problems);

  const { file, problems: ofPacks, inText } = extendFile(source.value);
  const parsed = RulesFile.safeParse(file, { error: wording });
  const issues = parsed.success ? [] : problemsIn(parsed.error.issues);
  const rules = parsed.data;
  const across = rules ? [...contradictions(rules), ...sumProblems(rules)] : [];
  const found = [...inText([...issues, ...across]), ...ofPacks, ...referenceProblems(source.value)];
  const problems = found.map(
    ({ path, reason }): Problem => ({ ...source.positionOf(path), path: dotPath(path), reason }),
  );
  if (!rules || problems.length + source.problems.length > 0) {
    throw new RulesError(fileName, [...source.problems, ...problems]);
  }
  return rules;
}
