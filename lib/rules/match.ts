import { globMatches } from './glob.ts';
import type { AlertRule, AlertState, Matcher, When } from './rules.ts';

/** The part of an alert that a rule reads. */
export type MatchableAlert = {
  source: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  severity?: string | undefined;
  event?: string | undefined;
  /** Absent: `alerting`, the report of a fault. */
  state?: AlertState;
};

/** The states that a rule takes if it names none. */
const REPORTS_OF_FAULTS: readonly AlertState[] = ['alerting'];

/** The first rule of the file that matches the alert. Later rules do not count, even if the first one only observes. */
export function findRule(
  rules: { readonly rules: readonly AlertRule[] },
  alert: MatchableAlert,
): AlertRule | undefined {
  return rules.rules.find((rule) => matches(rule.when, alert));
}

/**
 * Whether the alert meets every condition of `when`, or of one entry if `when` is a list. An absent field matches nothing, not even
 * `*`.
 */
export function matches(when: When | readonly When[], alert: MatchableAlert): boolean {
  return isList(when) ? when.some((one) => meets(one, alert)) : meets(when, alert);
}

function isList(when: When | readonly When[]): when is readonly When[] {
  return Array.isArray(when);
}

function meets(when: When, alert: MatchableAlert): boolean {
  return (
    (when.source === undefined || when.source === alert.source) &&
    (when.severity === undefined || anyMatches(when.severity, alert.severity)) &&
    (when.event === undefined || anyMatches(when.event, alert.event)) &&
    (when.state ?? REPORTS_OF_FAULTS).includes(alert.state ?? 'alerting') &&
    allMatch(when.labels, alert.labels) &&
    allMatch(when.annotations, alert.annotations)
  );
}

/** Whether each field that `matchers` names is present and matches. */
export function allMatch(
  matchers: Record<string, Matcher>,
  fields: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(matchers).every(([key, matcher]) =>
    anyMatches(matcher, Object.hasOwn(fields, key) ? fields[key] : undefined),
  );
}

/** Whether one of the globs matches the entire value. An absent value matches none. */
export function anyMatches(matcher: Matcher, value: string | undefined): boolean {
  return value !== undefined && matcher.some((glob) => globMatches(glob, value));
}
