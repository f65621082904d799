import { buildCommand, type Command } from '@stricli/core';
import { parseRules } from '#lib/rules/parse/parse';
import { RequestError } from '#local/client/http-json';
import { type Connection, findConnection } from '../../client/connection.ts';
import { type ConnectionFlags, connectionFlags } from '../../connection-flags.ts';
import { type Context, writeJson } from '../../context.ts';
import { exitCodes } from '../../exit-codes.ts';
import { type Explained, explainAlert, type StateOf } from '../../explaining/explanation.ts';
import { type PoolState, stateIn, stateOfSystem } from '../../explaining/pool-state.ts';
import { alertText, readAlerts } from '../../explaining/read-alerts.ts';
import { asJson, reportExplanation } from '../../explaining/report-explanation.ts';
import { CommandError } from '../../failure.ts';
import { flag, option } from '../../flags.ts';
import { readInput } from '../../rules/read-input.ts';

type Flags = ConnectionFlags & { alert?: string; pool?: string; offline: boolean; json: boolean };

async function run(this: Context, { alert: given, json, ...source }: Flags, file?: string): Promise<void> {
  if (given === undefined)
    throw new CommandError(
      'Give the alert: --alert <JSON, a file, -, or a sample such as alerts/npu-card-lost>.',
      'usage',
    );
  const named = file ?? this.environment['POOLKEEPER_CONFIG'] ?? 'poolkeeper.yml';
  const rules = parseRules(await readInput(named, 'rules file', this), named);
  const { alerts, left } = readAlerts(await alertText(given, this), this);
  const notes: string[] = [];
  const stateOf = await stateSource(this, source, notes);
  const explained: Explained[] = [];
  for (const alert of alerts) explained.push(await explainAlert(alert, rules, stateOf, this.clock.now()));
  if (json) writeJson(this, { alerts: explained.map(asJson), left, notes });
  else {
    for (const [index, one] of explained.entries()) {
      if (index > 0) this.screen.line();
      reportExplanation(one, this.screen);
    }
    for (const { alert, why } of left)
      this.screen.columns(`${this.screen.paint('bad', 'No alert')}  `, `${alert}: ${why}`);
    for (const note of notes) this.complain(note);
  }
  const isTaken =
    explained.length > 0 &&
    left.length === 0 &&
    explained.every(({ explanation }) => 'finding' in explanation);
  if (!isTaken) this.process.exitCode = exitCodes.finding.code;
}

/** The state of pools: from a file, from the system that runs, or none. */
async function stateSource(
  context: Context,
  { pool, offline, ...flags }: Pick<Flags, keyof ConnectionFlags | 'pool' | 'offline'>,
  notes: string[],
): Promise<StateOf> {
  if (pool !== undefined) {
    const state = stateIn(await readInput(pool, 'state of a pool', context), pool);
    return () => Promise.resolve(state);
  }
  const system = offline ? undefined : await connectionOf(context, flags);
  if (!system) return () => Promise.resolve(undefined);
  const known = new Map<string, Promise<PoolState | undefined>>();
  return ({ id, name }, node) => {
    const key = JSON.stringify([id, node]);
    const state = known.get(key) ?? ask(system, id, name, node, context.stopSignal(), notes);
    known.set(key, state);
    return state;
  };
}

async function ask(
  system: Connection,
  id: string,
  name: string,
  node: string,
  signal: AbortSignal,
  notes: string[],
): Promise<PoolState | undefined> {
  try {
    const state = await stateOfSystem(system, id, node, signal);
    if (!state)
      notes.push(
        `The rules of the system at ${system.url} do not have pool ${name} (${id}), so its state is not known.`,
      );
    return state;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    notes.push(`The state of pool ${name} is not known: ${error.message}`);
    return undefined;
  }
}

/** The system to ask. Undefined if the user names none, and none runs here. */
async function connectionOf(context: Context, flags: ConnectionFlags): Promise<Connection | undefined> {
  try {
    return await findConnection(context, flags);
  } catch (error) {
    const named = flags.url ?? flags.tokenFile ?? context.environment['POOLKEEPER_URL'] ?? '';
    if (error instanceof CommandError && error.outcome === 'unreachable' && named === '') return undefined;
    throw error;
  }
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `Explains the decision about an alert, without sending it: which rule takes it, the first
condition of each other rule that it does not meet, its pool and node, the requests of
the ladder, and what each guard would say now.

The guards judge the state of the pool in the running system, or in the file of --pool
(docs/rules/explain.md). Without either it says which of them are not known. It ends with 1 if
an alert leads to nothing.

  poolkeeper explain poolkeeper.yml --alert alerts/npu-card-lost
  poolkeeper explain --alert '{"labels":{"alertname":"NT_NPU_NET"}}' --offline`,
    },
    parameters: {
      flags: {
        alert: option('alert', 'The body of a webhook or one alert: JSON, a file, -, or a sample'),
        pool: option('file', 'The state of the pool, as JSON or YAML'),
        offline: flag('Asks no running system'),
        ...connectionFlags,
        json: flag('Writes JSON'),
      },
      positional: {
        kind: 'tuple',
        parameters: [{ brief: 'The rules file', parse: String, placeholder: 'file', optional: true }],
      },
    },
    func: run,
  });
}
