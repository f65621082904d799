import { stringify } from 'yaml';
import { dotPath, type PathProblem, problemsIn } from '#lib/issues';
import { suggestion, wording } from '#lib/rules/file/wording';
import { parseRules, RulesError } from '#lib/rules/parse/parse';
import { type Problem, readYaml } from '#lib/rules/parse/yaml-source';
import type { Rules } from '#lib/rules/rules';
import { type RuleTest, TestFile } from './test-file.ts';

/** The file of tests, or its rules file, has mistakes. The message has one line for each, with its place. */
export class RuleTestsError extends Error {
  override name = 'RuleTestsError';
}

/** A test with its rules, and the line at which it begins. */
export type LocatedTest = RuleTest & { line: number; lineOf: (path: readonly PropertyKey[]) => number };

export type ReadTests = {
  rules: Rules;
  /** The file of the rules; absent if the tests have them within. */
  rulesFile?: string;
  tests: LocatedTest[];
};

/**
 * Reads a file of tests, and checks all of it against its rules.
 *
 * @param readRules reads the text of a rules file; the path is as the file of tests has it.
 * @throws RuleTestsError with each mistake and its line.
 */
export async function readTestFile(
  text: string,
  fileName: string,
  readRules: (path: string) => Promise<{ text: string; name: string }>,
): Promise<ReadTests> {
  const source = readYaml(text);
  if (!source.readable) throw failed(fileName, source.problems);
  const parsed = TestFile.safeParse(source.value, { error: wording });
  const located = ({ path, reason }: PathProblem): Problem => ({
    ...source.positionOf(path),
    path: dotPath(path),
    reason,
  });
  if (!parsed.success || source.problems.length > 0)
    throw failed(fileName, [
      ...source.problems,
      ...(parsed.success ? [] : [...problemsIn(parsed.error.issues)].map(located)),
    ]);

  const { rules: given, tests } = parsed.data;
  const isPath = typeof given === 'string';
  const { text: rulesText, name } = isPath
    ? await readRules(given).catch((error: Error) => {
        const reason = `the rules file ${given} cannot be read (${error.message}): the path is relative to this file`;
        throw failed(fileName, [located({ path: ['rules'], reason })]);
      })
    : { text: stringify(given), name: `${fileName} (rules)` };
  const rules = parsedRules(rulesText, name);
  const problems = referenceProblems(tests, rules).map(located);
  if (problems.length > 0) throw failed(fileName, problems);
  return {
    rules,
    ...(isPath && { rulesFile: name }),
    tests: tests.map((test, index) => {
      const lineOf = (path: readonly PropertyKey[]) => source.positionOf(['tests', index, ...path]).line;
      return { ...test, line: lineOf([]), lineOf };
    }),
  };
}

function parsedRules(text: string, name: string): Rules {
  try {
    return parseRules(text, name);
  } catch (error) {
    throw error instanceof RulesError ? new RuleTestsError(error.message) : error;
  }
}

/** Names in the tests that the rules file does not have, and two tests with one name. */
function referenceProblems(tests: readonly RuleTest[], rules: Rules): PathProblem[] {
  const pools = rules.pools.map(({ name }) => name);
  const ruleNames = rules.rules.map(({ name }) => name);
  const poolWords = rules.pools.flatMap(({ name, id }) => [name, id]);
  const problems: PathProblem[] = [];
  const check = (path: PropertyKey[], name: string | undefined, known: readonly string[], what: string) => {
    if (name !== undefined && !known.includes(name))
      problems.push({ path, reason: `the rules have no ${what} "${name}"${suggestion(name, known)}` });
  };
  const names = new Set<string>();
  for (const [index, test] of tests.entries()) {
    const at = ['tests', index];
    if (names.has(test.name))
      problems.push({ path: [...at, 'name'], reason: `"${test.name}" is the name of an earlier test, too` });
    names.add(test.name);
    for (const name of Object.keys(test.pools)) check([...at, 'pools', name], name, pools, 'pool');
    for (const [order, expected] of test.expect.entries()) {
      const within = [...at, 'expect', order];
      for (const [entry, { rule }] of (expected.remediations ?? []).entries())
        check([...within, 'remediations', entry, 'rule'], rule, ruleNames, 'rule');
      for (const [entry, { pool }] of (expected.calls ?? []).entries())
        check([...within, 'calls', entry, 'pool'], pool, poolWords, 'pool');
      if (expected.nothing && (expected.calls || expected.notices))
        problems.push({
          path: [...within, 'nothing'],
          reason: 'says nothing happens: remove calls and notices',
        });
    }
  }
  return problems;
}

function failed(fileName: string, problems: readonly Problem[]): RuleTestsError {
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  const lines = sorted.map(
    ({ line, column, path, reason }) =>
      `${fileName}:${line}:${column} ${path === '' ? '' : `${path}: `}${reason}`,
  );
  return new RuleTestsError(lines.join('\n'));
}
