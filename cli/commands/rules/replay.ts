import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildCommand, type Command } from '@stricli/core';
import { Duration } from '#lib/rules/file/duration';
import { parseRules } from '#lib/rules/parse/parse';
import type { Rules } from '#lib/rules/rules';
import { readAssumptions } from '#local/replay/assumptions';
import { gates } from '#local/replay/gates';
import { type InputFile, readHistory } from '#local/replay/input/read-history';
import { readNodeList } from '#local/replay/input/read-nodes';
import { asIfActing, replay } from '#local/replay/replay';
import { MONTH, sampleHistory } from '#local/replay/sample';
import { showReplay } from '#local/replay/show';
import { type Context, writeJson } from '../../context.ts';
import { CommandError } from '../../failure.ts';
import { flag, option, options } from '../../flags.ts';
import { readWholeFile } from '../../rules/read-input.ts';
import { checkGates, failuresOf } from '../../rules/replay-gates.ts';
import { progressOn } from '../../rules/replay-progress.ts';

type Flags = {
  rules?: string;
  against?: string;
  act: boolean;
  nodes?: string;
  size?: string[];
  assume?: string[];
  repeatInterval?: string;
  seed?: string;
  sample?: string;
  writeSample?: string;
  failOn?: string[];
  timeline: boolean;
  json: boolean;
};

async function run(this: Context, flags: Flags, ...files: string[]): Promise<void> {
  const { directory } = this;
  const read = (file: string, what = 'rules file') => readWholeFile(directory, file, what);
  const wanted = (flags.failOn ?? []).flatMap((text) => text.split(','));
  checkGates(wanted, flags.against);
  const assumptions = readAssumptions(flags.assume ?? []);
  const input: InputFile[] = [...sampleOf(flags)];
  for (const name of files) input.push({ name, text: await read(name, 'history') });
  if (input.length === 0)
    throw new CommandError(
      'There is nothing to replay: name a file with alerts, or try `--sample month`. docs/rules/replay.md shows how to get one.',
      'usage',
    );
  if (flags.writeSample !== undefined) await writeTo(directory, flags.writeSample, input[0]?.text ?? '');

  const rulesFile = flags.rules ?? this.environment['POOLKEEPER_CONFIG'] ?? 'poolkeeper.yml';
  const acting = (rules: Rules) => (flags.act ? asIfActing(rules) : rules);
  const rules = acting(parseRules(await read(rulesFile), rulesFile));
  const against =
    flags.against === undefined ? undefined : acting(parseRules(await read(flags.against), flags.against));
  const replayed = await replay({
    rules,
    against,
    history: readHistory(input, repeatOf(flags)),
    listed:
      flags.nodes === undefined ? [] : readNodeList(await read(flags.nodes, 'list of nodes'), flags.nodes),
    sizes: sizesOf(flags),
    assumptions,
    seed: seedOf(flags),
    ...progressOn(this.process.stderr),
  });

  const { result: _whole, ...shown } = replayed;
  const { remediations, calls } = replayed.result;
  if (flags.json)
    writeJson(this, { ...shown, calls, remediations: remediations.map(({ receipts: _all, ...one }) => one) });
  else showReplay(replayed, this.screen, flags);
  const failures = failuresOf(wanted, replayed);
  for (const failure of failures) this.complain(failure);
  if (failures.length > 0) this.process.exitCode = 1;
}

function sampleOf({ sample, seed, writeSample }: Flags): InputFile[] {
  if (sample === undefined) {
    if (writeSample === undefined) return [];
    throw new CommandError('--write-sample writes the sample of --sample: add --sample month', 'usage');
  }
  if (sample !== 'month' && sample !== 'day')
    throw new CommandError(`--sample ${sample}: there is month and day, each of 500 nodes`, 'usage');
  return [
    sampleHistory({ ...MONTH, ...(sample === 'day' && { days: 1 }), seed: numberOf('seed', seed) ?? 1 }),
  ];
}

function sizesOf({ size = [], sample }: Flags): Map<string, number> {
  const sizes = new Map<string, number>(sample === undefined ? [] : [['*', MONTH.nodes]]);
  for (const text of size) {
    const [, pool = '*', count] = /^(?:([^=]+)=)?(\d{1,5})$/.exec(text) ?? [];
    if (count === undefined)
      throw new CommandError(`--size ${text}: is not a number of nodes, such as 500 or train-a=500`, 'usage');
    sizes.set(pool, Number(count));
  }
  return sizes;
}

const REPEAT_MS = 5 * 60_000;

function repeatOf({ repeatInterval }: Flags): number {
  if (repeatInterval === undefined) return REPEAT_MS;
  const read = Duration.safeParse(repeatInterval);
  if (read.success && read.data > 0) return read.data;
  throw new CommandError(`--repeat-interval ${repeatInterval}: is not a duration such as 5m or 1h`, 'usage');
}

function seedOf({ seed }: Flags): number {
  return numberOf('seed', seed) ?? 1;
}

function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined || /^\d{1,9}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new CommandError(`--${name} ${text}: is not a whole number`, 'usage');
}

async function writeTo(directory: string, file: string, text: string): Promise<void> {
  await writeFile(path.resolve(directory, file), text).catch((error: Error) => {
    throw new CommandError(`${file} cannot be written: ${error.message}. Name another file.`, 'usage', {
      cause: error,
    });
  });
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `Shows what rules would have done to alerts of the past. The real decision, guards,
ladders and ledger run on virtual time over a simulated pool; nothing is sent to any
API. The answers of the API are assumed: --assume changes that, and a second run with
worse luck shows how the result depends on it.

  poolkeeper replay export.jsonl --act
  poolkeeper replay alerts.json --against today.yml --fail-on more-destructive
  poolkeeper replay --sample month --assume reset=10m,helps=70%

docs/rules/replay.md shows how to get the alerts.`,
    },
    parameters: {
      positional: {
        kind: 'array',
        parameter: {
          brief: 'An export, a range query of ALERTS, alerts of Alertmanager, or bodies of a webhook',
          parse: String,
          placeholder: 'history',
        },
      },
      flags: {
        rules: option('file', 'The rules; without it poolkeeper.yml'),
        against: option('file', 'Other rules: shows the difference, node by node'),
        act: flag('As if every rule acted, also those that observe or wait for a person'),
        nodes: option('file', 'The nodes of the pools: names, or an answer of the API as JSON'),
        size: options('nodes', 'The size of each pool, or of one: train-a=500; may be repeated'),
        assume: options('key=value', 'Such as reset=6m,helps=90%; may be repeated'),
        repeatInterval: option('duration', 'How often an alert came while it fired; 5m'),
        seed: option('number', 'Another seed is another course of luck; 1'),
        sample: option('month', 'A made-up month, or day, of 500 nodes'),
        writeSample: option('file', 'Also writes the sample to a file'),
        failOn: options('condition', `Ends with 1 on ${Object.keys(gates).join(', ')}`),
        timeline: flag('Lists the remediations in the order of time'),
        json: flag('Writes the result as JSON'),
      },
    },
    func: run,
  });
}
