import { expect, test } from 'vitest';
import { parseRules } from '#lib/rules/parse/parse';
import { recipientResources } from '#local/stack/cloudformation/recipients';
import { resources as declared } from '../meta/serverless-declaration.ts';

const SECRETS = 'arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/poolkeeper/prod';

const rules = (...urls: string[]) =>
  parseRules(
    JSON.stringify({
      pools: { a: { id: 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036' } },
      notify: urls.map((url) => ({ kind: 'webhook', url })),
    }),
    'rules.yml',
  );

test('notify may read the secrets that the rules file names, each once, and no others', () => {
  const { RecipientsPolicy: policy } = recipientResources(
    rules('${secret:A}', 'https://a.example/${secret:B}/${secret:A}', 'https://b.example/'),
    SECRETS,
  );
  expect(policy?.Properties).toMatchObject({
    Roles: [{ Ref: 'NotifyRole' }],
    PolicyDocument: {
      Statement: [
        {
          Effect: 'Allow',
          Action: 'ssm:GetParameters',
          Resource: [
            { 'Fn::Sub': `${SECRETS}/POOLKEEPER_SECRET_A` },
            { 'Fn::Sub': `${SECRETS}/POOLKEEPER_SECRET_B` },
          ],
        },
      ],
    },
  });
  expect(declared).toHaveProperty('NotifyRole');
});

test('without secrets it needs no further rights', () => {
  expect(recipientResources(rules('https://a.example/'), SECRETS)).toEqual({});
});
