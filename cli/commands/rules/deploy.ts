import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { buildCommand, type Command } from '@stricli/core';
import { counted } from '#lib/sentences/english';
import { gates } from '#local/replay/gates';
import { showDifference } from '#local/replay/show';
import { rulesChanges } from '#local/rules-changes/changes';
import { deploymentVariables, settingsFileOf } from '#local/stack/stage-settings';
import { confirm } from '../../acting/confirm.ts';
import { openRoutes } from '../../client/open.ts';
import type { Routes } from '../../client/routes.ts';
import { type ConnectionFlags, connectionFlags } from '../../connection-flags.ts';
import { type Context, textApart, writeJson } from '../../context.ts';
import { commandLine, runServerless } from '../../deploy/serverless.ts';
import { checkRules, findInForce, replaySpan, runTests, say, stopped } from '../../deploy/steps.ts';
import { CommandError } from '../../failure.ts';
import { flag, option, options } from '../../flags.ts';
import { checkGates, failuresOf } from '../../rules/replay-gates.ts';
import { isoOf } from '../../times.ts';

type Flags = ConnectionFlags & {
  stage?: string;
  rules?: string;
  strict: boolean;
  tests?: string;
  against?: string;
  since?: string;
  assume?: string[];
  failOn?: string[];
  first: boolean;
  param?: string[];
  region?: string;
  dryRun: boolean;
  yes: boolean;
  json: boolean;
};

/** Checks a change of the rules step by step, shows its effect, and deploys it. It ends at the first step that fails. */
async function deploy(context: Context, flags: Flags): Promise<object> {
  const { stage, first, yes, dryRun } = flags;
  if (stage === undefined)
    throw new CommandError('Name the stage with --stage, such as --stage prod.', 'usage');
  const wanted = (flags.failOn ?? []).flatMap((text) => text.split(','));
  checkGates(wanted, 'the rules in force');
  const nowMs = context.clock.now();
  const since = isoOf(flags.since ?? '7d', nowMs) ?? '';
  const rulesFile = rulesOfStage(context, stage, flags.rules);
  const copy = path.join(context.home.data, '.poolkeeper/deployed', `${stage}.yml`);
  const routes = first ? undefined : await routesOfStage(context, flags, stage);

  const rules = await checkRules(context, rulesFile, flags.strict);
  await runTests(context, rulesFile, flags.tests);
  const risks: string[] = [];
  const differences: string[] = [];
  if (routes) {
    const against = await findInForce(context, { routes, rulesFile, against: flags.against, copy });
    const changes = rulesChanges(against, rules);
    const count = counted(changes.length, 'difference');
    say(context, 'change', changes.length === 0 ? 'none: the rules do the same as those in force' : count);
    for (const { text, acts } of changes) {
      context.screen.columns(' '.repeat(10), text, acts ? 'notable' : 'plain');
      differences.push(text);
      if (acts) risks.push(text);
    }
    if (changes.length > 0) {
      const until = new Date(nowMs).toISOString();
      const replayed = await replaySpan(context, {
        routes,
        rules,
        against,
        since,
        until,
        assume: flags.assume ?? [],
      });
      if (replayed) {
        showDifference(replayed, context.screen);
        const failures = failuresOf(wanted, replayed);
        for (const failure of failures) context.complain(failure);
        if (failures.length > 0) throw stopped('The replay failed.');
        if (replayed.against?.isMoreDestructive)
          risks.push('in the replay, the new rules wipe, move or take out more nodes');
      }
    }
  }

  const deployment = {
    args: [
      'deploy',
      '--stage',
      stage,
      ...(flags.region === undefined ? [] : ['--region', flags.region]),
      ...(flags.param ?? []).map((param) => `--param=${param}`),
    ],
    variables: { POOLKEEPER_CONFIG: path.resolve(context.directory, rulesFile) },
  };
  say(context, 'deploy', commandLine(deployment));
  const result = { stage, rules: { file: rulesFile, version: rules.version }, differences, risks };
  if (dryRun) {
    context.screen.line('Nothing was deployed, because of --dry-run.');
    return { ...result, deployed: false };
  }
  if (first || risks.length > 0) {
    const why = first
      ? `This makes the stage ${stage}, if there is none.`
      : `More is done without a person: ${risks.join('; ')}.`;
    await confirm(context, { what: `${why} Deploy ${rulesFile} to ${stage}?`, yes });
  }
  const code = await runServerless(context, deployment, flags.json ? 'standard error' : 'standard output');
  if (code !== 0)
    throw new CommandError(
      `The deployment has failed: the Serverless Framework ended with ${code}.`,
      'finding',
    );
  await mkdir(path.dirname(copy), { recursive: true });
  await copyFile(path.resolve(context.directory, rulesFile), copy);
  if (routes) await checkArrival(context, routes, rules.version);
  return { ...result, deployed: true };
}

