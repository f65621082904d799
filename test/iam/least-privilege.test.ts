import rules from 'poolkeeper:rules';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { actions } from '#lib/actions/traits';
import type { Queue } from '#lib/aws/queue';
import type { DeadLetterQueue } from '#lib/dead-letters/read-letters';
import { accessKey } from '#lib/environment';
import type { Store } from '#lib/ledger/store';
import * as services from '#lib/services';
import type { CloudDescription, FunctionDescription } from '#local/cloud/description';
import { assertLambdaMay, lambdaNeeds } from '#local/cloud/iam/lambda-needs';
import { verdictOn } from '#local/cloud/iam/policy';
import { createRoles, type Roles } from '#local/cloud/iam/roles';
import { type Call, listOf, type Statement } from '#local/cloud/iam/statement';
import { startParameterService } from '#local/cloud/parameters/parameters';
import { startQueueService } from '#local/cloud/queues/queues';
import { createRunCredentials } from '#local/cloud/run-credentials';
import { startTableService } from '#local/cloud/tables/tables';
import { describeStack } from '#local/stack/describe';
import { declaredFunctions } from '#local/stack/functions';
import { named } from '#local/stack/names';
import { secretsApart } from '#local/stack/secrets';
import { type LedgerUse, ledgerUse } from './ledger-use.ts';

// Each function's services are built as at a cold start, with the function's own key, and do once all that its code can do.
// Nothing of it may be refused. Then each permission is taken away: something must be refused without it.

