import path from 'node:path';
import * as z from 'zod';
import type { SystemFacts } from '#lib/console/caller';
import type { AccessKey } from '#lib/modelarts/client/access-key';
import { createModelArtsClients } from '#lib/modelarts/client/clients';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { Action } from './actions/traits.ts';
import { createDynamoDbStore } from './aws/dynamodb-store.ts';
import { prepareTls } from './aws/exchange.ts';
import type { AwsServiceOptions } from './aws/json-call.ts';
import { createQueue, type Queue } from './aws/queue.ts';
import { createReadableQueue, type ReadableQueue } from './aws/readable-queue.ts';
import type { AwsKey } from './aws/sign.ts';
import { systemClock } from './clock.ts';
import {
  AwsEnvironment,
  CountersEnvironment,
  JwtEnvironment,
  LambdaEnvironment,
  LedgerEnvironment,
  ModelArtsEnvironment,
  PublicUrlEnvironment,
  QueueEnvironment,
  queueVariable,
  RoleEnvironment,
  readVariables,
  SmnEnvironment,
  SystemEnvironment,
} from './config.ts';
import { buryingFunctions } from './dead-letters/burying-functions.ts';
import type { DeadLetterQueue } from './dead-letters/read-letters.ts';
import { type ClaimsOptions, NAME_CLAIM, ROLE_CLAIM } from './handler/claims.ts';
import type { Store } from './ledger/store.ts';
import { createLogger, type Logger } from './log.ts';
import { nameMetrics } from './metrics/embedded.ts';
import { readAccessKey, readAccessKeys } from './secrets/access-keys.ts';
import { VERSION } from './version.ts';

// The table, the queues, the secrets and the API of a function. Only this file reads the environment.
// Each function throws a ConfigError that names the variables that are missing or malformed.

/** The table of the ledger. */
export async function ledgerTable(): Promise<Store> {
  const { POOLKEEPER_TABLE } = readVariables(LedgerEnvironment, process.env);
  // The table has the name of the stack. The namespace of its metrics has the same name.
  nameMetrics(POOLKEEPER_TABLE);
  const options = awsOptions('DYNAMODB');
  // The stand-ins do without TLS.
  if (options.endpoint === undefined) prepareTls();
  return createDynamoDbStore(POOLKEEPER_TABLE, options);
}

/** The queue of a function, or its dead letters. */
export function queueOf(kind: 'QUEUE' | 'DLQ', functionName: string): Queue {
  return createQueue(urlOf(kind, functionName), awsOptions('SQS'));
}

function urlOf(kind: 'QUEUE' | 'DLQ', functionName: string): string {
  const { [functionName]: url = '' } = urlsOf(kind, [functionName]);
  return url;
}

/** The URLs of several functions' queues, by the function: the environment is read once. */
function urlsOf(kind: 'QUEUE' | 'DLQ', names: readonly string[]): Record<string, string> {
  const variables = names.map((name) => [name, queueVariable(kind, name)] as const);
  const schema = z.object(Object.fromEntries(variables.map(([, variable]) => [variable, Url])));
  const urls = readVariables(schema, process.env);
  return Object.fromEntries(variables.map(([name, variable]) => [name, urls[variable] ?? '']));
}

const Url = z.url();

/** The dead letters of every function, and the queues to which they may return. */
export function deadLetterQueues(): readonly DeadLetterQueue[] {
  const options = awsOptions('SQS');
  const names = buryingFunctions.map(({ name }) => name);
  const letters = urlsOf('DLQ', names);
  const withQueue = buryingFunctions.filter(({ hasQueue }) => hasQueue);
  const sources = urlsOf(
    'QUEUE',
    withQueue.map(({ name }) => name),
  );
  return names.map((name) => ({
    functionName: name,
    letters: createReadableQueue(letters[name] ?? '', options),
    ...(sources[name] !== undefined && { source: createQueue(sources[name], options) }),
  }));
}

/** The number of deliveries of a message, after which it becomes a dead letter. */
export function maxReceives(): number {
  return readVariables(QueueEnvironment, process.env).POOLKEEPER_MAX_RECEIVES;
}

/** The dead letters of every function, only for their number. */
export function countedDeadLetters(): { functionName: string; letters: Pick<ReadableQueue, 'count'> }[] {
  const options = awsOptions('SQS');
  const urls = urlsOf(
    'DLQ',
    buryingFunctions.map(({ name }) => name),
  );
  return Object.entries(urls).map(([functionName, url]) => ({
    functionName,
    letters: createReadableQueue(url, options),
  }));
}

