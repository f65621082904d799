import type { Rules } from '#lib/rules/rules';
import { arnOf, type CloudLocation, queueUrl } from '#local/cloud/account';
import type {
  CloudDescription,
  Describe,
  FunctionDescription,
  MappingDescription,
  QueueDescription,
  RouteDescription,
  ScheduleDescription,
} from '#local/cloud/description';
import type { DeclaredFunction } from './declaration.ts';
import { describeRole } from './describe-role.ts';
import { asynchronousOf, environmentOf, hasDeadLetters } from './environment.ts';
import { declaredFunctions } from './functions.ts';
import { EXPIRY_ATTRIBUTE, ledgerTable } from './ledger-table.ts';
import {
  deadLetterQueueId,
  deadLetters,
  functionId,
  LEDGER_TABLE,
  named,
  queueId,
  secretsPath,
} from './names.ts';
import {
  DEAD_LETTER_RETENTION_SECONDS,
  MESSAGE_RETENTION_SECONDS,
  visibilityTimeoutSeconds,
} from './queue-numbers.ts';
import { routesOf } from './routes.ts';
import { firingOf, STARTED_BY_SCHEDULES } from './schedules.ts';

/** The memory of every function in serverless.yml. */
const MEMORY_MB = 512;
/** The longest that an HTTP API waits for a function. */
const HTTP_TIMEOUT_MS = 30_000;

/** In minutes, the pauses of functions that run at another rate than the deployed stack says, by their names. */
export type Rates = Readonly<Record<string, number>>;

/** The parts of the deployed stack that the local system runs. Logs and alarms have no stand-in. */
export function describeStack(
  rules: Pick<Rules, 'schedules' | 'notify' | 'pools'>,
  { stage = 'local', rates = {} }: { stage?: string; rates?: Rates } = {},
): Describe {
  return (location): CloudDescription => ({
    functions: declaredFunctions.map((declared) => describeFunction(declared, rules, stage, location)),
    queues: declaredFunctions.flatMap((declared) => describeQueues(declared, stage, location)),
    tables: [
      { logicalId: LEDGER_TABLE, name: named(stage), definition: ledgerTable, expiry: EXPIRY_ATTRIBUTE },
    ],
    mappings: declaredFunctions.flatMap((declared) => describeMapping(declared, stage)),
    routes: declaredFunctions.flatMap((declared) => describeRoutes(declared, stage)),
    schedules: [
      ...declaredFunctions.flatMap((declared) => describeRate(declared, stage, location, rates)),
      ...rules.schedules.map(
        (schedule): ScheduleDescription => ({
          arn: arnOf(location, 'scheduler', `schedule/${named(stage)}/${schedule.name}`),
          kind: 'schedule',
          times: { cron: schedule.cron, timezone: schedule.timezone },
          functionName: named(stage, STARTED_BY_SCHEDULES),
          input: firingOf(schedule),
        }),
      ),
    ],
  });
}

function describeFunction(
  declared: DeclaredFunction,
  rules: Pick<Rules, 'notify' | 'pools'>,
  stage: string,
  location: CloudLocation,
): FunctionDescription {
  const { name } = declared;
  const queues = describeAllQueues(stage, location);
  const urls = new Map(queues.map(({ logicalId, url }) => [logicalId, url]));
  const variables = Object.entries(environmentOf(declared)).map(([variable, value]) => [
    variable,
    typeof value === 'object' ? (urls.get(value.queue) ?? '') : String(value),
  ]);
  return {
    logicalId: functionId(name),
    name: named(stage, name),
    arn: arnOf(location, 'lambda', `function:${named(stage, name)}`),
    handler: `dist/${name}.handler`,
    timeoutSeconds: declared.timeoutSeconds,
    memoryMb: MEMORY_MB,
    environment: {
      POOLKEEPER_TABLE: named(stage),
      POOLKEEPER_SECRETS_PREFIX: secretsPath(stage),
      ...Object.fromEntries(variables),
    },
    role: describeRole(declared, rules, { stage, location, queues }),
    ...(asynchronousOf(declared.trigger) && {
      failuresTo: arnOf(location, 'sqs', named(stage, deadLetters(name))),
    }),
  };
}

const describeAllQueues = (stage: string, location: CloudLocation): QueueDescription[] =>
  declaredFunctions.flatMap((declared) => describeQueues(declared, stage, location));

function describeQueues(
  declared: DeclaredFunction,
  stage: string,
  location: CloudLocation,
): QueueDescription[] {
  const { name, trigger } = declared;
  if (!hasDeadLetters(trigger)) return [];
  const deadLetterQueue = describeQueue(deadLetterQueueId(name), named(stage, deadLetters(name)), location, {
    MessageRetentionPeriod: String(DEAD_LETTER_RETENTION_SECONDS),
  });
  if (trigger.kind !== 'queue') return [deadLetterQueue];
  const redrive = { deadLetterTargetArn: deadLetterQueue.arn, maxReceiveCount: trigger.maxReceives };
  return [
    describeQueue(queueId(name), named(stage, name), location, {
      VisibilityTimeout: String(visibilityTimeoutSeconds(declared)),
      MessageRetentionPeriod: String(MESSAGE_RETENTION_SECONDS),
      RedrivePolicy: JSON.stringify(redrive),
    }),
    deadLetterQueue,
  ];
}

function describeQueue(
  logicalId: string,
  name: string,
  location: CloudLocation,
  attributes: Record<string, string>,
): QueueDescription {
  return { logicalId, name, arn: arnOf(location, 'sqs', name), url: queueUrl(location, name), attributes };
}

function describeMapping({ name, trigger }: DeclaredFunction, stage: string): MappingDescription[] {
  if (trigger.kind !== 'queue') return [];
  const { batchSize, batchingWindowSeconds, maximumConcurrency } = trigger;
  return [
    {
      functionName: named(stage, name),
      queueName: named(stage, name),
      batchSize,
      batchingWindowSeconds,
      maximumConcurrency,
      reportsBatchItemFailures: true,
    },
  ];
}

function describeRoutes(declared: DeclaredFunction, stage: string): RouteDescription[] {
  return routesOf(declared).map((routeKey) => ({
    routeKey,
    functionName: named(stage, declared.name),
    timeoutMs: HTTP_TIMEOUT_MS,
  }));
}

function describeRate(
  { name, trigger }: DeclaredFunction,
  stage: string,
  location: CloudLocation,
  rates: Rates,
): ScheduleDescription[] {
  if (!('everyMinutes' in trigger)) return [];
  const functionName = named(stage, name);
  return [
    {
      arn: arnOf(location, 'events', `rule/${functionName}`),
      kind: 'rule',
      times: { everyMinutes: rates[name] ?? trigger.everyMinutes },
      functionName,
    },
  ];
}
