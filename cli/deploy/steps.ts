import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { RulesError } from '#lib/rules/parse/parse';
import type { VersionedRules } from '#lib/rules/rules';
import { counted } from '#lib/sentences/english';
import { compileRules, rulesVersion } from '#local/build/read-rules';
import { readAssumptions } from '#local/replay/assumptions';
import { readHistory } from '#local/replay/input/read-history';
import { type Replayed, replay } from '#local/replay/replay';
import { runTest } from '#local/rule-tests/run-test';
import { showOutcome } from '#local/rule-tests/show';
import type { Routes } from '../client/routes.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../failure.ts';
import { exportLines } from '../reading/export-lines.ts';
import { readTests } from '../rules/read-tests.ts';
import { progressOn } from '../rules/replay-progress.ts';
import { findRules } from './rules-in-force.ts';

/** A step that fails ends the deployment. Its details were shown already. */
export function stopped(why: string): CommandError {
  return new CommandError(`${why} Nothing was deployed.`, 'finding');
}

/** Writes the line of a step. */
export function say({ screen }: Context, step: string, text: string): void {
  screen.columns(screen.paint('strong', step.padEnd(10)), text);
}

/** The first step: the rules file is valid. */
export async function checkRules(context: Context, file: string, strict: boolean): Promise<VersionedRules> {
  const bytes = await readRulesFile(context, file);
  try {
    const { rules, warnings } = compileRules(bytes, file);
    const { version } = rules;
    const sizes = `${counted(rules.rules.length, 'rule')} for ${counted(rules.pools.length, 'pool')}`;
    say(context, 'rules', `${file} is valid: ${sizes}, version ${version}`);
    for (const warning of warnings) context.screen.columns(' '.repeat(10), warning, 'notable');
    if (strict && warnings.length > 0) throw stopped(`${file} has ${counted(warnings.length, 'warning')}.`);
    return rules;
  } catch (error) {
    if (!(error instanceof RulesError)) throw error;
    for (const line of error.message.split('\n')) context.screen.columns('', line, 'bad');
    throw stopped(`${file} has ${counted(error.problems.length, 'mistake')}.`);
  }
}

async function readRulesFile({ directory }: Context, file: string): Promise<Buffer> {
  return readFile(path.resolve(directory, file)).catch((error: Error) => {
    throw new CommandError(`${file} cannot be read: ${error.message}`, 'usage');
  });
}

/** The second step: the tests of the rules pass. Without `named`, the file beside the rules file counts, if there is one. */
export async function runTests(
  context: Context,
  rulesFile: string,
  named: string | undefined,
): Promise<void> {
  const { directory, screen } = context;
  const file = named ?? rulesFile.replace(/(\.ya?ml)?$/, '.tests.yml');
  const isThere = await readFile(path.resolve(directory, file)).then(
    () => true,
    () => false,
  );
  if (!isThere && named === undefined) {
    say(context, 'tests', `there are none: ${file} would have them (docs/rules/tests.md)`);
    return;
  }
  const { rules, tests, rulesFile: tested } = await readTests(directory, file);
  if (tested === undefined || path.resolve(directory, tested) !== path.resolve(directory, rulesFile))
    throw stopped(
      `${file} tests other rules than ${rulesFile}: ${tested ?? 'its own'}. Name others with --tests.`,
    );
  const outcomes = [];
  for (const test of tests) outcomes.push(await runTest(test, rules));
  const failed = outcomes.filter(({ failures }) => failures.length > 0);
  say(
    context,
    'tests',
    `${file}: ${outcomes.length - failed.length} of ${counted(outcomes.length, 'test')} passed`,
  );
  for (const outcome of failed) showOutcome(outcome, file, rules, screen);
  if (failed.length > 0) throw stopped(`${counted(failed.length, 'test')} failed.`);
}

export type InForceOptions = {
  routes: Routes;
  rulesFile: string;
  /** A file of the user that has the rules in force. */
  against?: string | undefined;
  /** The copy that the last deployment from here has left. Absolute. */
  copy: string;
};

/** The third step: the rules that the deployed system has now. */
export async function findInForce(
  context: Context,
  { routes, rulesFile, against, copy }: InForceOptions,
): Promise<VersionedRules> {
  const {
    system: { rules: version, simulated },
  } = await routes.me();
  if (simulated)
    throw new CommandError(
      `${routes.url} has a simulator for ModelArts, so it is no deployment. Name the deployed system with --url.`,
      'usage',
    );
  const { directory } = context;
  if (against !== undefined) {
    const bytes = await readRulesFile(context, against);
    const named = rulesVersion(bytes);
    if (version !== undefined && named !== version) {
      throw new CommandError(
        `${against} has the version ${named}, but the rules in force are ${version}. Name the file that was deployed last, or leave out --against.`,
        'usage',
      );
    }
    say(context, 'in force', `${against}, version ${named}`);
    return compileRules(bytes, against).rules;
  }
  if (version === undefined) {
    throw new CommandError(
      `${routes.url} does not say which rules it has, because its version of Poolkeeper is older. Name their file with --against.`,
      'usage',
    );
  }
  const own = path.resolve(directory, rulesFile);
  const found = await findRules(version, own, [
    { file: own, place: `${rulesFile} as it is` },
    { file: copy, place: 'the last deployment from here' },
  ]);
  if (!found) {
    throw new CommandError(
      `The rules in force have the version ${version}. No commit of ${rulesFile} has it, and the last deployment was not from here. Name their file with --against.`,
      'usage',
    );
  }
  say(context, 'in force', `version ${version}, from ${found.place}`);
  return compileRules(found.bytes, `${rulesFile} (${found.place})`).rules;
}

export type ReplayStepOptions = {
  routes: Routes;
  rules: VersionedRules;
  against: VersionedRules;
  since: string;
  until: string;
  assume: readonly string[];
};

/** How often an alert came while it fired. An export has each delivery, so nothing is filled in. */
const REPEAT_MS = 5 * 60_000;

/** Replays the alerts of a span of time through both rules. Undefined: there were none. */
export async function replaySpan(
  context: Context,
  { routes, rules, against, since, until, assume }: ReplayStepOptions,
): Promise<Replayed | undefined> {
  const assumptions = readAssumptions(assume);
  const lines: string[] = [];
  let deliveries = 0;
  const options = { since, until, takenAtMs: context.clock.now(), pools: await routes.pools() };
  for await (const { kind, line } of exportLines(routes, options)) {
    lines.push(JSON.stringify(line));
    if (kind === 'delivery') deliveries += 1;
  }
  const span = `since ${since.slice(0, 16)}Z`;
  if (deliveries === 0) {
    say(context, 'replay', `no alert has come ${span}, so there is nothing to replay`);
    return undefined;
  }
  const replayed = await replay({
    rules,
    against,
    history: readHistory([{ name: `the export of ${routes.url}`, text: lines.join('\n') }], REPEAT_MS),
    listed: [],
    sizes: new Map(),
    assumptions,
    seed: 1,
    ...progressOn(context.process.stderr),
  });
  const { alerts, summary } = replayed;
  const called = `${counted(summary.calls, 'call')}, ${counted(summary.destructive, 'node')} in destructive ones`;
  say(context, 'replay', `${counted(alerts, 'alert')} ${span}: ${called}`);
  return replayed;
}
