import { parseRulesText, type RulesText } from '../parse/parse.ts';
import { applyAllowances } from './allowances.ts';
import { neverMatches, slips } from './conditions.ts';
import { globTraps } from './glob-traps.ts';
import { ladders } from './ladders.ts';
import { limits } from './limits.ts';
import { modes, withoutConditions, withoutRules } from './modes.ts';
import { notices } from './notices.ts';
import { namedNodesAndPools, unused } from './pools.ts';
import { reachability } from './reachability.ts';
import { schedules, tags } from './schedules.ts';
import { type Check, listed, type Warning } from './warning.ts';
import { windows } from './windows.ts';

const checks: readonly Check[] = [
  globTraps,
  neverMatches,
  slips,
  withoutRules,
  withoutConditions,
  reachability,
  namedNodesAndPools,
  unused,
  notices,
  modes,
  ladders,
  limits,
  windows,
  schedules,
  tags,
];

/**
 * The valid entries of a rules file that would not do what their author expects, sorted by line. A comment
 * `# poolkeeper: allow <code>` in the line of an entry, or above it, allows a warning.
 *
 * @param text the text that `file` was read from
 * @param now epoch milliseconds
 */
export function findWarnings(text: string, file: RulesText, now: number): Warning[] {
  const found = checks
    .flatMap((check) => check(file, now))
    .map(({ code, ...finding }): Warning => ({ ...file.place(finding), code }));
  return joinAlike(applyAllowances(text, found).toSorted((a, b) => a.line - b.line || a.column - b.column));
}

/** Warnings with the same words stand once, at the first of their places. */
function joinAlike(sorted: readonly Warning[]): Warning[] {
  const alike = Map.groupBy(sorted, ({ code, reason }) => `${code} ${reason}`);
  return [...alike.values()].flatMap(([first, ...others]) => {
    if (!first) return [];
    const lines = [...new Set(others.map(({ line }) => line))].filter((line) => line !== first.line);
    if (lines.length === 0) return [first];
    return [
      {
        ...first,
        reason: `${first.reason} (also in ${lines.length === 1 ? 'line' : 'lines'} ${listed(lines.map(String))})`,
      },
    ];
  });
}

/**
 * The same for a text alone.
 *
 * @param fileName the name of the file in the messages of errors
 * @throws RulesError if the file has mistakes
 */
export function warningsIn(text: string, fileName: string, now: number): Warning[] {
  return findWarnings(text, parseRulesText(text, fileName), now);
}

/** A warning as a line for people: `poolkeeper.yml:9:13 rules[0].when: …  (unreachable-rule)`. */
export function describeWarning(fileName: string, { line, column, path, reason, code }: Warning): string {
  return `${fileName}:${line}:${column} ${path === '' ? '' : `${path}: `}${reason} [${code}]`;
}
