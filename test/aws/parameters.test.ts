import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { readParameters } from '#lib/aws/parameters';
import {
  AwsEnvironment,
  ConfigError,
  ConsoleSecrets,
  ModelArtsEnvironment,
  ModelArtsSecrets,
  readVariables,
  WebhookSecrets,
} from '#lib/config';
import { readNamedSecrets, readSecrets } from '#lib/secrets/read-secrets';
import { answers, type Behaviour, startServer, type TestServer } from '#test/modelarts/server';
import { client } from './credentials.ts';

const PREFIX = '/poolkeeper/test/';

/** A Parameter Store with these parameters, as SSM's GetParameters answers. */
function parameterStore(parameters: Record<string, string>): Behaviour {
  return (response, request) => {
    const { Names: names } = JSON.parse(request.body) as { Names: string[] };
    answers(200, {
      Parameters: names
        .filter((name) => name in parameters)
        .map((name) => ({ Name: name, Type: 'SecureString', Value: parameters[name], Version: 3 })),
      InvalidParameters: names.filter((name) => !(name in parameters)),
    })(response, request);
  };
}

const FIRST = 'first-token-of-the-parameters-test';
const SECOND = 'ada:second-token-of-the-parameters-test';

describe('parameters', () => {
  test('are asked for by path and decrypted; those that do not exist are left out', async () => {
    await using server = await startServer(parameterStore({ [`${PREFIX}A`]: 'alpha', [`${PREFIX}C`]: '' }));
    const found = await readParameters(PREFIX, ['A', 'B', 'C'], { ...client, endpoint: server.url });
    expect(found).toEqual({ A: 'alpha', C: '' });
    expect(server.received).toMatchObject([
      {
        method: 'POST',
        url: '/',
        headers: { 'x-amz-target': 'AmazonSSM.GetParameters', 'content-type': 'application/x-amz-json-1.1' },
      },
    ]);
    expect(server.received[0]?.headers.authorization).toContain(`/${client.region}/ssm/aws4_request`);
    expect(JSON.parse(server.received[0]!.body)).toEqual({
      Names: ['A', 'B', 'C'].map((name) => PREFIX + name),
      WithDecryption: true,
    });
  });

  test('that may not be read are an error that says so', async () => {
    const message = 'not authorized to perform: ssm:GetParameters';
    await using server = await startServer(answers(400, { __type: 'AccessDeniedException', message }));
    await expect(readParameters(PREFIX, ['A'], { ...client, endpoint: server.url })).rejects.toThrow(
      /^AmazonSSM.GetParameters failed: 400 AccessDeniedException .*not authorized/,
    );
  });
});

const read = <Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  env: Record<string, string>,
  server?: TestServer,
) => readSecrets(schema, { env, aws: { ...client, endpoint: server?.url ?? 'http://127.0.0.1:9' } });

describe('secrets', () => {
  test('come from the environment where it has them, and nothing else is asked', async () => {
    const env = { POOLKEEPER_WEBHOOK_TOKEN: `${FIRST}, ${SECOND}`, POOLKEEPER_SECRETS_PREFIX: PREFIX };
    expect(await read(WebhookSecrets, env)).toEqual({
      POOLKEEPER_WEBHOOK_TOKEN: [FIRST, SECOND],
    });
  });

  test('come from Parameter Store where the environment has none', async () => {
    await using server = await startServer(
      parameterStore({
        [`${PREFIX}HUAWEICLOUD_SDK_AK`]: 'stored-ak',
        [`${PREFIX}HUAWEICLOUD_SDK_SK`]: 'stored-sk',
      }),
    );
    const env = { HUAWEICLOUD_SDK_AK: 'own-ak', POOLKEEPER_SECRETS_PREFIX: PREFIX };
    expect(await read(ModelArtsSecrets, env, server)).toEqual({
      HUAWEICLOUD_SDK_AK: 'own-ak',
      HUAWEICLOUD_SDK_SK: 'stored-sk',
    });
    const { Names } = JSON.parse(server.received[0]!.body);
    expect(Names).not.toContain(`${PREFIX}HUAWEICLOUD_SDK_AK`);
  });

  test('that are nowhere are named, all of them', async () => {
    await using server = await startServer(parameterStore({}));
    const reading = read(ModelArtsSecrets, { POOLKEEPER_SECRETS_PREFIX: PREFIX }, server);
    await expect(reading).rejects.toThrow(ConfigError);
    await expect(reading).rejects.toThrow(/HUAWEICLOUD_SDK_AK is not set; HUAWEICLOUD_SDK_SK is not set/);
  });

  test('that no store keeps for us are not requested', async () => {
    await using server = await startServer(parameterStore({}));
    await expect(read(ConsoleSecrets, {}, server)).rejects.toThrow('POOLKEEPER_CONSOLE_TOKEN is not set');
    expect(server.received).toEqual([]);
  });

  test.each(['short', `${FIRST},short`, `${FIRST},`, `,${FIRST}`, `ada:short`, 'x'.repeat(31)])(
    'are held to a length, and never shown: %j',
    async (token) => {
      await using server = await startServer(
        parameterStore({ [`${PREFIX}POOLKEEPER_WEBHOOK_TOKEN`]: token }),
      );
      const sources = [{ POOLKEEPER_WEBHOOK_TOKEN: token }, { POOLKEEPER_SECRETS_PREFIX: PREFIX }];
      for (const env of sources) {
        const error: Error = await read(WebhookSecrets, env, server).then(
          () => expect.fail(),
          (reason) => reason,
        );
        expect(error).toBeInstanceOf(ConfigError);
        expect(error.message).toContain('POOLKEEPER_WEBHOOK_TOKEN must be tokens of at least 32 characters');
        expect(`${error.stack}${JSON.stringify(error)}`).not.toContain(token);
      }
    },
  );
});

