import type { Rules } from '#lib/rules/rules';
import { arnOf, type CloudLocation } from '#local/cloud/account';
import type { QueueDescription } from '#local/cloud/description';
import type { Role, Statement } from '#local/cloud/iam/statement';
import { accountStatements } from './cloudformation/accounts.ts';
import { NOTIFY, recipientStatements } from './cloudformation/recipients.ts';
import { roleStatements, type TemplateStatement } from './cloudformation/roles.ts';
import type { DeclaredFunction } from './declaration.ts';
import { LEDGER_TABLE, logGroupId, named, roleId, secretsPath } from './names.ts';

type Stack = {
  readonly stage: string;
  readonly location: CloudLocation;
  readonly queues: readonly QueueDescription[];
};

/** The role of a function as the template has it, with the ARNs of the stand-ins in the place of every reference. */
export function describeRole(
  declared: DeclaredFunction,
  rules: Pick<Rules, 'notify' | 'pools'>,
  { stage, location, queues }: Stack,
): Role {
  const { name } = declared;
  const secretArn = arnOf(location, 'ssm', `parameter${secretsPath(stage).slice(0, -1)}`);
  const logGroup = arnOf(location, 'logs', `log-group:/aws/lambda/${named(stage, name)}:*`);
  const arns = new Map([
    [LEDGER_TABLE, arnOf(location, 'dynamodb', `table/${named(stage)}`)],
    [logGroupId(name), logGroup],
    ...queues.map(({ logicalId, arn }) => [logicalId, arn] as const),
  ]);
  const template = [
    ...roleStatements(declared),
    ...accountStatements(declared, rules, secretArn),
    ...(name === NOTIFY ? recipientStatements(rules, secretArn) : []),
  ];
  return {
    name: `${named(stage)}-${roleId(name)}`,
    statements: template.map((statement) => resolved(statement, arns, secretArn)),
  };
}

function resolved(
  { Resource, ...statement }: TemplateStatement,
  arns: ReadonlyMap<string, string>,
  secretArn: string,
): Statement {
  return {
    ...statement,
    Resource: [Resource].flat().map((resource) => arnIn(resource, arns, secretArn)),
  };
}

/** An ARN that the template writes as text, as `Fn::GetAtt` or as `Fn::Sub`. */
function arnIn(resource: unknown, arns: ReadonlyMap<string, string>, secretArn: string): string {
  if (typeof resource === 'string') return resource;
  const { 'Fn::GetAtt': attribute, 'Fn::Sub': text } = Object(resource);
  const arnOfResource = (logicalId: string): string => {
    const found = arns.get(logicalId);
    if (found === undefined) throw new Error(`a role names ${logicalId}, which has no stand-in`);
    return found;
  };
  if (Array.isArray(attribute)) return arnOfResource(String(attribute[0]));
  return String(text)
    .replaceAll('${self:custom.secretArn}', secretArn)
    .replaceAll(/\$\{(\w+)\.Arn\}/g, (_, logicalId: string) => arnOfResource(logicalId));
}
