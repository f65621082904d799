import { randomUUID } from 'node:crypto';
import rules from 'poolkeeper:rules';
import * as z from 'zod';
import { createDynamoDbStore } from './aws/dynamodb-store.ts';
import type { AwsServiceOptions } from './aws/json-call.ts';
import { createQueue, type Queue } from './aws/queue.ts';
import { systemClock } from './clock.ts';
import {
  AwsEnvironment,
  ConsoleSecrets,
  LedgerEnvironment,
  ModelArtsEnvironment,
  ModelArtsSecrets,
  queueVariable,
  readVariables,
  WebhookSecrets,
} from './config.ts';
import { createModelArtsClient, type ModelArtsClient } from './modelarts/client.ts';
import type { ReceiveServices } from './remediation/receive.ts';
import type { RemediationServices } from './remediation/services.ts';
import { type Action, actions, isNodeAction, nodeActions } from './rules/action.ts';
import type { PoolRules } from './rules/rules.ts';
import type { FireServices } from './schedule/fire.ts';
import { readSecrets } from './secrets.ts';
import type { EnforceServices } from './tag-policy/enforce.ts';

// What each function is made of: built once for a cold start, from the environment and the rules in the bundle. This is the
// only place that reads the environment.

export async function receiveAlertServices(): Promise<ReceiveServices & { tokens: readonly string[] }> {
  const { POOLKEEPER_WEBHOOK_TOKEN: tokens } = await readSecrets(WebhookSecrets, secretSource());
  return {
    ...(await ledgerServices()),
    modelarts: await modelArtsClients(),
    commands: commandQueues(nodeActions),
    notices: noticeQueue(),
    tokens,
  };
}

/** Of the function that carries out an action. */
export function actionServices(action: Action): () => Promise<RemediationServices> {
  return async function services() {
    return {
      ...(await ledgerServices()),
      modelarts: await modelArtsClients(),
      // The next rung of a ladder may be any action on nodes.
      commands: commandQueues(isNodeAction(action) ? nodeActions : [action]),
      deadLetters: queueOf('DLQ', action),
      follow: queueOf('QUEUE', 'poll-jobs'),
      notices: noticeQueue(),
    };
  };
}

export async function pollJobsServices(): Promise<RemediationServices> {
  return {
    ...(await ledgerServices()),
    modelarts: await modelArtsClients(),
    commands: commandQueues(nodeActions),
    deadLetters: queueOf('DLQ', 'poll-jobs'),
    follow: queueOf('QUEUE', 'poll-jobs'),
    notices: noticeQueue(),
  };
}

export async function enforceTagPolicyServices(): Promise<EnforceServices> {
  return {
    ...(await ledgerServices()),
    modelarts: await modelArtsClients(),
    commands: queueOf('QUEUE', 'update-nodes'),
    deadLetters: queueOf('DLQ', 'enforce-tag-policy'),
  };
}

export async function scaleNodePoolsServices(): Promise<FireServices> {
  return {
    ...(await ledgerServices()),
    commands: queueOf('QUEUE', 'update-node-pool'),
    deadLetters: queueOf('DLQ', 'scale-node-pools'),
  };
}

export async function consoleServices() {
  const { POOLKEEPER_CONSOLE_TOKEN: tokens } = await readSecrets(ConsoleSecrets, secretSource());
  return { ...(await ledgerServices()), commands: commandQueues(actions), tokens };
}

async function ledgerServices(): Promise<Pick<RemediationServices, 'store' | 'rules' | 'clock' | 'newId'>> {
  const { POOLKEEPER_TABLE } = readVariables(LedgerEnvironment, process.env);
  return {
    store: await createDynamoDbStore(POOLKEEPER_TABLE, awsOptions('DYNAMODB')),
    rules,
    clock: systemClock,
    newId: randomUUID,
  };
}

function queueOf(kind: 'QUEUE' | 'DLQ', functionName: string): Queue {
  const variable = queueVariable(kind, functionName);
  const { [variable]: url } = readVariables(z.object({ [variable]: z.url() }), process.env);
  return createQueue(url ?? '', awsOptions('SQS'));
}

/** Looked up when there is something to tell. */
function noticeQueue(): Queue {
  return { send: (messages) => queueOf('QUEUE', 'notify').send(messages) };
}

function commandQueues(names: readonly Action[]): Partial<Record<Action, Queue>> {
  return Object.fromEntries(names.map((name) => [name, queueOf('QUEUE', name)]));
}

/** One client for each project and endpoint in use, all with the same key. */
async function modelArtsClients(): Promise<RemediationServices['modelarts']> {
  const environment = readVariables(ModelArtsEnvironment, process.env);
  const secrets = await readSecrets(ModelArtsSecrets, secretSource());
  const credentials = {
    accessKey: secrets.HUAWEICLOUD_SDK_AK,
    secretKey: secrets.HUAWEICLOUD_SDK_SK,
    ...(secrets.HUAWEICLOUD_SDK_SECURITY_TOKEN && { securityToken: secrets.HUAWEICLOUD_SDK_SECURITY_TOKEN }),
  };
  const clients = new Map<string, ModelArtsClient>();

  return function clientFor({
    project,
    region,
    endpoint,
  }: Pick<PoolRules, 'project' | 'region' | 'endpoint'>) {
    const projectId = project ?? environment.HUAWEICLOUD_SDK_PROJECT_ID;
    const base =
      endpoint ??
      (region === undefined ? environment.MODELARTS_ENDPOINT : undefined) ??
      `https://modelarts.${region ?? environment.HUAWEICLOUD_SDK_REGION}.myhuaweicloud.com`;
    const key = JSON.stringify([base, projectId]);
    const known = clients.get(key);
    if (known) return known;
    const client = createModelArtsClient({
      endpoint: base,
      projectId,
      credentials,
      clock: systemClock,
      random: Math.random,
    });
    clients.set(key, client);
    return client;
  };
}

function secretSource() {
  return { env: process.env, aws: awsOptions('SSM') };
}

function awsOptions(service: 'DYNAMODB' | 'SQS' | 'SSM'): AwsServiceOptions {
  const environment = readVariables(AwsEnvironment, process.env);
  const endpoint = environment[`AWS_ENDPOINT_URL_${service}`];
  return { region: environment.AWS_REGION, ...(endpoint && { endpoint }) };
}
