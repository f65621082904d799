import type { MatchableAlert } from './match.ts';
import type { AlertRule, Matcher, When } from './rules.ts';

/** A condition that names whole values: an alert with another value does not meet it. */
type Exact = { field: string; values: Matcher };

/** The places of rules in their file. `byField`: those with an exact condition, by its field and each of its values. */
type RuleIndex = { byField: ReadonlyMap<string, ReadonlyMap<string, number[]>>; anywhere: readonly number[] };

const indexes = new WeakMap<readonly AlertRule[], RuleIndex>();

/**
 * The rules that an alert may meet, in their order in the file. A rule without an exact condition is always among them. A file with a
 * thousand rules costs an alert little more than one with ten. The list must not change afterwards.
 */
export function rulesFor(rules: readonly AlertRule[], alert: MatchableAlert): AlertRule[] {
  let index = indexes.get(rules);
  if (!index) indexes.set(rules, (index = indexOf(rules)));
  const places = [...index.anywhere];
  for (const [field, byValue] of index.byField) {
    const value = valueIn(alert, field);
    if (value !== undefined) places.push(...(byValue.get(value) ?? []));
  }
  const inOrder = [...new Set(places)].toSorted((a, b) => a - b);
  return inOrder.flatMap((place) => rules[place] ?? []);
}

function indexOf(rules: readonly AlertRule[]): RuleIndex {
  const entries = rules.flatMap(({ when }, place) =>
    whensOf(when).map((one) => ({ place, exact: exactIn(one) })),
  );
  const valuesOf = new Map<string, Set<string>>();
  for (const { field, values } of entries.flatMap(({ exact }) => exact)) {
    const known = valuesOf.get(field) ?? new Set();
    for (const value of values) known.add(value);
    valuesOf.set(field, known);
  }
  // The field with the most values tells the most rules apart: an alert's name, and not its source.
  const differing = ({ field }: Exact) => valuesOf.get(field)?.size ?? 0;
  const byField = new Map<string, Map<string, number[]>>();
  const anywhere: number[] = [];
  for (const { place, exact } of entries) {
    const [best] = exact.toSorted((a, b) => differing(b) - differing(a));
    if (!best) {
      anywhere.push(place);
      continue;
    }
    const byValue = byField.get(best.field) ?? new Map<string, number[]>();
    byField.set(best.field, byValue);
    for (const value of best.values) {
      const places = byValue.get(value);
      if (places) places.push(place);
      else byValue.set(value, [place]);
    }
  }
  return { byField, anywhere };
}

function whensOf(when: When | readonly When[]): readonly When[] {
  return [when].flat();
}

function exactIn({ source, severity, event, labels, annotations }: When): Exact[] {
  const conditions: [string, Matcher | undefined][] = [
    ['source', source === undefined ? undefined : [source]],
    ['severity', severity],
    ['event', event],
    ...Object.entries(labels).map(([key, globs]): [string, Matcher] => [`labels.${key}`, globs]),
    ...Object.entries(annotations).map(([key, globs]): [string, Matcher] => [`annotations.${key}`, globs]),
  ];
  return conditions.flatMap(([field, values]) =>
    values?.every((glob) => !/[*?]/.test(glob)) ? [{ field, values }] : [],
  );
}

function valueIn(alert: MatchableAlert, field: string): string | undefined {
  const [kind, key] = splitOnce(field);
  switch (kind) {
    case 'source':
      return alert.source;
    case 'severity':
      return alert.severity;
    case 'event':
      return alert.event;
    case 'labels':
    case 'annotations':
      return Object.hasOwn(alert[kind], key) ? alert[kind][key] : undefined;
    default:
      return undefined;
  }
}

/** `labels.app.kubernetes.io/name` is the label `app.kubernetes.io/name`. */
function splitOnce(field: string): [kind: string, key: string] {
  const at = field.indexOf('.');
  return at === -1 ? [field, ''] : [field.slice(0, at), field.slice(at + 1)];
}
