import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseRulesText } from '#lib/rules/parse/parse';
import type { VersionedRules } from '#lib/rules/rules';
import { describeWarning, findWarnings } from '#lib/rules/warnings/find-warnings';
import { BuildError } from './build-error.ts';

export type ReadRulesOptions = {
  /** Gets one line for each valid entry that would not do what its author expects. docs/rules/warnings.md lists the kinds. */
  warn: (line: string) => void;
};

/**
 * Reads and checks the rules file. `file` is relative to `root`.
 *
 * @throws RulesError with each mistake and its line; BuildError if the file cannot be read
 */
export async function readRules(
  root: string,
  file: string,
  { warn }: ReadRulesOptions,
): Promise<VersionedRules> {
  const bytes = await readFile(path.resolve(root, file)).catch((error: Error) => {
    throw new BuildError(
      'code' in error && error.code === 'ENOENT'
        ? `There is no rules file ${file}. Check the path (--rules, POOLKEEPER_CONFIG), or write one with \`poolkeeper init\`.`
        : `The rules file ${file} cannot be read: ${error.message}. Correct it, or name another one (--rules, POOLKEEPER_CONFIG).`,
    );
  });
  const { rules, warnings } = compileRules(bytes, file);
  for (const warning of warnings) warn(warning);
  return rules;
}

/**
 * Checks the content of a rules file.
 *
 * @param file its name in the messages
 * @returns the rules, and one line for each warning
 * @throws RulesError with each mistake and its line
 */
export function compileRules(
  bytes: Buffer,
  file: string,
): { rules: VersionedRules; warnings: readonly string[] } {
  const text = bytes.toString('utf8');
  const parsed = parseRulesText(text, file);
  return {
    rules: { ...parsed.rules, version: rulesVersion(bytes) },
    warnings: findWarnings(text, parsed, Date.now()).map((warning) => describeWarning(file, warning)),
  };
}

/** The version of a rules file: the first 12 digits of its SHA-256, as `sha256sum` shows it. */
export function rulesVersion(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 12);
}
