import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildCommand, type Command } from '@stricli/core';
import { ConfigError } from '#lib/config';
import { ModelArtsError } from '#lib/modelarts/client/errors';
import { parseRules, RulesError } from '#lib/rules/parse/parse';
import { type Context, textApart, writeJson } from '../../context.ts';
import { apiClients } from '../../doctor/check-api.ts';
import { CommandError } from '../../failure.ts';
import { flag, option, options } from '../../flags.ts';
import { findPools } from '../../init/found-pools.ts';
import { type NamedPool, rulesText } from '../../init/rules-text.ts';

type Flags = { pool?: string[]; output?: string; force: boolean; json: boolean };

async function run(
  this: Context,
  { pool = [], output = 'poolkeeper.yml', force, json }: Flags,
): Promise<void> {
  const around = json ? textApart(this) : this;
  const pools = pool.length > 0 ? pool.map(poolOf) : await poolsOfKey(around);
  const text = rulesText(pools);
  try {
    parseRules(text, output);
  } catch (error) {
    if (!(error instanceof RulesError)) throw error;
    throw new CommandError(`These pools make no valid rules file:\n${error.message}`, 'usage', {
      cause: error,
    });
  }
  await writeFile(path.resolve(this.directory, output), text, { flag: force ? 'w' : 'wx' }).catch(
    (error: Error) => {
      const exists = 'code' in error && error.code === 'EEXIST';
      const reason = exists
        ? `${output} exists already. Name another file with --output, or add --force to replace it.`
        : `${output} cannot be written: ${error.message}`;
      throw new CommandError(reason, 'usage', { cause: error });
    },
  );
  const { screen } = around;
  screen.columns('', `${output} is written: ${pools.map(({ name }) => name).join(', ')}. It only observes.`);
  screen.line();
  for (const [line, what] of [
    ['poolkeeper doctor', 'checks it, the keys and the pools'],
    ['poolkeeper start', 'runs the system with it'],
  ] as const) {
    screen.columns(`  ${line.padEnd(19)}`, what, 'dim');
  }
  if (json) writeJson(this, { file: output, pools: pools.map(({ name, id }) => ({ name, id })) });
}

/** The pools that the API shows to the key of the environment. Without a key, the person is asked. */
async function poolsOfKey(context: Context): Promise<NamedPool[]> {
  const { environment, clock, screen } = context;
  if (!environment['HUAWEICLOUD_SDK_AK']) return askForPools(context);
  const byHand = 'Or name each pool with --pool name=id.';
  try {
    const { clientFor } = apiClients(environment, clock);
    const { pools, unreadable } = await findPools(clientFor({}));
    for (const why of unreadable)
      screen.columns('', `A pool of the project cannot be read: ${why}`, 'notable');
    if (pools.length > 0) return pools;
    throw new CommandError(
      `The project ${environment['HUAWEICLOUD_SDK_PROJECT_ID']} shows no pool. ${byHand}`,
      'finding',
    );
  } catch (error) {
    if (error instanceof ConfigError)
      throw new CommandError(`${error.message}. ${byHand}`, 'usage', { cause: error });
    if (!(error instanceof ModelArtsError)) throw error;
    const outcome = error.status === 401 || error.status === 403 ? 'credential' : 'unreachable';
    throw new CommandError(`The pools could not be listed: ${error.message}. ${byHand}`, outcome, {
      cause: error,
    });
  }
}

function poolOf(text: string): NamedPool {
  const [, name, id] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name !== undefined && id !== undefined) return { name, id };
  throw new CommandError(
    `--pool ${text}: must be name=id, such as train-a=pool-9d3f-6f5da086876d4cd084d36f8bd3346036.`,
    'usage',
  );
}

async function askForPools(context: Context): Promise<NamedPool[]> {
  if (context.ask === undefined) {
    throw new CommandError('Name each pool with --pool name=id: there is no terminal to ask on.', 'usage');
  }
  const pools: NamedPool[] = [];
  for (;;) {
    const which =
      pools.length === 0
        ? 'The id of a pool (metadata.name in its details): '
        : 'The id of another pool, or nothing: ';
    const id = (await context.ask(which)).trim();
    if (id === '') break;
    const usual = `pool-${pools.length + 1}`;
    const name = (await context.ask(`A name of your own for it (${usual}): `)).trim();
    pools.push({ id, name: name === '' ? usual : name });
  }
  if (pools.length === 0)
    throw new CommandError('Without a pool there are no rules. Nothing was written.', 'usage');
  return pools;
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `Writes a first rules file with comments. It only observes: nothing in it makes a call.
With the key of Huawei Cloud in the environment, it has every pool that the API shows
to the key. Without a key it asks for the pools. It replaces no file without --force.`,
    },
    parameters: {
      flags: {
        pool: options('name=id', 'A pool: a name of your own, and its id; may be repeated'),
        output: option('file', 'The file, poolkeeper.yml by default'),
        force: flag('Replaces the file if it exists'),
        json: flag('Writes { file, pools } as JSON, and the texts to standard error'),
      },
    },
    func: run,
  });
}
