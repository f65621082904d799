import { ModelArtsSecrets } from '#lib/config';
import type { DeclaredFunction, LedgerRights } from '../declaration.ts';
import { deadLettersReadBy, environmentOf } from '../environment.ts';
import { ledgerTable } from '../ledger-table.ts';
import { deadLetterQueueId, LEDGER_TABLE, logGroupId, queueId, roleId } from '../names.ts';
import { arn, type Resources, substituted } from './resource.ts';

type Statement = {
  Effect: 'Allow';
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, unknown>;
};

/** The role of a function. It allows exactly the calls that the function makes. */
export function roleResources(declared: DeclaredFunction): Resources {
  const { name, ledger } = declared;
  const Statement = [
    // The ARN of a log group ends in `:*`: its log streams.
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], arn(logGroupId(name))),
    ...secretStatements(declared),
    ...ledgerStatements(ledger),
    ...queueStatements(declared),
  ];
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

function allow(Action: Statement['Action'], Resource: unknown): Statement {
  return { Effect: 'Allow', Action, Resource };
}

function secretStatements({ callsModelArts, secrets = [] }: DeclaredFunction): Statement[] {
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

function ledgerStatements(rights: LedgerRights): Statement[] {
  const byKey = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:PutItem'];
  const table = arn(LEDGER_TABLE);
  // Only entries of wait lists are removed, which are beside the documents of pools.
  const removal = {
    ...allow('dynamodb:DeleteItem', table),
    Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['pool#*'] } },
  };
  switch (rights) {
    case 'by-key':
      return [allow(byKey, table)];
    case 'whole': {
      const indexes = ledgerTable.GlobalSecondaryIndexes.map(({ IndexName }) =>
        substituted(`\${${LEDGER_TABLE}.Arn}/index/${IndexName}`),
      );
      return [allow([...byKey, 'dynamodb:Query'], [table, ...indexes]), removal];
    }
    case 'journal':
      return [
        allow([...byKey, 'dynamodb:Query'], table),
        // This action could delete, too, so it is limited to the partitions of the journal.
        {
          ...allow('dynamodb:BatchWriteItem', table),
          Condition: {
            'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['deliveries#*', 'mentioned#*'] },
          },
        },
        removal,
      ];
  }
}

function queueStatements(declared: DeclaredFunction): Statement[] {
  const receive = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
  const letters = deadLettersReadBy(declared).map(deadLetterQueueId);
  const destinations = Object.values(environmentOf(declared)).flatMap((value) =>
    typeof value === 'object' && !letters.includes(value.queue) ? [arn(value.queue)] : [],
  );
  return [
    ...(declared.trigger.kind === 'queue' ? [allow(receive, arn(queueId(declared.name)))] : []),
    ...(letters.length > 0 ? [allow([...receive, 'sqs:ChangeMessageVisibility'], letters.map(arn))] : []),
    ...(destinations.length > 0 ? [allow('sqs:SendMessage', destinations)] : []),
  ];
}
