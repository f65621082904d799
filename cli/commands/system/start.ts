import { existsSync } from 'node:fs';
import path from 'node:path';
import { buildCommand, type Command } from '@stricli/core';
import { RulesError } from '#lib/rules/parse/parse';
import type { Rules } from '#lib/rules/rules';
import { counted } from '#lib/sentences/english';
import { BuildError } from '#local/build/build-error';
import { readRules } from '#local/build/read-rules';
import { createScreen } from '#local/screen/screen';
import { start } from '#local/start';
import { tellSystemd } from '#local/start/tell-systemd';
import { type Context, writeJson } from '../../context.ts';
import { blocking, checkApi } from '../../doctor/check-api.ts';
import { writeCheck } from '../../doctor/write-check.ts';
import { CommandError } from '../../failure.ts';
import { flag, option } from '../../flags.ts';
import { openInBrowser } from '../../open-in-browser.ts';

type Flags = {
  port?: string;
  host?: string;
  rules?: string;
  data?: string;
  log?: string;
  logSize?: string;
  logFiles?: string;
  noWatch: boolean;
  open: boolean;
  json: boolean;
};

async function run(this: Context, flags: Flags): Promise<void> {
  const { data } = flags;
  const signal = this.stopSignal();
  const { root, isCheckout } = this.home;
  const given = { ...this.environment, ...variablesOf(flags) };
  // Standard output then has JSON lines alone.
  const logsToOutput = (flags.log ?? this.environment['POOLKEEPER_LOG']) === '-';
  if (logsToOutput && flags.json)
    throw new CommandError(
      '--json and a log on standard output exclude each other: leave one of them out.',
      'usage',
    );
  const screen = logsToOutput || flags.json ? createScreen(this.errors) : this.screen;
  const around = { ...this, screen };
  const environment = { ...given, POOLKEEPER_CONFIG: rulesOf(around, flags.rules) };
  const places = {
    root,
    isCheckout,
    directory: this.directory,
    data: data === undefined ? this.home.data : path.resolve(this.directory, data),
  };
  try {
    await start({
      places,
      environment,
      screen,
      output: this.output,
      signal,
      followsRules: !flags.noWatch,
      examine: (variables) => examine(around, variables, environment.POOLKEEPER_CONFIG),
      onUp: ({ pid, url, simulatorUrl }) => {
        if (flags.json) writeJson(this, { pid, url, ...(simulatorUrl !== undefined && { simulatorUrl }) });
        void tellSystemd(`Up at ${url}`, this.environment, (problem) =>
          screen.columns('', problem, 'notable'),
        );
        if (flags.open) openInBrowser(url, (why) => screen.columns('', why, 'notable'));
      },
    });
  } catch (error) {
    if (!signal.aborted)
      throw error instanceof RulesError ? notStarted(error, environment.POOLKEEPER_CONFIG) : error;
    screen.line();
    screen.line('Poolkeeper has ended.');
  }
}

/** The mistakes of the rules file, and what to do. */
function notStarted({ message }: RulesError, file: string): CommandError {
  return new CommandError(
    `${message}\nPoolkeeper has not started: correct ${file}. \`poolkeeper validate ${file}\` checks it without a start.`,
    'usage',
  );
}

/** The variables that flags stand for. */
function variablesOf({ port, host, log, logSize, logFiles }: Flags): Record<string, string> {
  return {
    ...(port !== undefined && { PORT: port }),
    ...(host !== undefined && { HOST: host }),
    ...(log !== undefined && { POOLKEEPER_LOG: log }),
    ...(logSize !== undefined && { POOLKEEPER_LOG_SIZE: logSize }),
    ...(logFiles !== undefined && { POOLKEEPER_LOG_FILES: logFiles }),
  };
}

