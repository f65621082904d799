import type { IncomingMessage } from 'node:http';
import { ACCOUNT_ID } from '../account.ts';
import type { FunctionDescription } from '../description.ts';
import { createRunCredentials, isOfThisRun, type RunCredentials } from '../run-credentials.ts';
import { assertUnderstood, verdictOn } from './policy.ts';
import type { Call } from './statement.ts';

/** The roles of the functions of a run. Each function has credentials of its own, so that a stand-in knows its role. */
export type Roles = {
  /** The credentials of a function, always the same. */
  credentialsOf(functionName: string): RunCredentials;
  /** The function that has sent a request. Undefined: none. */
  functionOf(request: Pick<IncomingMessage, 'headers'>): string | undefined;
  /**
   * From now on these roles count.
   *
   * @throws Error if one has something that the matcher does not understand
   */
  declare(functions: readonly Pick<FunctionDescription, 'name' | 'role'>[]): void;
  /** The message of AWS about the first call that the role of the function does not allow. Undefined: it allows all. */
  refusalOf(functionName: string, calls: readonly Call[]): string | undefined;
};

/** @param onRefusal gets one sentence for each refused request */
export function createRoles(onRefusal: (sentence: string) => void = () => {}): Roles {
  const credentials = new Map<string, RunCredentials>();
  const roles = new Map<string, FunctionDescription['role']>();

  return {
    credentialsOf(functionName) {
      const known = credentials.get(functionName) ?? createRunCredentials(functionName);
      credentials.set(functionName, known);
      return known;
    },
    functionOf(request) {
      for (const [name, own] of credentials) if (isOfThisRun(request, own)) return name;
      return undefined;
    },
    declare(functions) {
      for (const { name, role } of functions) {
        assertUnderstood(role);
        roles.set(name, role);
      }
    },
    refusalOf(functionName, calls) {
      const { name, statements } = roles.get(functionName) ?? { name: 'no role', statements: [] };
      for (const call of calls) {
        const verdict = verdictOn(statements, call);
        if (verdict === 'allowed') continue;
        onRefusal(
          `${functionName} may not ${call.action} on ${call.resource}: its role ${name} does not allow it`,
        );
        return refusalMessage(functionName, name, call, verdict);
      }
      return undefined;
    },
  };
}

/** The message of AWS (IAM User Guide, "Troubleshoot access denied error messages"). SQS writes the action in small letters. */
function refusalMessage(
  functionName: string,
  roleName: string,
  { action, resource }: Call,
  verdict: 'implicit' | 'explicit',
): string {
  const shown = action.startsWith('sqs:') ? action.toLowerCase() : action;
  const why =
    verdict === 'explicit'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${shown} action`;
  const user = `arn:aws:sts::${ACCOUNT_ID}:assumed-role/${roleName}/${functionName}`;
  return `User: ${user} is not authorized to perform: ${shown} on resource: ${resource} ${why}`;
}
