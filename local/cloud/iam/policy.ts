import { globMatches } from '#lib/rules/glob';
import { holds, unknownOperators } from './conditions.ts';
import { type Call, listOf, type Role, type Statement } from './statement.ts';

/** `implicit`: no statement allows it. `explicit`: a statement denies it. */
export type Verdict = 'allowed' | 'implicit' | 'explicit';

/**
 * The verdict of a role's statements on a call: a Deny counts more than any Allow, and nothing is allowed by default (IAM User Guide,
 * "Policy evaluation logic"). Actions are compared without regard to case. `*` and `?` are wildcards in actions and resources.
 */
export function verdictOn(statements: readonly Statement[], call: Call): Verdict {
  const about = statements.filter((statement) => isAbout(statement, call));
  if (about.some(({ Effect }) => Effect === 'Deny')) return 'explicit';
  return about.length > 0 ? 'allowed' : 'implicit';
}

function isAbout({ Action, Resource, Condition }: Statement, call: Call): boolean {
  const action = call.action.toLowerCase();
  return (
    listOf(Action).some((pattern) => globMatches(pattern.toLowerCase(), action)) &&
    listOf(Resource).some((pattern) => globMatches(pattern, call.resource)) &&
    (Condition === undefined || holds(Condition, call))
  );
}

/** The elements of a statement that the matcher understands. `Sid` is a name. */
const UNDERSTOOD: readonly string[] = ['Effect', 'Action', 'Resource', 'Condition', 'Sid'];

/** @throws Error if a role has something that the matcher does not understand, because it could then allow too much or too little */
export function assertUnderstood({ name, statements }: Role): void {
  const strange = statements.flatMap(({ ...statement }) => [
    ...Object.keys(statement).filter((element) => !UNDERSTOOD.includes(element)),
    ...unknownOperators(statement.Condition ?? {}),
    ...(JSON.stringify(statement).includes('${') ? ['a variable in a policy'] : []),
  ]);
  if (strange.length > 0)
    throw new Error(`the local system does not understand ${strange.join(', ')} in the role ${name}`);
}
