import { globMatches } from './glob.ts';
import { rulesFor } from './rule-index.ts';
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
  return rulesFor(rules.rules, alert).find(({ when }) => matches(when, alert));
}

/** A condition that an alert does not meet. */
export type Unmet = {
  /** As in the rules file: `source`, `severity`, `event`, `state`, `labels.alertname`. */
  field: string;
  /** One of these must match. Globs, except for a source and states. */
  wanted: readonly string[];
  /** Absent: the alert does not have the field. */
  found?: string;
};

/**
 * Whether the alert meets every condition of `when`, or of one entry if `when` is a list. An absent field matches nothing, not even
 * `*`.
 */
export function matches(when: When | readonly When[], alert: MatchableAlert): boolean {
  return isList(when)
    ? when.some((one) => firstUnmet(one, alert) === undefined)
    : firstUnmet(when, alert) === undefined;
}

/** For each entry of `when`, its first condition that the alert does not meet. Empty if the alert meets an entry. */
export function unmetIn(when: When | readonly When[], alert: MatchableAlert): Unmet[] {
  const unmet = (isList(when) ? when : [when]).map((one) => firstUnmet(one, alert));
  return unmet.includes(undefined) ? [] : unmet.filter((one) => one !== undefined);
}

function isList(when: When | readonly When[]): when is readonly When[] {
  return Array.isArray(when);
}

function firstUnmet(when: When, alert: MatchableAlert): Unmet | undefined {
  const { source, severity, event, labels, annotations } = when;
  if (source !== undefined && source !== alert.source)
    return { field: 'source', wanted: [source], found: alert.source };
  if (severity !== undefined && !anyMatches(severity, alert.severity))
    return unmetBy('severity', severity, alert.severity);
  if (event !== undefined && !anyMatches(event, alert.event)) return unmetBy('event', event, alert.event);
  const state = alert.state ?? 'alerting';
  if (!(when.state ?? REPORTS_OF_FAULTS).includes(state))
    return unmetBy('state', when.state ?? REPORTS_OF_FAULTS, state);
  return (
    firstUnmetOf('labels', labels, alert.labels) ??
    firstUnmetOf('annotations', annotations, alert.annotations)
  );
}

function firstUnmetOf(
  kind: 'labels' | 'annotations',
  matchers: Record<string, Matcher>,
  fields: Readonly<Record<string, string>>,
): Unmet | undefined {
  const key = firstUnmatched(matchers, fields);
  return key === undefined ? undefined : unmetBy(`${kind}.${key}`, matchers[key] ?? [], valueOf(fields, key));
}

function unmetBy(field: string, wanted: readonly string[], found: string | undefined): Unmet {
  return { field, wanted, ...(found !== undefined && { found }) };
}

/** Whether each field that `matchers` names is present and matches. */
export function allMatch(
  matchers: Record<string, Matcher>,
  fields: Readonly<Record<string, string>>,
): boolean {
  return firstUnmatched(matchers, fields) === undefined;
}

function firstUnmatched(
  matchers: Record<string, Matcher>,
  fields: Readonly<Record<string, string>>,
): string | undefined {
  return Object.keys(matchers).find((key) => !anyMatches(matchers[key] ?? [], valueOf(fields, key)));
}

function valueOf(fields: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}

/** Whether one of the globs matches the entire value. An absent value matches none. */
export function anyMatches(matcher: Matcher, value: string | undefined): boolean {
  return value !== undefined && matcher.some((glob) => globMatches(glob, value));
}
