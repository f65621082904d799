import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { captureLog, lambdaContext, sqsEvent } from '../handler/events.ts';
import { httpEvent } from '../handler/http-event.ts';
import { service } from './serverless-declaration.ts';

const functions: [name: string, declared: any][] = Object.entries(service['functions']);

/** The value of a variable of serverless.yml after a deployment. */
function deployedValue(name: string): string {
  if (/^POOLKEEPER_(QUEUE|DLQ)_/.test(name))
    return 'https://sqs.eu-central-1.amazonaws.com/000000000000/queue';
  if (name === 'POOLKEEPER_MAX_RECEIVES') return '5';
  if (name === 'POOLKEEPER_PUBLIC_URL') return 'https://api.example.com';
  if (name === 'MODELARTS_ENDPOINT') return 'https://modelarts.cn-north-4.myhuaweicloud.com';
  if (name === 'HUAWEICLOUD_SDK_REGION') return 'cn-north-4';
  return 'value';
}

/** The variables of every Lambda function, and the secrets, which otherwise come from Parameter Store. */
const given = {
  AWS_REGION: 'eu-central-1',
  LAMBDA_TASK_ROOT: '/var/task',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_EC2_METADATA_DISABLED: 'true',
  POOLKEEPER_WEBHOOK_TOKEN: 'webhook-token-of-the-environment-test',
  POOLKEEPER_CONSOLE_TOKEN: 'console-token-of-the-environment-test',
  HUAWEICLOUD_SDK_AK: 'ak',
  HUAWEICLOUD_SDK_SK: 'sk',
  HUAWEICLOUD_SDK_SECURITY_TOKEN: 'st',
};

beforeAll(() => {
  for (const [variable, value] of Object.entries(given)) vi.stubEnv(variable, value);
});
afterAll(() => {
  vi.restoreAllMocks();
});
beforeEach(() => {
  captureLog();
  const own = Object.keys(process.env).filter((variable) =>
    /^(POOLKEEPER|MODELARTS|HUAWEICLOUD)_/.test(variable),
  );
  for (const variable of own) if (!(variable in given)) vi.stubEnv(variable, undefined);
});

test.each(functions)(
  '%s finds all that it needs in the environment that serverless.yml gives it',
  async (name, declared) => {
    for (const variable of Object.keys({ ...service['provider'].environment, ...declared.environment })) {
      if (!(variable in given)) vi.stubEnv(variable, deployedValue(variable));
    }
    const { handler } = await import(`../../functions/${name}.ts`);
    const route = declared.events?.find((event: any) => event.httpApi)?.httpApi;
    if (!declared.events?.some((event: any) => event.httpApi || event.sqs)) {
      // Started by schedules alone: it gets as far as to look at the event.
      await expect(handler(sqsEvent(), lambdaContext())).rejects.toThrow(
        'The event is not an event of a schedule',
      );
    } else if (route === undefined) {
      expect(await handler(sqsEvent(), lambdaContext())).toEqual({ batchItemFailures: [] });
    } else {
      // A request without a token gets as far as the services.
      const path = { pathParameters: { source: 'alertmanager' } };
      const { statusCode } = await handler(httpEvent(route, path), lambdaContext());
      expect([200, 401]).toContain(statusCode);
    }
  },
);

test.each(functions)('%s says which of them is missing', async (name, declared) => {
  vi.resetModules();
  const { handler } = await import(`../../functions/${name}.ts`);
  const route = declared.events?.find((event: any) => event.httpApi)?.httpApi;
  if (route === undefined) {
    await expect(handler(sqsEvent(), lambdaContext())).rejects.toThrow(
      /^The environment is not complete: [A-Z_]+ is not set/,
    );
  } else {
    expect((await handler(httpEvent(route), lambdaContext())).statusCode).toBe(503);
  }
});
