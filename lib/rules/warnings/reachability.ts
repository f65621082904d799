import { canonicalJson } from '#lib/hash';
import type { AlertRule, When } from '../rules.ts';
import { type Check, type CheckedFile, type Found, listed } from './warning.ts';
import { coveredBy, entriesOf } from './when-inclusion.ts';

/** One entry of the conditions of a rule. `index`: of the rule. */
type Entry = { when: When; index: number };

/** Rules that never take an alert because earlier ones take all of theirs, and conditions that add nothing. */
export const reachability: Check = (file) => {
  const { rules } = file.rules;
  const earlier: Entry[] = [];
  return rules.flatMap((rule, index) => {
    const covering = coveringOf(rule, earlier);
    const isOwn = index < file.ownRules;
    const found = covering ? shadowed(rule, index, covering, file) : isOwn ? redundant(rule, index) : [];
    // A rule that is never used takes no alert from a later one.
    if (!covering) earlier.push(...entriesOf(rule.when).map((when) => ({ when, index })));
    return found;
  });
};

/** The earlier rules that together take every alert of a rule, by index. Undefined if an alert may be left for it. */
function coveringOf({ when }: AlertRule, earlier: readonly Entry[]): number[] | undefined {
  const entries = entriesOf(when).map((one) => coveredBy(one, earlier));
  const all = entries.filter((one) => one !== undefined);
  return all.length === entries.length ? [...new Set(all.flat().map(({ index }) => index))] : undefined;
}

function shadowed(
  rule: AlertRule,
  index: number,
  covering: readonly number[],
  { rules: { rules }, ownRules }: CheckedFile,
): Found[] {
  const takers = covering.flatMap((one) => rules[one] ?? []);
  const [first] = takers;
  if (!first) return [];
  const names = listed(takers.map(({ name }) => name));
  const path = ['rules', index];
  if (takers.length === 1 && canonicalJson(first.when) === canonicalJson(rule.when)) {
    const difference = differenceOf(first, rule);
    const reason = `is never used: rule ${first.name} above has the same conditions, and ${difference}. Only the first matching rule counts: keep one of the two`;
    return [{ code: 'duplicate-rule', path, reason }];
  }
  const move =
    index < ownRules
      ? `Move it above ${takers.length === 1 ? 'that rule' : 'those rules'}, or remove it`
      : 'Narrow the rule of this file';
  const verb = takers.length === 1 ? 'takes' : 'together take';
  const reason = `is never used: ${takers.length === 1 ? 'rule' : 'rules'} ${names} above ${verb} every alert that it would take. ${move}`;
  return [{ code: 'unreachable-rule', path, reason }];
}

function differenceOf(first: AlertRule, second: AlertRule): string {
  const keys = new Set([...Object.keys(first), ...Object.keys(second)]);
  const [a, b] = [new Map(Object.entries(first)), new Map(Object.entries(second))];
  const different = [...keys].filter(
    (key) => key !== 'name' && canonicalJson(a.get(key) ?? null) !== canonicalJson(b.get(key) ?? null),
  );
  if (different.length === 0) return 'differs in nothing but its name';
  if (different.join() === 'mode')
    return `differs only in its mode (${first.mode} there, ${second.mode} here)`;
  return `differs in ${listed(different.map((key) => key.replace(/Ms$/, '')))}`;
}

/** Entries of a list of conditions that other entries of the same list include. */
function redundant({ when }: AlertRule, index: number): Found[] {
  const entries = entriesOf(when).map((one, position) => ({ when: one, index: position }));
  return entries.flatMap((entry) => {
    // If two are alike, the later one is redundant.
    const others = entries.filter(
      (other) => other !== entry && (other.index < entry.index || !coveredBy(other.when, [entry])),
    );
    const covering = coveredBy(entry.when, others);
    if (!covering) return [];
    const which = listed(covering.map((one) => `when[${one.index}]`));
    const reason = `adds nothing: ${which} of the same rule takes every alert that it takes. Remove it, or narrow the other`;
    return [{ code: 'redundant-condition' as const, path: ['rules', index, 'when', entry.index], reason }];
  });
}