/** The rules file. Someone who tries the package out may have none yet: the simulator then gets the sample. */
function rulesOf(
  { environment, directory, home, screen }: Pick<Context, 'environment' | 'directory' | 'home' | 'screen'>,
  named: string | undefined,
): string {
  const given = named ?? environment['POOLKEEPER_CONFIG'];
  if (given !== undefined && given !== '') return given;
  if (existsSync(path.join(directory, 'poolkeeper.yml'))) return 'poolkeeper.yml';
  if (environment['MODELARTS_ENDPOINT']) {
    throw new CommandError(
      `There is no poolkeeper.yml in ${directory}. Write one with \`poolkeeper init\`, or name yours with --rules.`,
      'usage',
    );
  }
  const sample = path.join(home.root, 'poolkeeper.yml');
  screen.columns(
    '',
    `There is no poolkeeper.yml here, so the simulator gets the sample rules, ${sample}.`,
    'dim',
  );
  return sample;
}

/** An API that is slow does not keep the system from starting. */
const EXAMINE_MS = 20_000;

/**
 * The quick part of `poolkeeper doctor`: the access to the API. Its findings only warn, unless no call could succeed.
 *
 * @throws CommandError if a start makes no sense
 */
async function examine(
  { clock, directory, screen }: Pick<Context, 'clock' | 'directory' | 'screen'>,
  variables: Readonly<Record<string, string>>,
  rulesFile: string,
): Promise<void> {
  const pools = await poolsIn(directory, rulesFile);
  const checks = await checkApi({ environment: variables, clock, pools, withinMs: EXAMINE_MS });
  const good = checks.filter(({ result }) => result === 'good').length;
  screen.columns('  ', `ModelArts: ${good} of ${counted(checks.length, 'check')} passed`, 'dim');
  for (const check of checks) if (check.result !== 'good') writeCheck(screen, check, '  ');
  const stop = blocking(checks, pools);
  if (!stop) return;
  throw new CommandError(
    `Poolkeeper has not started, because no call could succeed: ${stop.name}: ${stop.text}. ${stop.advice ?? ''} \`poolkeeper doctor\` checks it again.`,
    'credential',
  );
}

/** The pools of the rules file. The start itself says what is wrong with it. */
async function poolsIn(directory: string, rulesFile: string): Promise<Rules['pools']> {
  try {
    return (await readRules(directory, rulesFile, { warn: () => {} })).pools;
  } catch (error) {
    if (error instanceof RulesError || error instanceof BuildError) return [];
    throw error;
  }
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `Brings the whole system up on this machine, until Ctrl-C.

Without MODELARTS_ENDPOINT, a simulator takes the place of ModelArts, and a first
faulty node shows what Poolkeeper does. With MODELARTS_ENDPOINT and the keys of
Huawei Cloud, the system calls the real API, and its ledger and its tokens stay on
disk (docs/operate/self-hosting.md). It first
checks the access to the API as \`poolkeeper doctor\` does. It does not start if no
call could succeed, such as with a key that the API refuses; anything else is a
warning. The greeting says what it picked up from the ledger, and the end what goes
on without it.

The system follows the rules file while it runs: a valid change counts at once, and
an invalid one changes nothing (docs/rules/changing.md). With --no-watch it has the
rules of its start until it ends.`,
    },
    parameters: {
      flags: {
        port: option('number', 'The port of the HTTP API; 0: any free one (PORT, 3000)'),
        host: option('address', 'The address on which it listens (HOST, 127.0.0.1)'),
        rules: option('file', 'The rules file (POOLKEEPER_CONFIG, poolkeeper.yml)'),
        data: option('folder', 'Has .poolkeeper with ledger, tokens and log (POOLKEEPER_DATA, this folder)'),
        log: option('file', 'The log of the functions; - is standard output (POOLKEEPER_LOG)'),
        logSize: option('size', 'A log of this size begins anew (POOLKEEPER_LOG_SIZE, 32MB)'),
        logFiles: option('number', 'How many older logs stay (POOLKEEPER_LOG_FILES, 5)'),
        noWatch: flag('A change of the rules file counts at the next start only'),
        open: flag('Opens the console in the browser'),
        json: flag(
          'Writes { pid, url, simulatorUrl } as JSON when it is up, and the texts to standard error',
        ),
      },
    },
    func: run,
  });
}