/** The file with the counters of metrics, on a machine. Undefined on AWS. */
export function countersFile(): string | undefined {
  return readVariables(CountersEnvironment, process.env).POOLKEEPER_COUNTERS_FILE;
}

/** The queues of actions, by the action. */
export function commandQueues(names: readonly Action[]): Partial<Record<Action, Queue>> {
  const options = awsOptions('SQS');
  const urls = urlsOf('QUEUE', names);
  return Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, createQueue(url, options)]));
}

/** The folder of the page, beside the bundle of the function. Lambda names the folder of the archive. */
export function pageFolder(): string {
  const { LAMBDA_TASK_ROOT } = readVariables(LambdaEnvironment, process.env);
  return path.join(LAMBDA_TASK_ROOT, 'dist/page');
}

/**
 * The clients of the ModelArts API, one for each account, region and project of the rules.
 *
 * @param accounts those that the pools of the rules name
 */
export async function modelArtsClients(
  functionName: string,
  accounts: readonly string[],
): Promise<RemediationServices['modelarts']> {
  const environment = readVariables(ModelArtsEnvironment, process.env);
  const log = createLogger({ function: functionName });
  return createModelArtsClients(
    {
      projectId: environment.HUAWEICLOUD_SDK_PROJECT_ID,
      region: environment.HUAWEICLOUD_SDK_REGION,
      endpoint: environment.MODELARTS_ENDPOINT,
    },
    {
      keyOf: await readAccessKeys(accounts, keyOptions(log)),
      clock: systemClock,
      random: Math.random,
      log,
    },
  );
}

/** The access key of Huawei Cloud for topics of SMN. */
export function accessKey(functionName: string): Promise<AccessKey> {
  return readAccessKey(undefined, keyOptions(createLogger({ function: functionName })));
}

function keyOptions(log: Logger) {
  const onFailure = (error: unknown): void =>
    log.error('an access key could not be read again: the former one stays in use', { error });
  return { source: secretSource(), clock: systemClock, onFailure };
}

/** The address of the console. Undefined: notices have no links. */
export function publicUrl(): string | undefined {
  return readVariables(PublicUrlEnvironment, process.env).POOLKEEPER_PUBLIC_URL;
}

/** The key of the function's role. Undefined on a machine with stand-ins: their key means nothing to AWS. */
export function roleKey(): AwsKey | undefined {
  const { AWS_ENDPOINT_URL_SQS: standIn } = readVariables(AwsEnvironment, process.env);
  return standIn === undefined ? keyOfRole() : undefined;
}

function keyOfRole(): AwsKey {
  const environment = readVariables(RoleEnvironment, process.env);
  return {
    accessKeyId: environment.AWS_ACCESS_KEY_ID,
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    sessionToken: environment.AWS_SESSION_TOKEN,
  };
}

/** The facts about the deployment that people see at the console. */
export function aboutSystem(): SystemFacts {
  const read = readVariables(SystemEnvironment, process.env);
  const { HUAWEICLOUD_SDK_PROJECT_ID: project, HUAWEICLOUD_SDK_REGION: region } = read;
  return {
    simulated: read.POOLKEEPER_SIMULATED === 'true',
    ...(project !== undefined && { project }),
    ...(region !== undefined && { region }),
    version: VERSION,
  };
}

/** The identity provider of people, and its claims. Undefined if the deployment has no JWT authorizer. */
export function identityProvider(): ClaimsOptions | undefined {
  const { issuer, name = NAME_CLAIM, role = ROLE_CLAIM } = readVariables(JwtEnvironment, process.env) ?? {};
  return issuer === undefined ? undefined : { issuer, name, role };
}

/** The environment, and the store of the secrets that it does not have. */
export function secretSource() {
  return { env: process.env, aws: awsOptions('SSM') };
}

function awsOptions(service: 'DYNAMODB' | 'SQS' | 'SSM'): AwsServiceOptions {
  const environment = readVariables(AwsEnvironment, process.env);
  const endpoint = environment[`AWS_ENDPOINT_URL_${service}`];
  return {
    region: environment.AWS_REGION,
    key: keyOfRole(),
    now: () => systemClock.now(),
    ...(endpoint && { endpoint }),
    backoff: (attempt) => systemClock.sleep(Math.random() * Math.min(2_000, 50 * 2 ** attempt)),
  };
}

/** The stand-in for SMN, in tests. Undefined in earnest. */
export function smnStandIn(): z.output<typeof SmnEnvironment> {
  return readVariables(SmnEnvironment, process.env);
}