describe('the secrets of a rules file', () => {
  test('come from the environment or from Parameter Store, ten names in a request; missing ones are absent', async () => {
    const stored = Array.from({ length: 12 }, (_, index) => `STORED_${index}`);
    await using server = await startServer(
      parameterStore(
        Object.fromEntries(stored.map((name) => [`${PREFIX}POOLKEEPER_SECRET_${name}`, `${name} \n`])),
      ),
    );
    const env = {
      POOLKEEPER_SECRETS_PREFIX: PREFIX,
      POOLKEEPER_SECRET_OWN: 'own-value',
      POOLKEEPER_SECRET_EMPTY: '',
    };
    const source = { env, aws: { ...client, endpoint: server.url } };
    expect(await readNamedSecrets(['OWN', 'EMPTY', 'GONE', ...stored], source)).toEqual({
      OWN: 'own-value',
      ...Object.fromEntries(stored.map((name) => [name, name])),
    });
    expect(server.received.map(({ body }) => JSON.parse(body).Names.length)).toEqual([10, 4]);
  });

  test('without Parameter Store come from the environment alone', async () => {
    const source = { env: { POOLKEEPER_SECRET_A: 'a' }, aws: { ...client, endpoint: 'http://127.0.0.1:9' } };
    expect(await readNamedSecrets(['A', 'B'], source)).toEqual({ A: 'a' });
  });
});

describe('the environment', () => {
  const complete = { HUAWEICLOUD_SDK_PROJECT_ID: '0a1b2c', HUAWEICLOUD_SDK_REGION: 'cn-north-4' };

  test('is read for what a function needs, and for no more', () => {
    expect(readVariables(ModelArtsEnvironment, { ...complete, HOME: '/root' })).toEqual(complete);
  });

  test('counts a variable that is set to nothing as missing', () => {
    expect(readVariables(AwsEnvironment, { AWS_REGION: 'x', AWS_ENDPOINT_URL_SQS: '' })).toEqual({
      AWS_REGION: 'x',
    });
    expect(() => readVariables(ModelArtsEnvironment, { ...complete, HUAWEICLOUD_SDK_REGION: '' })).toThrow(
      'The environment is not complete: HUAWEICLOUD_SDK_REGION is not set',
    );
  });

  test('is refused with every variable at fault, and no value', () => {
    const variables = {
      HUAWEICLOUD_SDK_PROJECT_ID: 'a/b?c',
      HUAWEICLOUD_SDK_REGION: 'cn north',
      MODELARTS_ENDPOINT: 'ftp://user:pass@host',
    };
    const error = expectError(() => readVariables(ModelArtsEnvironment, variables));
    for (const [name, value] of Object.entries(variables)) {
      expect(error.message).toContain(`${name} must be`);
      expect(error.message).not.toContain(value);
    }
  });
});

function expectError(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  return expect.fail('nothing was thrown');
}
