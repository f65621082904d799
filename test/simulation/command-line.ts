import { parseArgs } from 'node:util';
import { type Profile, profiles } from './scenario/profiles/profiles.ts';

export const usage = `npm run simulate -- [options]

  --seeds N     as many seeds, one run each (default 1000)
  --from N      beginning with this one (default 1)
  --seed N      this one alone, with everything that happens in it
  --minutes N   for so long at most
  --workers N   in so many threads (default 2)
  --profile P   one kind of situation alone: ${profiles.join(', ')}
  --fault NAME  with this fault of the catalogue in the code
  --coverage    also says which branches of lib/ no world took, of 1320 by default, and of up to four times as many while
                a branch is missing; ends with 1 if one of them is not on the list in
                test/simulation/branch-coverage/unreached.ts, or if the list has too much
  --keep-going  goes on after a broken promise, and says of each only what it was`;

/** The options of a run of the simulation. */
export type SimulateOptions = {
  /** The first seed, and how many. `shown`: it is one seed, and everything that happens in it is wanted. */
  from: number;
  seeds: number;
  shown: boolean;
  /** Undefined: until all seeds are done. */
  minutes: number | undefined;
  workers: number;
  profile: Profile | undefined;
  fault: string | undefined;
  keepGoing: boolean;
  /** Whether to count which branches of the code are taken. */
  coverage: boolean;
};

/** An option that nothing can be done with. Its message is one line for the person who wrote it. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/**
 * Reads the options of `npm run simulate`.
 *
 * @param args as they follow the name of the program.
 * @throws {UsageError} for an unknown option, or a value that is none of those it can have.
 */
export function readSimulateOptions(args: readonly string[]): SimulateOptions | 'help' {
  const { values } = refusing(() =>
    parseArgs({
      args: [...args],
      options: {
        seeds: { type: 'string' },
        from: { type: 'string' },
        seed: { type: 'string' },
        minutes: { type: 'string' },
        workers: { type: 'string' },
        'keep-going': { type: 'boolean', default: false },
        coverage: { type: 'boolean', default: false },
        fault: { type: 'string' },
        profile: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }),
  );
  if (values.help) return 'help';
  const { seed, seeds, from, minutes, workers } = values;
  if (seed !== undefined && (seeds ?? from ?? minutes) !== undefined)
    throw new UsageError('--seed is one seed alone: leave out --seeds, --from and --minutes');
  // As many as the list of branches that no world takes was made with.
  const usual = values.coverage ? 1320 : 1000;
  const everySeed = Math.floor(Number.MAX_SAFE_INTEGER / 8);
  return {
    from: wholeNumber('seed', seed) ?? wholeNumber('from', from) ?? 1,
    seeds:
      seed === undefined ? (wholeNumber('seeds', seeds) ?? (minutes === undefined ? usual : everySeed)) : 1,
    shown: seed !== undefined,
    minutes: positiveNumber('minutes', minutes),
    workers: seed === undefined ? (wholeNumber('workers', workers, 64) ?? 2) : 1,
    profile: profileOf(values.profile),
    fault: values.fault,
    keepGoing: values['keep-going'],
    coverage: values.coverage,
  };
}

/** Turns a refusal of `parseArgs` into a UsageError. */
export function refusing<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message.split('\n')[0]) : error;
  }
}

/** @throws {UsageError} unless the text is a whole number from 1 to `most`; undefined where there is none. */
export function wholeNumber(option: string, text: string | undefined, most = 2 ** 50): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > most)
    throw new UsageError(`--${option} ${text}: must be a whole number from 1 to ${most}`);
  return value;
}

function positiveNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0)
    throw new UsageError(`--${option} ${text}: must be a number above 0`);
  return value;
}

/** @throws {UsageError} for a word that is no profile; undefined where there is none. */
export function profileOf(text: string | undefined): Profile | undefined {
  const profile = profiles.find((known) => known === text);
  if (text !== undefined && !profile)
    throw new UsageError(`--profile ${text}: must be one of ${profiles.join(', ')}`);
  return profile;
}
