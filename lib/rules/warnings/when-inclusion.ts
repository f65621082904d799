import { alertSources } from '../file/when.ts';
import type { AlertState, Matcher, When } from '../rules.ts';
import { isIncluded } from './glob-inclusion.ts';

/** Limit of the parts into which the conditions of one entry are split. */
const MAX_PARTS = 200;

const DEFAULT_STATES: readonly AlertState[] = ['alerting'];

/** Conditions that a rule states: each entry by itself. */
export function entriesOf(when: When | readonly When[]): readonly When[] {
  return isList(when) ? when : [when];
}

function isList(when: When | readonly When[]): when is readonly When[] {
  return Array.isArray(when);
}

/**
 * The entries among `earlier` that together take every alert that `when` takes. Undefined if that is not certain.
 *
 * An entry with lists is split into one part for each value, and each part must lie within one earlier entry. So an answer is always
 * right, but an inclusion that needs two earlier globs at once is not found.
 */
export function coveredBy<Earlier extends { when: When }>(
  when: When,
  earlier: readonly Earlier[],
): Earlier[] | undefined {
  const whole = earlier.find((one) => includes(one.when, when));
  if (whole) return [whole];
  const parts = partsOf(when);
  if (parts.length < 2) return undefined;
  const found = parts.map((part) => earlier.find((one) => includes(one.when, part)));
  const covering = found.filter((one) => one !== undefined);
  return covering.length === found.length ? [...new Set(covering)] : undefined;
}

/** Whether `outer` takes every alert that `inner` takes. `true` is certain. */
export function includes(outer: When, inner: When): boolean {
  const states = outer.state ?? DEFAULT_STATES;
  return (
    (outer.source === undefined || outer.source === inner.source) &&
    (inner.state ?? DEFAULT_STATES).every((state) => states.includes(state)) &&
    includesField(outer.severity, inner.severity) &&
    includesField(outer.event, inner.event) &&
    includesFields(outer.labels, inner.labels) &&
    includesFields(outer.annotations, inner.annotations)
  );
}

function includesFields(outer: Record<string, Matcher>, inner: Record<string, Matcher>): boolean {
  return Object.entries(outer).every(([key, globs]) =>
    includesField(globs, Object.hasOwn(inner, key) ? inner[key] : undefined),
  );
}

/** A field that `inner` does not demand may be absent from its alerts, and then matches no glob. */
function includesField(outer: Matcher | undefined, inner: Matcher | undefined): boolean {
  if (outer === undefined) return true;
  return inner !== undefined && inner.every((glob) => isIncluded(glob, outer));
}

/** The same alerts as several entries, each with one source, one state and one glob for each field. */
function partsOf(when: When): When[] {
  const { source, state = DEFAULT_STATES, severity, event, labels, annotations, ...rest } = when;
  let parts: When[] = [{ ...rest, labels, annotations }];
  const split = <Value>(values: readonly Value[], withOne: (part: When, value: Value) => When): void => {
    if (parts.length * values.length <= MAX_PARTS)
      parts = parts.flatMap((part) => values.map((value) => withOne(part, value)));
    else parts = [];
  };
  split(source === undefined ? alertSources : [source], (part, one) => ({ ...part, source: one }));
  split(state, (part, one) => ({ ...part, state: [one] }));
  if (severity) split(severity, (part, one) => ({ ...part, severity: [one] }));
  if (event) split(event, (part, one) => ({ ...part, event: [one] }));
  for (const [key, globs] of Object.entries(labels))
    split(globs, (part, one) => ({ ...part, labels: { ...part.labels, [key]: [one] } }));
  for (const [key, globs] of Object.entries(annotations))
    split(globs, (part, one) => ({ ...part, annotations: { ...part.annotations, [key]: [one] } }));
  return parts;
}
