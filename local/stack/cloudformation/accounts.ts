import type { Rules } from '#lib/rules/rules';
import { accountsOf, keyVariables } from '#lib/secrets/access-keys';
import type { DeclaredFunction } from '../declaration.ts';
import { declaredFunctions } from '../functions.ts';
import { roleId } from '../names.ts';
import { type Resources, ref, substituted } from './resource.ts';
import type { TemplateStatement } from './roles.ts';

/**
 * The right of the functions that call ModelArts to read the access keys of the accounts that the rules file names. None if it names none.
 *
 * @param secretArn the ARN of the folder of the secrets, with `${AWS::…}` in it
 */
export function accountResources(rules: Pick<Rules, 'pools'>, secretArn: string): Resources {
  const callers = declaredFunctions.filter(({ callsModelArts }) => callsModelArts);
  const Statement = keyStatements(rules, secretArn);
  if (Statement.length === 0) return {};
  return {
    AccountsPolicy: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: 'accounts',
        Roles: callers.map(({ name }) => ref(roleId(name))),
        PolicyDocument: { Version: '2012-10-17', Statement },
      },
    },
  };
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
  if (variables.length === 0) return [];
  const Resource = variables.map((name) => substituted(`${secretArn}/${name}`));
  return [{ Effect: 'Allow', Action: 'ssm:GetParameters', Resource }];
}