const region = 'eu-central-1';
const names = declaredFunctions.map(({ name }) => name);
const token = 'a-token-that-only-this-test-knows';
const secrets = secretsApart({
  HUAWEICLOUD_SDK_AK: 'ak',
  HUAWEICLOUD_SDK_SK: 'sk',
  HUAWEICLOUD_SDK_SECURITY_TOKEN: 'st',
  HUAWEICLOUD_SDK_AK_RESEARCH: 'ak',
  HUAWEICLOUD_SDK_SK_RESEARCH: 'sk',
  HUAWEICLOUD_SDK_SECURITY_TOKEN_RESEARCH: 'st',
  POOLKEEPER_WEBHOOK_TOKEN: token,
  POOLKEEPER_CONSOLE_TOKEN: token,
});
// The rules that the functions carry, with a pool of another account.
vi.mock('poolkeeper:rules', async () => {
  const { parseRules } = await import('#lib/rules/parse/parse');
  const pools = {
    a: { id: 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036' },
    b: { id: 'pool-8c2e-6f5da086876d4cd084d36f8bd3346036', account: 'research', project: 'p2' },
  };
  return { default: parseRules(JSON.stringify({ pools }), 'rules.yml') };
});

const factories: Readonly<Record<string, () => Promise<object>>> = {
  'receive-alert': services.receiveAlertServices,
  ...Object.fromEntries(actions.map((action) => [action, services.actionServices(action)])),
  'enforce-tag-policy': services.enforceTagPolicyServices,
  'scale-node-pools': services.scaleNodePoolsServices,
  'receive-scheduled-events': services.receiveScheduledEventsServices,
  'poll-jobs': services.pollJobsServices,
  // It reads the access key only if the rules file has a topic of SMN.
  notify: async () => ({ ...(await services.notifyServices()), accessKey: await accessKey('notify') }),
  sweep: services.sweepServices,
  console: services.consoleServices,
};

const parts = new AsyncDisposableStack();
const refusals: string[] = [];
const asked = new Map<string, Call[]>();
const roles: Roles = createRoles((refusal) => refusals.push(refusal));
const watched: Roles = {
  ...roles,
  refusalOf(functionName, calls) {
    asked.set(functionName, [...(asked.get(functionName) ?? []), ...calls]);
    return roles.refusalOf(functionName, calls);
  },
};
let stack: CloudDescription;
let endpoints: Record<string, string>;
let uses: Map<string, LedgerUse>;

beforeAll(async () => {
  uses = await ledgerUse(names);
  const credentials = createRunCredentials();
  const queues = await startQueueService(region, credentials, undefined, watched);
  parts.defer(() => queues.stop());
  const tables = await startTableService(region, credentials, undefined, watched);
  parts.defer(() => tables.stop());
  const parameters = await startParameterService({ region, credentials, roles: watched, ...secrets });
  parts.defer(() => parameters.stop());
  stack = describeStack(rules)({ region, sqsEndpoint: queues.endpoint });
  roles.declare(stack.functions);
  await queues.create(stack.queues);
  await tables.create(stack.tables);
  endpoints = {
    AWS_ENDPOINT_URL_SQS: queues.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: tables.endpoint,
    AWS_ENDPOINT_URL_SSM: parameters.endpoint,
  };
  for (const name of names) await doEverything(name);
});
afterAll(() => parts.disposeAsync());

const described = (name: string): FunctionDescription =>
  stack.functions.find((fn) => fn.name === named('local', name))!;

function setEnvironment({ name, environment }: FunctionDescription): void {
  const own = watched.credentialsOf(name);
  const variables = {
    ...environment,
    ...endpoints,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: own.accessKeyId,
    AWS_SECRET_ACCESS_KEY: own.secretAccessKey,
    AWS_SESSION_TOKEN: own.sessionToken,
    AWS_EC2_METADATA_DISABLED: 'true',
    LAMBDA_TASK_ROOT: '/var/task',
    HUAWEICLOUD_SDK_PROJECT_ID: 'p',
    HUAWEICLOUD_SDK_REGION: 'cn-north-4',
  };
  vi.unstubAllEnvs();
  for (const [variable, value] of Object.entries(variables)) vi.stubEnv(variable, value);
}

/** Does once what a function can do: with its ledger, with each of its queues, and with the dead letters that it reads. */
async function doEverything(name: string): Promise<void> {
  setEnvironment(described(name));
  const built = await factories[name]!();
  const {
    store,
    commands = {},
    follow,
    notices,
    deadLetters,
    deadLetterQueues = [],
    countedLetters = [],
  } = built as {
    store: Store;
    commands?: Record<string, Queue> | Queue;
    follow?: Queue;
    notices: Queue;
    deadLetters?: Queue;
    deadLetterQueues?: DeadLetterQueue[];
    countedLetters?: Pick<DeadLetterQueue, 'letters'>[];
  };
  const queues = [
    ...('send' in commands ? [commands as Queue] : Object.values(commands)),
    follow,
    notices,
    deadLetters,
    ...deadLetterQueues.map(({ source }) => source),
  ];
  for (const queue of queues) await queue?.send([{ body: '{}' }]);
  for (const { letters } of deadLetterQueues) {
    await letters.count();
    await letters.receive({ hideSeconds: 1, waitSeconds: 0 });
    await letters.release(['no-handle']);
    await letters.remove('no-handle').catch(() => {});
  }
  for (const { letters } of countedLetters) await letters.count();
  const { operations, indexes } = uses.get(name)!;
  const document = { pk: `test#${name}`, sk: '-', version: 1, writeId: 'w' };
  const calls: Record<Exclude<keyof Store, 'newId' | 'find' | 'lastSeen'>, () => Promise<unknown>> = {
    get: () => store.get(document),
    getMany: () => store.getMany([document]),
    put: () => store.put(document, 0),
    putMany: () =>
      store.putMany([
        { ...document, pk: 'deliveries#2026-11-20' },
        { ...document, pk: 'mentioned#a' },
        { ...document, pk: 'history#a' },
      ]),
    remove: () => store.remove({ pk: 'pool#a', sk: 'waiting#1' }, 1),
    query: () => store.query({ partition: 'remediation#1', limit: 1 }),
  };
  for (const [operation, call] of Object.entries(calls))
    if (operations.includes(operation as keyof Store)) await call();
  for (const index of indexes) await store.find({ index, partition: 'open', limit: 1 });
}

/** Every action of a role on every resource, one by one. */
const permissionsOf = ({ role }: FunctionDescription): Statement[] =>
  role.statements.flatMap((statement) =>
    listOf(statement.Action).flatMap((Action) =>
      listOf(statement.Resource).map((Resource) => ({ ...statement, Action, Resource })),
    ),
  );

test('the code of every function was found', () => {
  expect([...uses.keys()].toSorted()).toEqual(names.toSorted());
  for (const { operations } of uses.values())
    expect(operations).toEqual(expect.arrayContaining(['get', 'put']));
});

test('no function asks for anything that its role does not allow', () => {
  expect(refusals).toEqual([]);
});

describe.each(names)('%s', (name) => {
  test('is refused something without any one of its permissions', () => {
    const fn = described(name);
    const needs = [...(asked.get(fn.name) ?? []), ...lambdaNeeds(fn, stack, region)];
    const permissions = permissionsOf(fn);
    const needless = permissions.filter((taken) => {
      const rest = permissions.filter((one) => one !== taken);
      return needs.every((call) => verdictOn(rest, call) === 'allowed');
    });
    expect(needless.map(({ Action, Resource }) => [Action, Resource])).toEqual([]);
    expect(permissions.length).toBeGreaterThan(10);
  });

  test('does not start without the permissions that Lambda itself needs', () => {
    const fn = described(name);
    const permissions = permissionsOf(fn);
    for (const { action } of lambdaNeeds(fn, stack, region)) {
      const statements = permissions.filter(({ Action }) => Action !== action);
      const role = { ...fn.role, statements };
      const functions = stack.functions.map((one) => (one === fn ? { ...fn, role } : one));
      expect(() => assertLambdaMay({ ...stack, functions }, region)).toThrow(
        `the role ${fn.role.name} of ${fn.name} does not allow ${action} on `,
      );
    }
  });
});

test.each(names.filter((name) => name !== 'notify'))(
  'the services of %s are not built without one of its secrets',
  async (name) => {
    const fn = described(name);
    const permissions = permissionsOf(fn);
    setEnvironment(fn);
    for (const taken of permissions.filter(({ Action }) => Action === 'ssm:GetParameters')) {
      const statements = permissions.filter((one) => one !== taken);
      roles.declare([{ name: fn.name, role: { ...fn.role, statements } }]);
      await expect(factories[name]!()).rejects.toThrow('not authorized to perform: ssm:GetParameters');
    }
    roles.declare([fn]);
  },
);
