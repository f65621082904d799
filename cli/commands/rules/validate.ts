import { buildCommand, type Command } from '@stricli/core';
import type { Context } from '../../context.ts';
import { exitCodes } from '../../exit-codes.ts';
import { CommandError } from '../../failure.ts';
import { flag } from '../../flags.ts';
import { readInput, STANDARD_INPUT } from '../../rules/read-input.ts';
import { type Format, formats, reportValidation } from '../../rules/report-validation.ts';
import { countOf, type Validation, validate } from '../../rules/validation.ts';

type Flags = { strict: boolean; json: boolean; format: Format };

async function run(this: Context, { strict, json, format }: Flags, ...named: string[]): Promise<void> {
  const began = this.clock.now();
  const files = named.length > 0 ? named : [this.environment['POOLKEEPER_CONFIG'] ?? 'poolkeeper.yml'];
  const validations: Validation[] = [];
  const unreadable: string[] = [];
  for (const file of new Set(files)) {
    try {
      const text = await readInput(file, 'rules file', this);
      validations.push(validate(file === STANDARD_INPUT ? '(standard input)' : file, text, began));
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      unreadable.push(error.message);
    }
  }
  const isFaulty = validations.some(
    (one) => countOf(one, 'error') > 0 || (strict && countOf(one, 'warning') > 0),
  );
  const ok = !isFaulty && unreadable.length === 0;
  const ms = this.clock.now() - began;
  reportValidation(validations, { format: json ? 'json' : format, ok, ms }, this);
  for (const message of unreadable) this.complain(message);
  if (!ok) this.process.exitCode = (unreadable.length > 0 ? exitCodes.usage : exitCodes.finding).code;
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `Checks rules files without a build: every mistake with its line, its path and what to
do, and then warnings: valid entries that would not do what their author expects, such
as a rule that an earlier one hides. docs/rules/warnings.md explains each warning.

Without a file it checks the file of POOLKEEPER_CONFIG, or poolkeeper.yml. The file -
is standard input. It ends with 1 if a file has a mistake, and with --strict also if it
has a warning.`,
    },
    parameters: {
      flags: {
        strict: flag('Warnings fail, too'),
        json: flag('The same as --format json'),
        format: {
          kind: 'enum',
          values: formats,
          default: 'text',
          brief: 'text; json for programs; github for annotations in GitHub Actions',
        },
      },
      positional: {
        kind: 'array',
        parameter: { brief: 'The rules files', parse: String, placeholder: 'file' },
      },
    },
    func: run,
  });
}
