import { copyOf } from '#lib/ledger/copy';
import { parseRules } from '#lib/rules/parse/parse';
import type { Rules } from '#lib/rules/rules';

const read = new Map<string, Rules>();

/** The rules of a text, which hundreds of benches share: it is read once, and each of them may change its own copy. */
export function rulesOf(text: string): Rules {
  const rules = read.get(text) ?? parseRules(text, 'rules.yml');
  read.set(text, rules);
  return copyOf(rules);
}
