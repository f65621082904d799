import { buildCommand, type Command } from '@stricli/core';
import { RulesError } from '#lib/rules/parse/parse';
import type { Rules } from '#lib/rules/rules';
import { BuildError } from '#local/build/build-error';
import { readRules } from '#local/build/read-rules';
import { type Context, writeJson } from '../../context.ts';
import { bad, type Check, good, unknown, warning } from '../../doctor/check.ts';
import { checkApi } from '../../doctor/check-api.ts';
import { checkLedger, checkRecipients, checkTokens } from '../../doctor/machine.ts';
import { writeCheck } from '../../doctor/write-check.ts';
import { exitCodes } from '../../exit-codes.ts';
import { flag, option } from '../../flags.ts';

type Flags = { rules?: string; json: boolean };

async function run(this: Context, { rules: named, json }: Flags): Promise<void> {
  const checks = await examine(this, named ?? this.environment['POOLKEEPER_CONFIG'] ?? 'poolkeeper.yml');
  const failed = checks.filter(({ result }) => result === 'bad').length;
  if (json)
    writeJson(this, { good: failed === 0, checks: checks.map(({ blocks: _blocks, ...check }) => check) });
  else for (const check of checks) writeCheck(this.screen, check);
  if (failed > 0) this.process.exitCode = exitCodes.finding.code;
}

async function examine(context: Context, file: string): Promise<Check[]> {
  const { environment, home, clock } = context;
  const { rules, checks } = await checkRules(context, file);
  return [
    ...checks,
    ...(await checkApi({ environment, clock, pools: rules?.pools ?? [] })),
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
    const checks = warnings.map((line) => warning('rules', line, 'See docs/rules/reference.md.'));
    return { rules, checks: [good('rules', `${file} is valid`), ...checks] };
  } catch (error) {
    if (!(error instanceof RulesError || error instanceof BuildError)) throw error;
    const lines = error.message.split('\n');
    return { checks: lines.map((line) => bad('rules', line, 'Correct the rules file.')) };
  }
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
