import { inspect } from 'node:util';
import { exitCodes, type Outcome } from './exit-codes.ts';

/** A command cannot do its work. The message is for its user: it says what is wrong, where, and what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly outcome: Outcome;

  constructor(message: string, outcome: Outcome, options?: ErrorOptions) {
    super(message, options);
    this.outcome = outcome;
  }
}

/** Errors of the other rooms whose message is for the user. By name: to import their classes would load all rooms for `--help`. */
const FOR_THE_READER: Readonly<Record<string, Outcome>> = {
  BackupError: 'usage',
  BuildError: 'usage',
  ConfigError: 'usage',
  DataError: 'finding',
  FlagError: 'usage',
  PayloadError: 'usage',
  RulesError: 'usage',
  RuleTestsError: 'usage',
  ReplayError: 'usage',
  SimulatorError: 'finding',
  StartError: 'finding',
  TargetError: 'unreachable',
};

/** @returns the kind of failure, and the text for the user: the message, or the stack of a defect */
export function failureOf(error: unknown): { outcome: Outcome; text: string } {
  if (!(error instanceof Error)) return { outcome: 'defect', text: inspect(error) };
  if (error instanceof CommandError) return { outcome: error.outcome, text: error.message };
  if (error.name === 'RequestError')
    return { outcome: outcomeOfStatus('status' in error ? error.status : undefined), text: error.message };
  const known = FOR_THE_READER[error.name];
  if (known !== undefined) return { outcome: known, text: error.message };
  return {
    outcome: 'defect',
    text: `This is a defect of Poolkeeper. Please report it with these lines:\n${inspect(error)}`,
  };
}

export function exitCodeOf(error: unknown): number {
  return exitCodes[failureOf(error).outcome].code;
}

/** @param status of an answer; undefined: there was none */
function outcomeOfStatus(status: unknown): Outcome {
  if (status === 401 || status === 403) return 'credential';
  if (status === 404) return 'unknown';
  return typeof status === 'number' && status < 500 ? 'refused' : 'unreachable';
}
