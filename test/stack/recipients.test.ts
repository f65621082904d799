import { expect, test } from 'vitest';
import { parseRules } from '#lib/rules/parse/parse';
import { recipientResources } from '#local/stack/cloudformation/recipients';
import { describeStack } from '#local/stack/describe';
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

const topic = (name: string) => `arn:aws:sns:eu-central-1:123456789012:${name}`;

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

test('notify may publish to the topics of SNS that it signs for with its own role', () => {
  const key = { accessKeyId: '${secret:ID}', secretAccessKey: '${secret:KEY}' };
  const file = {
    pools: { a: { id: 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036' } },
    notify: [
      { kind: 'sns', topicArn: topic('own') },
      { kind: 'sns', topicArn: topic('foreign'), ...key },
    ],
  };
  const policy = JSON.stringify(recipientResources(parseRules(JSON.stringify(file), 'rules.yml'), SECRETS));
  expect(policy).toContain(`"Action":"sns:Publish","Resource":["${topic('own')}"]`);
  expect(policy).not.toContain(topic('foreign'));
});

test('without secrets it needs no further rights', () => {
  expect(recipientResources(rules('https://a.example/'), SECRETS)).toEqual({});
});

test('on one machine the role of notify follows the rules file, too', () => {
  const last = ['a', 'b'].map((name) => {
    const describe = describeStack(rules(`https://${name}.example/\${secret:${name.toUpperCase()}}`));
    const { functions } = describe({ region: 'eu-central-1', sqsEndpoint: 'http://127.0.0.1:1' });
    return functions.find((fn) => fn.name === 'poolkeeper-local-notify')?.role.statements.at(-1);
  });
  expect(last).toEqual(
    ['A', 'B'].map((name) => ({
      Effect: 'Allow',
      Action: 'ssm:GetParameters',
      Resource: [
        `arn:aws:ssm:eu-central-1:000000000000:parameter/poolkeeper/local/POOLKEEPER_SECRET_${name}`,
      ],
    })),
  );
});
