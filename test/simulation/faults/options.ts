import { parseArgs } from 'node:util';
import { profileOf, refusing, UsageError, wholeNumber } from '../command-line.ts';
import { type Fault, faults } from './catalogue.ts';

export const usage = `npm run simulate:faults -- [options]

  --seeds N     as many worlds for each fault at most (default 600)
  --minutes N   for so long at most; the same command again goes on from there
  --only TEXT   faults whose name has this in it
  --profile P   faults that are looked for in this kind of situation
  --from N      beginning with the N-th fault of the catalogue
  --count N     as many faults
  --workers N   in so many threads (default 2)
  --anew        forgets what earlier runs over the same code have found`;

/** The options of a hunt for faults. */
export type HuntOptions = {
  wanted: readonly Fault[];
  seeds: number;
  /** Undefined: until all is done. */
  minutes: number | undefined;
  workers: number;
  /** Whether to forget what is known of earlier runs. */
  anew: boolean;
};

/** @throws {UsageError} for an unknown option, or a value that it cannot have. */
export function readHuntOptions(args: readonly string[]): HuntOptions | 'help' {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = refusing(() =>
    parseArgs({
      args: [...args],
      options: {
        seeds: text,
        minutes: text,
        only: text,
        profile: text,
        from: text,
        count: text,
        workers: text,
        anew: flag,
        help: flag,
      },
    }),
  );
  if (values.help) return 'help';
  const profile = profileOf(values.profile);
  const from = (wholeNumber('from', values.from) ?? 1) - 1;
  const wanted = faults
    .slice(from, from + (wholeNumber('count', values.count) ?? faults.length))
    .filter(({ name }) => values.only === undefined || name.includes(values.only))
    .filter((fault) => profile === undefined || (fault.profile ?? 'mixed') === profile);
  if (wanted.length === 0) throw new UsageError(`no fault of the catalogue is meant by ${args.join(' ')}`);
  return {
    wanted,
    seeds: wholeNumber('seeds', values.seeds) ?? 600,
    minutes: wholeNumber('minutes', values.minutes),
    workers: wholeNumber('workers', values.workers, 64) ?? 2,
    anew: values.anew,
  };
}
