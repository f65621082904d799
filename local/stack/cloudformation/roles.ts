import { ModelArtsSecrets } from '#lib/config';
import type { DeclaredFunction, LedgerRights } from '../declaration.ts';
import { deadLettersCountedBy, deadLettersReadBy, environmentOf } from '../environment.ts';
import { deadLetterQueueId, LEDGER_TABLE, logGroupId, queueId, roleId } from '../names.ts';
import { arn, type Resources, ref, substituted } from './resource.ts';

/** A statement with references to resources of the template. */
export type TemplateStatement = {
  Effect: 'Allow';
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, string[]>>;
};

/** The statements of a function's role. They allow exactly the calls that the function makes, and those of Lambda for it. */
export function roleStatements(declared: DeclaredFunction): TemplateStatement[] {
  const { name, ledger } = declared;
  return [
    // The ARN of a log group ends in `:*`: its log streams.
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], arn(logGroupId(name))),
    ...secretStatements(declared),
    ...ledgerStatements(ledger),
    ...queueStatements(declared),
  ];
}

/**
 * The role of a function.
 *
 * @param more statements that a setting of the deployment needs
 */
export function roleResources(
  declared: DeclaredFunction,
  more: readonly TemplateStatement[] = [],
): Resources {
  const { name } = declared;
  const Statement = [...roleStatements(declared), ...more];
  return {
    [roleId(name)]: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ],
        },
        Policies: [{ PolicyName: name, PolicyDocument: { Version: '2012-10-17', Statement } }],
      },
    },
  };
}

/** A policy beside the roles of some functions, for rights that follow from the rules file. Nothing, if there are no statements. */
export function policyResources(
  logicalId: string,
  PolicyName: string,
  functionNames: readonly string[],
  Statement: readonly TemplateStatement[],
): Resources {
  if (Statement.length === 0) return {};
  return {
    [logicalId]: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName,
        Roles: functionNames.map((name) => ref(roleId(name))),
        PolicyDocument: { Version: '2012-10-17', Statement },
      },
    },
  };
}

/** The statement that allows these actions on these resources. */
export function allow(Action: TemplateStatement['Action'], Resource: unknown): TemplateStatement {
  return { Effect: 'Allow', Action, Resource };
}

function secretStatements({ callsModelArts, secrets = [] }: DeclaredFunction): TemplateStatement[] {
  const names = [...(callsModelArts ? Object.keys(ModelArtsSecrets.shape) : []), ...secrets];
  if (names.length === 0) return [];
  // serverless.yml has the path of the parameters.
  return [
    allow(
      'ssm:GetParameters',
      names.map((name) => substituted(`\${self:custom.secretArn}/${name}`)),
    ),
  ];
}

function ledgerStatements({ readsMany, indexes = [], journal, removals }: LedgerRights): TemplateStatement[] {
  const table = arn(LEDGER_TABLE);
  const found = indexes.map((index) => substituted(`\${${LEDGER_TABLE}.Arn}/index/${index}`));
  const batch = readsMany ? ['dynamodb:BatchGetItem'] : [];
  return [
    allow(['dynamodb:GetItem', ...batch, 'dynamodb:PutItem', 'dynamodb:Query'], table),
    ...(found.length > 0 ? [allow('dynamodb:Query', found)] : []),
    // This action could delete, too, so it is limited to the partitions of the journal, and of the histories of nodes.
    ...(journal
      ? [
          {
            ...allow('dynamodb:BatchWriteItem', table),
            ...inPartitions('deliveries#*', 'mentioned#*', 'history#*'),
          },
        ]
      : []),
    // Only entries of wait lists are removed, which are beside the documents of pools, and the tries of a delivery that has ended.
    ...(removals
      ? [
          {
            ...allow('dynamodb:DeleteItem', table),
            ...inPartitions('pool#*', ...(journal ? ['tries#*'] : [])),
          },
        ]
      : []),
  ];
}

function inPartitions(...patterns: string[]): Pick<TemplateStatement, 'Condition'> {
  return { Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': patterns } } };
}

function queueStatements(declared: DeclaredFunction): TemplateStatement[] {
  const receive = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
  const letters = deadLettersReadBy(declared).map(deadLetterQueueId);
  const counted = deadLettersCountedBy(declared).map(deadLetterQueueId);
  const destinations = Object.values(environmentOf(declared)).flatMap((value) =>
    typeof value === 'object' && ![...letters, ...counted].includes(value.queue) ? [arn(value.queue)] : [],
  );
  return [
    ...(declared.trigger.kind === 'queue' ? [allow(receive, arn(queueId(declared.name)))] : []),
    ...(letters.length > 0 ? [allow([...receive, 'sqs:ChangeMessageVisibility'], letters.map(arn))] : []),
    ...(counted.length > 0 ? [allow('sqs:GetQueueAttributes', counted.map(arn))] : []),
    ...(destinations.length > 0 ? [allow('sqs:SendMessage', destinations)] : []),
  ];
}
