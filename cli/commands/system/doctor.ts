import { buildCommand, type Command } from '@stricli/core';
import { ConfigError, ModelArtsEnvironment, ModelArtsSecrets, readVariables } from '#lib/config';
import { createLogger } from '#lib/log';
import { createModelArtsClients } from '#lib/modelarts/client/clients';
import { RulesError } from '#lib/rules/parse/parse';
import type { Rules } from '#lib/rules/rules';
import { BuildError } from '#local/build/build-error';
import { readRules } from '#local/build/read-rules';
import { type Context, writeJson } from '../../context.ts';
import { checkPool } from '../../doctor/api.ts';
import { bad, type Check, good, unknown, warning } from '../../doctor/check.ts';
import { checkClock, checkLedger, checkRecipients, checkTokens } from '../../doctor/machine.ts';
import { exitCodes } from '../../exit-codes.ts';
import { flag, option } from '../../flags.ts';

type Flags = { rules?: string; json: boolean };

async function run(this: Context, { rules: named, json }: Flags): Promise<void> {
  const checks = await examine(this, named ?? this.environment['POOLKEEPER_CONFIG'] ?? 'poolkeeper.yml');
  const failed = checks.filter(({ result }) => result === 'bad').length;
  if (json) writeJson(this, { good: failed === 0, checks });
  else for (const check of checks) writeCheck(this, check);
  if (failed > 0) this.process.exitCode = exitCodes.finding.code;
}

async function examine(context: Context, file: string): Promise<Check[]> {
  const { environment, home } = context;
  const { rules, checks } = await checkRules(context, file);
  return [
    ...checks,
    ...(await checkApi(context, rules)),
    ...checkTokens(environment),
    ...(rules
      ? await checkRecipients(rules)
      : [unknown('recipients', 'not checked, because the rules are wrong')]),
    await checkLedger(home.data),
  ];
}

async function checkRules({ directory }: Context, file: string): Promise<{ rules?: Rules; checks: Check[] }> {
  const warnings: string[] = [];
  try {
    const rules = await readRules(directory, file, { warn: (line) => warnings.push(line) });
    const checks = warnings.map((line) => warning('rules', line, 'See docs/rules.md.'));
    return { rules, checks: [good('rules', `${file} is valid`), ...checks] };
  } catch (error) {
    if (!(error instanceof RulesError || error instanceof BuildError)) throw error;
    const lines = error.message.split('\n');
    return { checks: lines.map((line) => bad('rules', line, 'Correct the rules file.')) };
  }
}

/** The checks of the API, for each pool of the rules file. Each request is only a reading. */
async function checkApi({ environment, clock }: Context, rules: Rules | undefined): Promise<Check[]> {
  const name = 'ModelArts';
  try {
    const { HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK, HUAWEICLOUD_SDK_SECURITY_TOKEN, ...target } =
      readVariables(ModelArtsEnvironment.extend(ModelArtsSecrets.shape), environment);
    const region = target.HUAWEICLOUD_SDK_REGION;
    const endpoint = target.MODELARTS_ENDPOINT ?? `https://modelarts.${region}.myhuaweicloud.com`;
    const clientFor = createModelArtsClients(
      { projectId: target.HUAWEICLOUD_SDK_PROJECT_ID, region, endpoint: target.MODELARTS_ENDPOINT },
      {
        credentials: {
          accessKey: HUAWEICLOUD_SDK_AK,
          secretKey: HUAWEICLOUD_SDK_SK,
          ...(HUAWEICLOUD_SDK_SECURITY_TOKEN !== undefined && {
            securityToken: HUAWEICLOUD_SDK_SECURITY_TOKEN,
          }),
        },
        clock,
        random: Math.random,
        log: createLogger({}, { write: () => {} }),
      },
    );
    const ofClock = await checkClock(endpoint, () => clock.now());
    // One pool after the other: after one refusal, the client sends the key no more, so that it is not locked.
    const ofPools: Check[] = [];
    for (const pool of rules?.pools ?? []) {
      const client = clientFor(pool);
      ofPools.push(...(await checkPool(client, pool)));
    }
    return [ofClock, ...ofPools];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [
      bad(name, error.message, 'Set the variables: docs/deploy.md and the README say where they come from.'),
    ];
  }
}

const MARKS = { good: '✓', bad: '✗', warning: '!', unknown: '?' } as const;
const TONES = { good: 'good', bad: 'bad', warning: 'notable', unknown: 'dim' } as const;

function writeCheck({ screen }: Context, { name, result, text, advice }: Check): void {
  const tone = TONES[result];
  screen.columns(`${screen.paint(tone, MARKS[result])} ${name}: `, text);
  if (advice !== undefined) screen.columns('    ', advice, 'dim');
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `Checks the rules, the access to the API, the pools with their nodes, addresses and
workloads, the clock, the tokens, the recipients of notices, and the folder of the ledger. It only reads, and
changes nothing. The exit code is ${exitCodes.finding.code} if something is wrong; a warning alone is no error.`,
    },
    parameters: {
      flags: {
        rules: option('file', 'The rules file (POOLKEEPER_CONFIG, poolkeeper.yml)'),
        json: flag('Writes { good, checks } as JSON'),
      },
    },
    func: run,
  });
}