/** The rules file of the stage: the one of the flag, of the settings file or of the environment. The first two must not disagree. */
function rulesOfStage(context: Context, stage: string, flagged: string | undefined): string {
  const { directory, environment, home } = context;
  const { POOLKEEPER_CONFIG: named } = deploymentVariables(stage, home.root, environment);
  const isOfFile = named !== undefined && named !== environment['POOLKEEPER_CONFIG'];
  const ofStage = isOfFile ? path.relative(directory, path.resolve(home.root, named)) : named;
  if (
    flagged !== undefined &&
    isOfFile &&
    path.resolve(directory, flagged) !== path.resolve(home.root, named)
  ) {
    throw new CommandError(
      `${settingsFileOf(stage, environment)} names the rules ${named}, and --rules names ${flagged}. Name the same file, or take one of them out.`,
      'usage',
    );
  }
  return flagged ?? ofStage ?? 'poolkeeper.yml';
}

/** The system that is deployed. The one on this machine is not, so the address must be named. */
async function routesOfStage(context: Context, flags: Flags, stage: string): Promise<Routes> {
  if (flags.url === undefined && !context.environment['POOLKEEPER_URL']) {
    throw new CommandError(
      `Name the system of the stage ${stage} with --url or POOLKEEPER_URL. For the first deployment of a stage, which has no system yet, use --first.`,
      'usage',
    );
  }
  return (await openRoutes(context, flags)).routes;
}

/** Whether the system has the new rules. */
async function checkArrival(context: Context, routes: Routes, version: string): Promise<void> {
  const { system } = await routes.me();
  if (system.rules === version) return say(context, 'done', `${routes.url} has the rules ${version}`);
  throw new CommandError(
    `The deployment has ended, but ${routes.url} has the rules ${system.rules ?? 'of an older version'}, not ${version}. Check that --url and --stage belong together.`,
    'finding',
  );
}

async function run(this: Context, flags: Flags): Promise<void> {
  if (!this.home.isCheckout) {
    throw new CommandError(
      'A deployment needs the sources of the functions, which the package does not have. Clone the repository, and run `npm ci && npm run poolkeeper -- deploy` in it.',
      'usage',
    );
  }
  const result = await deploy(flags.json ? textApart(this) : this, flags);
  if (flags.json) writeJson(this, result);
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `Changes the rules of a deployed system. It checks the rules file, runs its tests, finds the rules in force, says what is
different, replays the alerts of the last week through both, and deploys with the
Serverless Framework. It ends at the first step that fails, and before it deploys.

  poolkeeper deploy --stage prod --dry-run
  poolkeeper deploy --stage prod --param alarmEmail=oncall@example.com
  poolkeeper deploy --stage prod --fail-on more-destructive --yes

If more is done without a person than before, it asks first; without a terminal it
needs --yes. docs/rules/changing.md describes each step.`,
    },
    parameters: {
      flags: {
        stage: option('name', 'The stage, such as prod'),
        rules: option('file', 'The rules file (POOLKEEPER_CONFIG, poolkeeper.yml)'),
        strict: flag('Warnings about the rules fail, too'),
        tests: option(
          'file',
          'The tests of the rules; otherwise poolkeeper.tests.yml beside the rules, if it is there',
        ),
        against: option('file', 'The rules in force; otherwise found by their version'),
        since: option('time', 'Replays the alerts from this time on; 7d by default'),
        assume: options('key=value', 'As for replay: reset=6m,helps=90%; may be repeated'),
        failOn: options('condition', `Ends before the deployment on ${Object.keys(gates).join(', ')}`),
        first: flag('The stage has no system yet: nothing to compare with'),
        param: options('key=value', 'A parameter of the deployment, such as alarmEmail=…; may be repeated'),
        region: option('region', 'The region of AWS (AWS_REGION)'),
        dryRun: flag('Does everything but the deployment'),
        yes: flag('Does not ask'),
        json: flag(
          'Writes { stage, rules, differences, risks, deployed } as JSON, and the texts to standard error',
        ),
        ...connectionFlags,
      },
    },
    func: run,
  });
}
