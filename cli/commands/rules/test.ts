import { buildCommand, type Command } from '@stricli/core';
import { globMatches } from '#lib/rules/glob';
import type { ReadTests } from '#local/rule-tests/read-test-file';
import { runTest, type TestOutcome } from '#local/rule-tests/run-test';
import { showOutcome } from '#local/rule-tests/show';
import { type Context, writeJson } from '../../context.ts';
import { CommandError } from '../../failure.ts';
import { flag, options } from '../../flags.ts';
import { readTests } from '../../rules/read-tests.ts';

type Flags = { only?: string[]; json: boolean };

/** The files without arguments: the tests of poolkeeper.yml. */
const DEFAULT_FILE = 'poolkeeper.tests.yml';

async function run(this: Context, { only = [], json }: Flags, ...given: string[]): Promise<void> {
  const files = given.length > 0 ? given : [DEFAULT_FILE];
  const read: { file: string; tests: ReadTests }[] = [];
  for (const file of files) read.push({ file, tests: await readTests(this.directory, file) });

  const results: { file: string; outcome: TestOutcome }[] = [];
  for (const {
    file,
    tests: { rules, tests },
  } of read) {
    const wanted = tests.filter(
      ({ name }) => only.length === 0 || only.some((glob) => globMatches(glob, name)),
    );
    if (!json && wanted.length > 0) this.screen.line(this.screen.paint('dim', file));
    for (const test of wanted) {
      const outcome = await runTest(test, rules);
      results.push({ file, outcome });
      if (!json) showOutcome(outcome, file, rules, this.screen);
    }
  }
  if (results.length === 0) {
    const names = read.flatMap(({ tests: { tests } }) => tests.map(({ name }) => `  ${name}`));
    throw new CommandError(
      ['No test has a name that matches --only. The tests are:', ...names].join('\n'),
      'usage',
    );
  }
  const failed = results.filter(({ outcome }) => outcome.failures.length > 0).length;
  if (json) writeJson(this, { passed: results.length - failed, failed, tests: results.map(toJson) });
  else this.screen.line(`${results.length - failed} passed${failed > 0 ? `, ${failed} failed` : ''}`);
  if (failed > 0) this.process.exitCode = 1;
}

function toJson({
  file,
  outcome: { name, line, failures, remediations },
}: {
  file: string;
  outcome: TestOutcome;
}) {
  return {
    file,
    line,
    name,
    passed: failures.length === 0,
    failures: failures.map(({ atMs, part, ...more }) => ({ at: `${atMs / 1000}s`, part, ...more })),
    remediations,
  };
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `Runs files of tests against their rules: alerts over time and the state of the pools
in, calls, remediations and notices out. The real decision, guards, ladders and ledger
run on virtual time over a simulated pool, so nothing is sent to any API, and a day
takes a moment. Without a file: ${DEFAULT_FILE}.

  poolkeeper test
  poolkeeper test rules/*.tests.yml --only "a lost card*"

docs/rules/tests.md shows how to write one.`,
    },
    parameters: {
      positional: {
        kind: 'array',
        parameter: { brief: 'Files of tests', parse: String, placeholder: 'tests.yml' },
      },
      flags: {
        only: options('glob', 'Only the tests with such a name; may be repeated'),
        json: flag('Writes the results as JSON'),
      },
    },
    func: run,
  });
}
