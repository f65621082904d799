import { randomUUID } from 'node:crypto';
import rules from 'poolkeeper:rules';
import type { SmnServices } from '#lib/alerts/sources/smn';
import type { ScheduledEventServices } from '#lib/receiving/read-scheduled-events';
import type { ReceiveServices } from '#lib/receiving/receive';
import type { OutboxServices } from '#lib/remediation/record/outbox';
import type { RemediationServices } from '#lib/remediation/record/services';
import { type Action, actions } from './actions/traits.ts';
import { type Caller, toCaller, toPerson } from './callers.ts';
import { systemClock } from './clock.ts';
import { ConsoleSecrets, WebhookSecrets } from './config.ts';
import { createPageFiles } from './console/assets.ts';
import { createCounterFile } from './console/metrics.ts';
import {
  aboutSystem,
  accessKey,
  commandQueues,
  countedDeadLetters,
  countersFile,
  deadLetterQueues,
  identityProvider,
  ledgerTable,
  maxReceives,
  modelArtsClients,
  pageFolder,
  publicUrl,
  queueOf,
  roleKey,
  secretSource,
  smnStandIn,
} from './environment.ts';
import { createClaimsDoor } from './handler/claims-door.ts';
import { createDoor, type Door } from './handler/door.ts';
import { createLogger, hideFromLogs } from './log.ts';
import { createRecentWorkloads } from './modelarts/reading/recent-workloads.ts';
import { post } from './notify/post.ts';
import type { NotifyServices } from './notify/tell-recipients.ts';
import { createRenewable } from './renewable.ts';
import { secretNamesOf } from './rules/notify-secrets.ts';
import { SECRET_PREFIX, type Secrets } from './rules/secret-reference.ts';
import type { FireServices } from './schedule/fire.ts';
import { accountsOf } from './secrets/access-keys.ts';
import { readNamedSecrets, readSecrets } from './secrets/read-secrets.ts';
import { createCertificates } from './smn/certificates.ts';
import { createHttpsGet } from './smn/https-get.ts';
import type { SweepingServices } from './sweep/sweep-of.ts';
import type { EnforceServices } from './tag-policy/enforce.ts';

// The services of each function, built once for a cold start from the environment and the bundled rules.

export async function receiveAlertServices(): Promise<ReceiveServices & SmnServices> {
  return {
    ...(await ledgerServices('receive-alert')),
    commands: commandQueues(actions),
    door: await openDoor('receive-alert', async () => {
      const { POOLKEEPER_WEBHOOK_TOKEN: entries } = await readSecrets(WebhookSecrets, secretSource());
      return entries.flatMap((entry) => toCaller(entry, 'webhook') ?? []);
    }),
    smn: smnServices(),
  };
}

/** Huawei SMN: the certificates that sign its messages, and its subscriptions. */
function smnServices(): SmnServices['smn'] {
  const standIn = smnStandIn();
  if (standIn) {
    const log = createLogger({ function: 'receive-alert' });
    log.warn('POOLKEEPER_SMN_TEST_HOST is set: messages that it signs are believed', { host: standIn.host });
  }
  const get = createHttpsGet(standIn);
  const { certificates: pinned = [] } = rules.sources?.smn ?? {};
  return {
    certificates: createCertificates(get, systemClock, { pinned, standIn }),
    get,
    standIn: standIn?.host,
  };
}

/** The services of an action's function. */
export function actionServices(action: Action): () => Promise<RemediationServices> {
  return async function services() {
    return {
      ...(await ledgerServices(action)),
      modelarts: await modelArtsClients(action, accountsOf(rules)),
      recentWorkloads: createRecentWorkloads(systemClock),
      // The next rung of a ladder may be any action.
      commands: commandQueues(actions),
      deadLetters: queueOf('DLQ', action),
      maxReceives: maxReceives(),
      follow: queueOf('QUEUE', 'poll-jobs'),
    };
  };
}

export async function pollJobsServices(): Promise<RemediationServices> {
  return {
    ...(await ledgerServices('poll-jobs')),
    modelarts: await modelArtsClients('poll-jobs', accountsOf(rules)),
    commands: commandQueues(actions),
    deadLetters: queueOf('DLQ', 'poll-jobs'),
    maxReceives: maxReceives(),
    follow: queueOf('QUEUE', 'poll-jobs'),
  };
}

export async function enforceTagPolicyServices(): Promise<EnforceServices> {
  return {
    ...(await ledgerServices('enforce-tag-policy')),
    modelarts: await modelArtsClients('enforce-tag-policy', accountsOf(rules)),
    commands: queueOf('QUEUE', 'update-nodes'),
    deadLetters: queueOf('DLQ', 'enforce-tag-policy'),
    maxReceives: maxReceives(),
  };
}

