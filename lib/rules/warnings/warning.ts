import type { PathProblem } from '#lib/issues';
import type { Problem } from '../parse/yaml-source.ts';
import type { AlertRule, Matcher, Rules } from '../rules.ts';

/** The codes of all warnings, by their kinds. docs/rules/warnings.md has an entry for each. A code keeps its meaning. */
export const warningCodes = [
  // Globs and conditions
  'regular-expression',
  'list-in-text',
  'space-around',
  'never-matches',
  'unusual-value',
  'unusual-label',
  'no-rule',
  'no-condition',
  'redundant-condition',
  'unreachable-rule',
  'duplicate-rule',
  // Nodes, pools and senders
  'not-a-node',
  'any-pool',
  'unused-pool',
  'unusual-pool-id',
  'sender-without-rule',
  'unused-topics',
  // Notices
  'no-recipient',
  'approval-unheard',
  'trouble-unheard',
  'unused-recipient',
  'duplicate-recipient',
  'secret-in-url',
  // Modes
  'mode-without-effect',
  'acts-without-report',
  'schedule-acts',
  // Ladders
  'phase-excludes-action',
  'same-pool',
  'repeated-rung',
  'never-resolves',
  'stays-isolated',
  'tag-stays',
  'nothing-to-accept',
  // Limits
  'budget-allows-nothing',
  'budget-too-small',
  'no-storm',
  'rounds-without-effect',
  'short-evidence',
  'long-evidence',
  'storm-outlives-evidence',
  // Windows and schedules
  'window-never-opens',
  'window-too-rare',
  'short-window',
  'window-in-utc',
  'inverted-offset',
  'evidence-before-window',
  'approval-before-window',
  'schedule-never-fires',
  'schedule-fires-often',
  // Tags
  'tag-conflict',
  'reassert-too-often',
  // Allowances
  'unused-allowance',
] as const;

export type WarningCode = (typeof warningCodes)[number];

/** A valid entry of a rules file that would not do what its author expects. Its place counts from 1. */
export type Warning = Problem & { code: WarningCode };

/** A warning before its place in the text is known. */
export type Found = PathProblem & { code: WarningCode };

/** A valid rules file, as the checks see it. */
export type CheckedFile = {
  rules: Rules;
  /** The value of the YAML text, before packs and defaults. */
  written: unknown;
  /** How many of `rules.rules` stand in the text, as the first ones. */
  ownRules: number;
};

/** Finds the warnings of one kind. Pure. `now`: epoch milliseconds, for times that are over. */
export type Check = (file: CheckedFile, now: number) => Found[];

/** The rules of the text itself, each with its path. */
export function ownRulesOf({
  rules: { rules },
  ownRules,
}: CheckedFile): { rule: AlertRule; path: PropertyKey[] }[] {
  return rules.slice(0, ownRules).map((rule, index) => ({ rule, path: ['rules', index] }));
}

/** The value at a path of the text. Undefined if the author did not write it. */
export function writtenAt(written: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce(
    (value: unknown, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? Reflect.get(value, key)
        : undefined,
    written,
  );
}

/** Each glob of a matcher with its path: a single one stands at the key itself. */
export function globsAt(
  { written }: Pick<CheckedFile, 'written'>,
  matcher: Matcher | undefined,
  path: readonly PropertyKey[],
): { glob: string; path: PropertyKey[] }[] {
  const isList = Array.isArray(writtenAt(written, path));
  return (matcher ?? []).map((glob, index) => ({ glob, path: isList ? [...path, index] : [...path] }));
}

/** The pools that a rule can reach, by name. */
export function poolsOfRule({ pool }: Pick<AlertRule, 'pool'>, { pools }: Pick<Rules, 'pools'>): string[] {
  return 'name' in pool ? [pool.name] : (pool.of ?? pools.map(({ name }) => name));
}

/** `a`, `a and b`, `a, b and c`; of many, the first ones and how many more. */
export function listed(names: readonly string[]): string {
  const shown = names.length > 5 ? [...names.slice(0, 4), `${names.length - 4} more`] : names;
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
