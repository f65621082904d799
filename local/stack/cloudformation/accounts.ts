import type { Rules } from '#lib/rules/rules';
import { accountsOf, keyVariables } from '#lib/secrets/access-keys';
import type { DeclaredFunction } from '../declaration.ts';
import { declaredFunctions } from '../functions.ts';
import { type Resources, substituted } from './resource.ts';
import { allow, policyResources, type TemplateStatement } from './roles.ts';

/**
 * The right of the functions that call ModelArts to read the access keys of the accounts that the rules file names. None if it names none.
 *
 * @param secretArn the ARN of the folder of the secrets, with `${AWS::…}` in it
 */
export function accountResources(rules: Pick<Rules, 'pools'>, secretArn: string): Resources {
  const callers = declaredFunctions.flatMap(({ name, callsModelArts }) => (callsModelArts ? [name] : []));
  return policyResources('AccountsPolicy', 'accounts', callers, keyStatements(rules, secretArn));
}

/** The statements of this right for one function. */
export function accountStatements(
  { callsModelArts }: Pick<DeclaredFunction, 'callsModelArts'>,
  rules: Pick<Rules, 'pools'>,
  secretArn: string,
): TemplateStatement[] {
  return callsModelArts ? keyStatements(rules, secretArn) : [];
}

function keyStatements(rules: Pick<Rules, 'pools'>, secretArn: string): TemplateStatement[] {
  const variables = accountsOf(rules).flatMap(keyVariables);
  const parameters = variables.map((name) => substituted(`${secretArn}/${name}`));
  return parameters.length === 0 ? [] : [allow('ssm:GetParameters', parameters)];
}
