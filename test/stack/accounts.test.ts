import { expect, test } from 'vitest';
import { parseRules } from '#lib/rules/parse/parse';
import { accountResources } from '#local/stack/cloudformation/accounts';
import { describeStack } from '#local/stack/describe';
import { declaredFunctions } from '#local/stack/functions';
import { resources as declared } from '../meta/serverless-declaration.ts';

const SECRETS = 'arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/poolkeeper/prod';
const id = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';

const rules = (...accounts: string[]) =>
  parseRules(
    JSON.stringify({
      pools: Object.fromEntries([
        ['own', { id }],
        ...accounts.map((account, index) => [
          `pool-${index}`,
          { id: `pool-000${index}-6f5da086876d4cd084d36f8bd3346036`, account, project: 'p2' },
        ]),
      ]),
    }),
    'rules.yml',
  );

test('the functions that call ModelArts may read the keys of the accounts, each once, and no other function may', () => {
  const { AccountsPolicy: policy } = accountResources(rules('research', 'research', 'b-2'), SECRETS);
  const of = (name: string) => ({ 'Fn::Sub': `${SECRETS}/HUAWEICLOUD_SDK_${name}` });
  expect(policy?.Properties).toMatchObject({
    PolicyDocument: {
      Statement: [
        {
          Effect: 'Allow',
          Action: 'ssm:GetParameters',
          Resource: ['B_2', 'RESEARCH'].flatMap((name) =>
            ['AK', 'SK', 'SECURITY_TOKEN'].map((part) => of(`${part}_${name}`)),
          ),
        },
      ],
    },
  });
  const roles = (policy!.Properties as { Roles: { Ref: string }[] }).Roles.map(({ Ref }) => Ref);
  expect(roles).toHaveLength(declaredFunctions.filter(({ callsModelArts }) => callsModelArts).length);
  for (const role of roles) expect(declared).toHaveProperty(role);
  expect(roles).not.toContain('ConsoleRole');
});

test('the local roles have the same right', () => {
  const stack = describeStack(rules('research'))({
    region: 'eu-central-1',
    sqsEndpoint: 'http://127.0.0.1:1',
  });
  const readers = stack.functions.filter(({ role }) =>
    JSON.stringify(role).includes('HUAWEICLOUD_SDK_AK_RESEARCH'),
  );
  expect(readers.map(({ name }) => name)).toHaveLength(
    declaredFunctions.filter(({ callsModelArts }) => callsModelArts).length,
  );
});

test('without accounts no further right is given', () => {
  expect(accountResources(rules(), SECRETS)).toEqual({});
});
