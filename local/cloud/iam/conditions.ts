import { globMatches } from '#lib/rules/glob';
import { type Call, listOf, type Statement } from './statement.ts';

type Condition = NonNullable<Statement['Condition']>;
type Test = (wanted: string, actual: string) => boolean;

const equal: Test = (wanted, actual) => wanted === actual;
const equalInAnyCase: Test = (wanted, actual) => wanted.toLowerCase() === actual.toLowerCase();

/** The string operators of IAM. `negated`: it holds if no wanted value matches. */
const OPERATORS: Readonly<Record<string, { test: Test; negated?: true }>> = {
  stringequals: { test: equal },
  stringnotequals: { test: equal, negated: true },
  stringequalsignorecase: { test: equalInAnyCase },
  stringnotequalsignorecase: { test: equalInAnyCase, negated: true },
  stringlike: { test: globMatches },
  stringnotlike: { test: globMatches, negated: true },
  arnlike: { test: globMatches },
  arnequals: { test: globMatches },
};

/** `ForAllValues:StringLikeIfExists` in its three parts. */
const FORM = /^(?:(forallvalues|foranyvalue):)?([a-z]+?)(ifexists)?$/;

/** Whether a call meets every operator and every key of a condition (IAM User Guide, "Condition operators"). */
export function holds(condition: Condition, { context = {} }: Call): boolean {
  return Object.entries(condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) =>
      operatorHolds(operator, listOf(wanted), context[key.toLowerCase()] ?? []),
    ),
  );
}

/** The operators of a condition that this matcher does not know. */
export function unknownOperators(condition: Condition): string[] {
  return Object.keys(condition).filter((operator) => {
    const [, , name = ''] = FORM.exec(operator.toLowerCase()) ?? [];
    return !Object.hasOwn(OPERATORS, name);
  });
}

function operatorHolds(operator: string, wanted: readonly string[], actual: readonly string[]): boolean {
  const [, set, name = '', ifExists] = FORM.exec(operator.toLowerCase()) ?? [];
  const { test, negated } = OPERATORS[name] ?? { test: () => false };
  const holdsFor = (value: string): boolean => wanted.some((one) => test(one, value)) !== (negated ?? false);
  // Without a value of the key: a set of all values is empty and holds, a negated operator holds, the others do not.
  if (actual.length === 0)
    return set === 'forallvalues' || ifExists !== undefined || (negated === true && set !== 'foranyvalue');
  return set === 'foranyvalue' ? actual.some(holdsFor) : actual.every(holdsFor);
}
