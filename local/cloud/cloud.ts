import { join } from 'node:path';
import { type Clock, systemClock } from '#lib/clock';
import { complain } from '#local/screen/complain';
import { claimDirectory } from './data-directory.ts';
import type { CloudDescription, Describe, FunctionDescription } from './description.ts';
import { createFunctionHost } from './functions/function-host.ts';
import type { InvocationResult } from './functions/invocation.ts';
import { startInvokeApi } from './functions/invoke-api.ts';
import { sandboxEnvironment } from './functions/sandbox-environment.ts';
import { openHttpApi } from './http/http-api.ts';
import { startEventSourceMapping } from './queues/event-source-mapping.ts';
import { startQueueService } from './queues/queues.ts';
import { createRunCredentials, type RunCredentials } from './run-credentials.ts';
import { startSchedules } from './schedules.ts';
import { startTableService } from './tables/tables.ts';

export interface CloudOptions {
  /** The stack to run. */
  readonly describe: Describe;
  /** The checkout, where `dist/` is. */
  readonly root: string;
  /** Of the HTTP API; 0 for any free one. */
  readonly port: number;
  /** Variables for every function, over those of the stack. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where queues and tables outlive the process. @default in memory */
  readonly dataDir?: string;
  /** @default 'us-east-1' */
  readonly region?: string;
  /** Processes per function. @default 10 */
  readonly maxSandboxes?: number;
  /** How long a process without work is kept. @default one minute */
  readonly idleMs?: number;
  /** Gets every line that a function writes. */
  readonly onLog?: (functionName: string, line: string) => void;
  /** Gets what the local system cannot do or did not manage, one sentence each. @default standard error */
  readonly onWarning?: (warning: string) => void;
  /** Host names that the HTTP API accepts besides those of loopback, such as that of a proxy before it. @default none */
  readonly hosts?: readonly string[];
  /** Of the schedules. @default the system's */
  readonly clock?: Clock;
}

export interface Cloud {
  /** Of the HTTP API. */
  readonly url: string;
  readonly sqsEndpoint: string;
  readonly dynamodbEndpoint: string;
  readonly lambdaEndpoint: string;
  /** A client of these three signs with them. */
  readonly credentials: RunCredentials;
  readonly description: CloudDescription;
  /** By logical id or by name, like the next two. */
  queueUrl(queue: string): string;
  tableName(table: string): string;
  /** Calls a function, also by its module's name, with an event that can be written as JSON. */
  invoke(fn: string, event: unknown): Promise<InvocationResult>;
  /** Makes every message of a queue visible that is delayed, or held by a process: nobody has to wait for a time-out. */
  deliverNow(queue: string): void;
  /** The processes that run functions now. */
  sandboxes(): { functionName: string; pid: number }[];
  /** Ends everything: no process, no open port, no timer is left. */
  stop(): Promise<void>;
}

/** Without a MaximumConcurrency of its own, a mapping keeps so many batches in work: as many as Lambda starts with. */
const defaultBatchesInWork = 5;

/**
 * Runs a stack on this machine: its functions in processes of their own, its queues, tables, HTTP API and
 * schedules in this one.
 *
 * @throws Error that names the port when it is in use; whatever was started by then is stopped
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  await using started = new AsyncDisposableStack();
  const {
    root,
    dataDir,
    region = 'us-east-1',
    maxSandboxes = 10,
    idleMs = 60_000,
    clock = systemClock,
  } = options;
  const { onLog = () => {}, onWarning = (warning: string) => complain(warning) } = options;

  const httpApi = await openHttpApi({
    port: options.port,
    hosts: options.hosts ?? [],
    now: () => clock.now(),
    onProblem: onWarning,
  });
  started.defer(() => httpApi.stop());
  if (dataDir !== undefined) started.defer(await claimDirectory(dataDir));
  const credentials = createRunCredentials();
  const queueService = await startQueueService(region, credentials, dataDir && join(dataDir, 'queues'));
  started.defer(() => queueService.stop());
  const tableService = await startTableService(region, credentials, dataDir && join(dataDir, 'tables'));
  started.defer(() => tableService.stop());

  const description = options.describe({ region, sqsEndpoint: queueService.endpoint });
  const { functions, queues, tables, routes, schedules } = description;
  await queueService.create(queues);
  await tableService.create(tables);

  const findFunction = (name: string) => functions.find((fn) => namesOf(fn).includes(name))?.name;
  const invokeApi = await startInvokeApi({
    find: findFunction,
    invoke: (name, payload) => host.invoke(name, payload),
    credentials,
  });
  started.defer(() => invokeApi.stop());
  const endpoints = {
    sqs: queueService.endpoint,
    dynamodb: tableService.endpoint,
    lambda: invokeApi.endpoint,
  };
  const overrides = options.environment ?? {};
  const environmentOf = (fn: FunctionDescription) =>
    sandboxEnvironment(fn, { root, region, endpoints, credentials, overrides });
  const host = createFunctionHost({
    functions,
    root,
    maxSandboxes,
    idleMs,
    environmentOf,
    credentials,
    onLog,
  });

  const mappings = description.mappings.map((mapping) =>
    startEventSourceMapping({
      mapping,
      queue: found(queues.find(isCalled(mapping.queueName)), 'queue', mapping.queueName),
      client: queueService.client,
      region,
      concurrency: Math.min(mapping.maximumConcurrency ?? defaultBatchesInWork, maxSandboxes),
      invoke: host.invoke,
      onProblem: onWarning,
    }),
  );
  started.defer(async () => {
    await Promise.all(mappings.map((mapping) => mapping.stopPolling()));
    await host.stop();
    await Promise.all(mappings.map((mapping) => mapping.drained()));
  });
  const fire = (functionName: string, payload: string) => void host.invoke(functionName, payload);
  started.defer(startSchedules(schedules, { region, clock, fire }));
  httpApi.serve(routes, host.invoke);
  // First of all at the end, so that a sender sees a closed port and tries again, not an answer from a half-stopped system.
  started.defer(() => httpApi.stop());

  const running = started.move();
  return {
    url: httpApi.url,
    sqsEndpoint: endpoints.sqs,
    dynamodbEndpoint: endpoints.dynamodb,
    lambdaEndpoint: endpoints.lambda,
    credentials,
    description,
    queueUrl: (queue) => found(queues.find(isCalled(queue)), 'queue', queue).url,
    tableName: (table) => found(tables.find(isCalled(table)), 'table', table).name,
    invoke: async (fn, event) => host.invoke(found(findFunction(fn), 'function', fn), JSON.stringify(event)),
    deliverNow: (queue) => queueService.deliverNow(found(queues.find(isCalled(queue)), 'queue', queue).name),
    sandboxes: () => host.sandboxes(),
    stop: () => running.disposeAsync(),
  };
}

/** `service-prod-reset-nodes`, its ARN, its logical id, and `reset-nodes` from the handler `dist/reset-nodes.handler`. */
function namesOf({ name, arn, logicalId, handler }: FunctionDescription): string[] {
  const module = handler.slice(handler.lastIndexOf('/') + 1).split('.')[0];
  return [name, arn, logicalId, module ?? name];
}

function isCalled(wanted: string) {
  return ({ name, logicalId }: { name: string; logicalId: string }): boolean =>
    [name, logicalId].includes(wanted);
}

function found<Thing>(thing: Thing | undefined, kind: string, name: string): Thing {
  if (thing === undefined) throw new Error(`the stack declares no ${kind} "${name}"`);
  return thing;
}
