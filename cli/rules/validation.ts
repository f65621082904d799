import { parseRulesText, RulesError } from '#lib/rules/parse/parse';
import type { Problem } from '#lib/rules/parse/yaml-source';
import { findWarnings } from '#lib/rules/warnings/find-warnings';
import type { WarningCode } from '#lib/rules/warnings/warning';

/** A mistake, or a warning with its code, and its place in the file. */
export type Finding = Problem & { level: 'error' | 'warning'; code?: WarningCode };

/** The result for one file. `rules` and `pools`: their numbers, for a valid file. */
export type Validation = {
  file: string;
  findings: Finding[];
  rules?: number;
  pools?: number;
};

/**
 * Checks the text of a rules file: all of its mistakes, or, if it has none, all of its warnings. Pure.
 *
 * @param now epoch milliseconds, for windows and schedules that are over
 */
export function validate(file: string, text: string, now: number): Validation {
  try {
    const parsed = parseRulesText(text, file);
    const warnings = findWarnings(text, parsed, now);
    const { rules, pools } = parsed.rules;
    return {
      file,
      findings: warnings.map((warning) => ({ level: 'warning', ...warning })),
      rules: rules.length,
      pools: pools.length,
    };
  } catch (error) {
    if (!(error instanceof RulesError)) throw error;
    return { file, findings: error.problems.map((problem) => ({ level: 'error', ...problem })) };
  }
}

export function countOf({ findings }: Pick<Validation, 'findings'>, level: Finding['level']): number {
  return findings.filter((one) => one.level === level).length;
}
