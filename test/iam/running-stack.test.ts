import { expect, test } from 'vitest';
import type { CloudLocation } from '#local/cloud/account';
import type { Statement } from '#local/cloud/iam/statement';
import { startFixture } from '#test/local/fixture';
import { fixtureStack } from '#test/local/fixture-stack';

const allow = (Action: Statement['Action'], Resource = '*'): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
});

/** The fixture, in which one function has a role with these statements. */
const withRole = (functionName: string, ...statements: Statement[]) =>
  function describe(location: CloudLocation) {
    const { functions, ...rest } = fixtureStack(location);
    return {
      ...rest,
      functions: functions.map((fn) =>
        fn.name === functionName ? { ...fn, role: { name: 'small-role', statements } } : fn,
      ),
    };
  };

const LOGS = allow(['logs:CreateLogStream', 'logs:PutLogEvents']);
const PROBE = 'poolkeeper-test-probe';

test('a function that runs is refused what its role does not allow, until the role allows it', async () => {
  await using cloud = await startFixture({
    describe: withRole(PROBE, LOGS, allow('sqs:SendMessage', 'arn:aws:sqs:*:*:poolkeeper-test-work')),
  });
  const probe = async (event: object) => JSON.parse((await cloud.invoke('probe', event)).payload);
  expect(await probe({ probe: 'claim', id: 'a' })).toBe('AccessDeniedException');
  expect(cloud.warnings).toEqual([
    'poolkeeper-test-probe may not dynamodb:PutItem on arn:aws:dynamodb:us-east-1:000000000000:table/poolkeeper-test-ledger: its role small-role does not allow it',
  ]);
  expect(await probe({ probe: 'send', body: '{}' })).toBeNull();
  cloud.renew({ describe: withRole(PROBE, LOGS, allow('dynamodb:PutItem')), environment: {} });
  expect(await probe({ probe: 'claim', id: 'a' })).toBe('won');
});

test('each function has a key of its own, which is not that of the run', async () => {
  await using cloud = await startFixture();
  const { AWS_ACCESS_KEY_ID: key, AWS_SESSION_TOKEN: token } = JSON.parse(
    (await cloud.invoke('probe', { probe: 'environment' })).payload,
  );
  expect(key).toBe(PROBE);
  expect(token).not.toBe(cloud.credentials.sessionToken);
});

test('a stack does not start if Lambda could not read a queue with the role of its function', async () => {
  const describe = withRole('poolkeeper-test-worker', LOGS, allow('sqs:DeleteMessage'));
  await expect(startFixture({ describe })).rejects.toThrow(
    'Lambda cannot run this stack: the role small-role of poolkeeper-test-worker does not allow sqs:ReceiveMessage on arn:aws:sqs:us-east-1:000000000000:poolkeeper-test-work, sqs:GetQueueAttributes on',
  );
});
