import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SECRET_HEADER } from '#local/cloud/run-credentials';
import { eventually, type FixtureCloud, startFixture } from './fixture.ts';
import { fixtureStack } from './fixture-stack.ts';

let cloud: FixtureCloud;
beforeAll(async () => {
  cloud = await startFixture({ environment: { OVERRIDDEN: 'by the caller' } });
});
afterAll(() => cloud[Symbol.asyncDispose]());

const probe = async (event: object) => {
  const { payload, functionError } = await cloud.invoke('probe', event);
  return { ...(functionError && { functionError }), answer: JSON.parse(payload) };
};

const orderPid = { headers: { 'x-order': 'pid' } };

const post = (path: string, body: string, headers = {}) =>
  fetch(`${cloud.lambdaEndpoint}/2015-03-31/functions/${path}/invocations`, {
    method: 'POST',
    body,
    headers: { [SECRET_HEADER]: cloud.credentials.sessionToken, ...headers },
  });

describe('a function', () => {
  it('sees its own environment, and not that of this machine', async () => {
    process.env['FROM_THE_PARENT'] = 'secret';
    const { answer } = await probe({ probe: 'environment' });
    delete process.env['FROM_THE_PARENT'];
    expect(answer).toMatchObject({
      TABLE: 'poolkeeper-test-ledger',
      OVERRIDDEN: 'by the caller',
      AWS_REGION: 'us-east-1',
      AWS_LAMBDA_FUNCTION_NAME: 'poolkeeper-test-probe',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      AWS_ENDPOINT_URL_SQS: cloud.sqsEndpoint,
      AWS_ENDPOINT_URL_DYNAMODB: cloud.dynamodbEndpoint,
    });
    expect(answer).not.toHaveProperty('FROM_THE_PARENT');
  });

  it('writes to its table on a condition that only one of many can meet', async () => {
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => probe({ probe: 'claim', id: 'node-1' })),
    );
    const refused = answers.filter(({ answer }) => answer === 'ConditionalCheckFailedException');
    const won = answers.filter(({ answer }) => answer === 'won');
    expect([won.length, refused.length]).toEqual([1, 3]);
  });

  it.each([
    ['throws something else than an error', 'throwText', { errorType: 'string', errorMessage: 'just text' }],
    [
      'ends its process',
      'exit',
      { errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited with error: exit status 3' },
    ],
    [
      'forgets a promise that fails',
      'forgotten',
      {
        errorType: 'Runtime.UnhandledPromiseRejection',
        errorMessage: expect.stringContaining('no caller waited for this'),
      },
    ],
  ])('that %s fails, and works again afterwards', async (_, name, error) => {
    expect(await probe({ probe: name })).toMatchObject({ functionError: 'Unhandled', answer: error });
    expect(await probe({ probe: 'nothing' })).toEqual({ answer: null });
  });

  it('that wants a callback is refused, as by nodejs24.x', async () => {
    const { functionError, payload } = await cloud.invoke('callback', {});
    expect(functionError).toBe('Unhandled');
    expect(JSON.parse(payload)).toMatchObject({ errorType: 'Runtime.CallbackHandlerDeprecated' });
  });

  it('at work ends in its own process when the stack is renewed, and every later invocation has the new variables', async () => {
    const stack = { describe: fixtureStack, environment: { OVERRIDDEN: 'by the renewal' } };
    const { payload: pid } = await cloud.invoke('http', orderPid);
    const [started, answer] = [Promise.withResolvers<void>(), probe({ probe: 'wait', name: 'renewal' })];
    void eventually(() => cloud.lines.map(({ line }) => line))
      .toContain('waits for renewal')
      .then(started.resolve, started.reject);
    await started.promise;
    cloud.renew(stack);
    const later = await Promise.all([probe({ probe: 'environment' }), cloud.invoke('http', orderPid)]);
    expect(later[0].answer).toMatchObject({ OVERRIDDEN: 'by the renewal' });
    expect(later[1].payload).not.toBe(pid);
    await probe({ probe: 'release', name: 'renewal' });
    const { answer: old } = await answer;
    expect(old).toMatchObject({ variable: 'by the caller' });
    await eventually(() =>
      cloud.sandboxes().filter((sandbox) => [Number(pid), old.pid].includes(sandbox.pid)),
    ).toEqual([]);
    expect((await probe({ probe: 'environment' })).answer).toMatchObject({ OVERRIDDEN: 'by the renewal' });
  });

  it('uses a warm process again', async () => {
    const answers: string[] = [];
    for (let call = 0; call < 5; call += 1) answers.push((await cloud.invoke('http', orderPid)).payload);
    expect(new Set(answers).size).toBe(1);
  });
});

describe('the Invoke API', () => {
  it('answers with the result, and tells an error of the function', async () => {
    const fine = await post('poolkeeper-test-http', '{"headers":{"x-order":"pid"}}');
    expect([fine.status, await fine.json()]).toEqual([
      200,
      { statusCode: 202, body: expect.stringMatching(/^\d+$/) },
    ]);
    const arn = encodeURIComponent('arn:aws:lambda:us-east-1:000000000000:function:poolkeeper-test-http');
    const failed = await post(arn, '{"headers":{"x-order":"throw"}}');
    expect([failed.status, failed.headers.get('x-amz-function-error')]).toEqual([200, 'Unhandled']);
    expect(await failed.json()).toMatchObject({ errorType: 'TypeError', errorMessage: 'no such node' });
  });

  it('does not wait for an event to be worked on', async () => {
    const response = await post('probe', '{"probe":"marker"}', { 'x-amz-invocation-type': 'Event' });
    expect([response.status, await response.text()]).toEqual([202, '']);
    await eventually(() => cloud.lines.map(({ line }) => line)).toContain('{"probe":"marker"}');
  });

  it('refuses an unknown function, what is not JSON, and web pages', async () => {
    const answers = await Promise.all([
      post('unknown', '{}'),
      post('probe', '{'),
      post('probe', '{}', { origin: 'https://evil.test' }),
    ]);
    expect(answers.map(({ status, headers }) => [status, headers.get('x-amzn-errortype')])).toEqual([
      [404, 'ResourceNotFoundException'],
      [400, 'InvalidRequestContentException'],
      [403, 'AccessDeniedException'],
    ]);
  });
});