export async function scaleNodePoolsServices(): Promise<FireServices> {
  return {
    ...(await ledgerServices('scale-node-pools')),
    modelarts: await modelArtsClients('scale-node-pools', accountsOf(rules)),
    commands: commandQueues(actions),
    deadLetters: queueOf('DLQ', 'scale-node-pools'),
  };
}

export async function receiveScheduledEventsServices(): Promise<ScheduledEventServices> {
  return {
    ...(await ledgerServices('receive-scheduled-events')),
    modelarts: await modelArtsClients('receive-scheduled-events', accountsOf(rules)),
    commands: commandQueues(actions),
  };
}

export async function sweepServices(): Promise<SweepingServices> {
  return {
    ...(await ledgerServices('sweep')),
    modelarts: await modelArtsClients('sweep', accountsOf(rules)),
    commands: commandQueues(actions),
    follow: queueOf('QUEUE', 'poll-jobs'),
    countedLetters: countedDeadLetters(),
  };
}

export async function consoleServices() {
  return {
    ...(await ledgerServices('console')),
    page: createPageFiles(pageFolder()),
    commands: commandQueues(actions),
    door: await openConsoleDoor(),
    deadLetterQueues: deadLetterQueues(),
    counters: createCounterFile(countersFile()),
    system: { ...aboutSystem(), ...(rules.version !== undefined && { rules: rules.version }) },
  };
}

/** The door for people: claims of the identity provider if the deployment has one, and otherwise tokens. */
async function openConsoleDoor(): Promise<Door> {
  const provider = identityProvider();
  if (provider) return createClaimsDoor(provider, systemClock);
  return openDoor('console', async () => {
    const { POOLKEEPER_CONSOLE_TOKEN: entries } = await readSecrets(ConsoleSecrets, secretSource());
    return entries.flatMap((entry) => toPerson(entry) ?? []);
  });
}

/** The services of `notify`. It has keys only if there is a topic to publish to. */
export async function notifyServices(): Promise<NotifyServices> {
  const needsKey = rules.notify.some(({ kind }) => kind === 'smn');
  const baseUrl = publicUrl();
  const awsCredentials = roleKey();
  return {
    store: await ledgerTable(),
    rules,
    clock: systemClock,
    deadLetters: queueOf('DLQ', 'notify'),
    notices: queueOf('QUEUE', 'notify'),
    maxReceives: maxReceives(),
    post,
    secrets: await notifySecrets(),
    ...(baseUrl !== undefined && { baseUrl }),
    ...(awsCredentials && { awsCredentials }),
    ...(needsKey && { accessKey: await accessKey('notify') }),
  };
}

/** The secrets of recipients. A missing one stops no other recipient: its notices fail with its name, and come again. */
async function notifySecrets(): Promise<NotifyServices['secrets']> {
  const names = secretNamesOf(rules.notify);
  const log = createLogger({ function: 'notify' });
  const onFailure = (error: unknown): void =>
    log.error('the secrets of recipients could not be read', { error });
  const read = (): Promise<Secrets> => readNamedSecrets(names, secretSource());
  const first = await read().catch((error: unknown): Secrets => {
    onFailure(error);
    return {};
  });
  const missing = names.filter((name) => !first[name]).map((name) => SECRET_PREFIX + name);
  if (missing.length > 0) log.error('secrets of recipients are not set', { missing });
  return createRenewable(first, read, { clock: systemClock, onFailure });
}

/**
 * The door of a function, with tokens that are read again from time to time.
 *
 * @param readCallers the callers whom the variable of tokens names.
 */
async function openDoor(functionName: string, readCallers: () => Promise<Caller[]>): Promise<Door> {
  async function readHiding(): Promise<Caller[]> {
    const callers = await readCallers();
    hideFromLogs(callers.flatMap(({ tokens }) => tokens));
    return callers;
  }
  const onFailure = reportUnreadSecrets(functionName);
  return createDoor(
    createRenewable(await readHiding(), readHiding, { clock: systemClock, onFailure }),
    systemClock,
  );
}

function reportUnreadSecrets(functionName: string): (error: unknown) => void {
  const log = createLogger({ function: functionName });
  return (error) => log.error('the secrets could not be read again: the former ones stay valid', { error });
}

type LedgerServices = Pick<RemediationServices, keyof OutboxServices | 'clock' | 'newId'>;

async function ledgerServices(functionName: string): Promise<LedgerServices> {
  return {
    store: await ledgerTable(),
    rules,
    clock: systemClock,
    newId: randomUUID,
    notices: queueOf('QUEUE', 'notify'),
    log: createLogger({ function: functionName }),
  };
}
