import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '#lib/clock';
import { claimDirectory } from '#local/data/claim';
import { complain } from '#local/screen/complain';
import type { CloudDescription, Describe, FunctionDescription } from './description.ts';
import { createFunctionHost } from './functions/function-host.ts';
import type { InvocationResult } from './functions/invocation.ts';
import { startInvokeApi } from './functions/invoke-api.ts';
import { sandboxEnvironment } from './functions/sandbox-environment.ts';
import { type LocalRoute, openHttpApi } from './http/http-api.ts';
import { assertLambdaMay } from './iam/lambda-needs.ts';
import { createRoles } from './iam/roles.ts';
import type { KeptDirectory } from './kept-directory.ts';
import { startParameterService } from './parameters/parameters.ts';
import { startEventSourceMapping } from './queues/event-source-mapping.ts';
import { startQueueService } from './queues/queues.ts';
import { createRunCredentials, type RunCredentials } from './run-credentials.ts';
import { startSchedules } from './schedules.ts';
import { startTableService } from './tables/tables.ts';

export interface CloudOptions {
  /** The stack to run. */
  readonly describe: Describe;
  /** The checkout, with `dist/` in it. */
  readonly root: string;
  /** The port of the HTTP API; 0 for any free one. */
  readonly port: number;
  /** The address on which the HTTP API listens. @default '127.0.0.1' */
  readonly host?: string;
  /** Variables for every function. They override those of the stack. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The secrets of the functions, by the complete names of their parameters. @default none */
  readonly parameters?: Readonly<Record<string, string>>;
  /** The directory that keeps queues and tables after the process ends. @default in memory */
  readonly kept?: KeptDirectory;
  /** @default 'us-east-1' */
  readonly region?: string;
  /** The maximum number of processes per function. @default two for each processor, but at least 4 and at most 10 */
  readonly maxSandboxes?: number;
  /** How long a process without work lives, in milliseconds. @default one minute */
  readonly idleMs?: number;
  /** Gets every line that a function writes. */
  readonly onLog?: (functionName: string, line: string) => void;
  /** Gets one sentence for each failure and each limit of the local system. @default standard error */
  readonly onWarning?: (warning: string) => void;
  /** Gets one sentence for each request of a function that its role does not allow. @default `onWarning` */
  readonly onRefusal?: (refusal: string) => void;
  /** Host names that the HTTP API accepts besides those of loopback, such as that of a proxy before it. @default none */
  readonly hosts?: readonly string[];
  /** A route of the local system itself, which no stack has. @default none */
  readonly localRoute?: LocalRoute | undefined;
  /** The clock of the schedules. @default the system's */
  readonly clock?: Clock;
}

export interface Cloud {
  /** The URL of the HTTP API. */
  readonly url: string;
  readonly sqsEndpoint: string;
  readonly dynamodbEndpoint: string;
  readonly lambdaEndpoint: string;
  /** The clients of these three endpoints sign with them. */
  readonly credentials: RunCredentials;
  readonly description: CloudDescription;
  /** Takes a logical id or a name, as the next two functions do. */
  queueUrl(queue: string): string;
  tableName(table: string): string;
  /** Calls a function with an event that JSON can express. Also takes the name of the function's module. */
  invoke(fn: string, event: unknown): Promise<InvocationResult>;
  /** Makes every delayed or received message of a queue visible at once, so that no test has to wait for a time-out. */
  deliverNow(queue: string): void;
  /** The processes that run functions now. */
  sandboxes(): { functionName: string; pid: number }[];
  /**
   * Goes on with other variables for the functions, and with the schedules and the roles of another stack. Each later invocation of any function runs in a
   * process with the new variables. Invocations at work end in their own processes; none is interrupted.
   */
  renew(next: { describe: Describe; environment: Readonly<Record<string, string>> }): void;
  /** Lets the writes of tables in work end, and keeps later ones waiting. @returns a function that lets them go on */
  hold(): Promise<() => void>;
  /** Ends everything. No process, no open port and no timer remains. */
  stop(): Promise<void>;
}

/**
 * The sandboxes that one function has at most. All of them share this machine with the tables, and write to the same records: on two
 * processors, ten take a fifth fewer alerts a second than four, because their conditional writes fail more often.
 */
const usualSandboxes = (): number => Math.min(Math.max(2 * availableParallelism(), 4), 10);

/** The number of batches in work of a mapping without a MaximumConcurrency. Lambda starts with the same number. */
const defaultBatchesInWork = 5;

/**
 * Runs a stack on this machine. Each function runs in its own processes; queues, tables, parameters, HTTP API and schedules run in this
 * process. A function may do at the stand-ins what its role allows, and nothing else.
 *
 * @throws Error if the port is in use, with its number, or if a role lacks a permission that Lambda needs. It first stops everything
 * that it has started.
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  await using started = new AsyncDisposableStack();
  const {
    root,
    kept,
    region = 'us-east-1',
    maxSandboxes = usualSandboxes(),
    idleMs = 60_000,
    clock = systemClock,
  } = options;
  const { onLog = () => {}, onWarning = (warning: string) => complain(warning) } = options;

  const httpApi = await openHttpApi({
    port: options.port,
    host: options.host,
    hosts: options.hosts ?? [],
    now: () => clock.now(),
    onProblem: onWarning,
    localRoute: options.localRoute,
  });
  started.defer(() => httpApi.stop());
  if (kept) started.defer(await claimDirectory(kept.directory));
  const below = (name: string): KeptDirectory | undefined =>
    kept && { ...kept, directory: join(kept.directory, name) };
  const credentials = createRunCredentials();
  const roles = createRoles(options.onRefusal ?? onWarning);
  const queueService = await startQueueService(region, credentials, below('queues'), roles);
  started.defer(() => queueService.stop());
  const tableService = await startTableService(region, credentials, below('tables'), roles);
  started.defer(() => tableService.stop());
  const { parameters = {} } = options;
  const parameterService = await startParameterService({ region, credentials, roles, parameters });
  started.defer(() => parameterService.stop());

  const location = { region, sqsEndpoint: queueService.endpoint };
  const description = options.describe(location);
  const { functions, queues, tables, routes, schedules } = description;
  assertLambdaMay(description, region);
  roles.declare(functions);
  await queueService.create(queues);
  await tableService.create(tables);
  if (kept) tableService.removeExpired({ clock, onProblem: onWarning });

  const findFunction = (name: string) => functions.find((fn) => namesOf(fn).includes(name));
  const invokeApi = await startInvokeApi({
    find: findFunction,
    invoke: (name, payload) => host.invoke(name, payload),
    credentials,
    roles,
  });
  started.defer(() => invokeApi.stop());
  const endpoints = {
    sqs: queueService.endpoint,
    dynamodb: tableService.endpoint,
    lambda: invokeApi.endpoint,
    ssm: parameterService.endpoint,
  };
  let overrides = options.environment ?? {};
  const environmentOf = (fn: FunctionDescription) =>
    sandboxEnvironment(fn, {
      root,
      region,
      endpoints,
      credentials: roles.credentialsOf(fn.name),
      overrides,
    });
  const host = createFunctionHost({
    functions,
    root,
    maxSandboxes,
    idleMs,
    environmentOf,
    credentialsOf: (name) => roles.credentialsOf(name),
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
  const firing = startSchedules(schedules, { region, clock, fire });
  started.defer(() => firing.stop());
  httpApi.serve(routes, host.invoke);
  // The HTTP API stops first, so that a sender sees a closed port and tries again. It gets no answer from a half-stopped system.
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
    invoke: async (fn, event) =>
      host.invoke(found(findFunction(fn), 'function', fn).name, JSON.stringify(event)),
    deliverNow: (queue) => queueService.deliverNow(found(queues.find(isCalled(queue)), 'queue', queue).name),
    sandboxes: () => host.sandboxes(),
    renew({ describe, environment }) {
      overrides = environment;
      host.renew();
      const next = describe(location);
      roles.declare(next.functions);
      firing.replace(next.schedules);
    },
    hold: () => tableService.hold(),
    stop: () => running.disposeAsync(),
  };
}

/** The names of a function: `service-prod-reset-nodes`, its ARN, its logical id, and `reset-nodes` from `dist/reset-nodes.handler`. */
function namesOf({ name, arn, logicalId, handler }: FunctionDescription): string[] {
  const module = handler.slice(handler.lastIndexOf('/') + 1).split('.')[0];
  return [name, arn, logicalId, module ?? name];
}

function isCalled(wanted: string) {
  return ({ name, logicalId }: { name: string; logicalId: string }): boolean =>
    [name, logicalId].includes(wanted);
}

function found<Thing>(thing: Thing | undefined, kind: string, name: string): Thing {
  if (thing === undefined)
    throw new Error(`the stack has no ${kind} "${name}": local/stack/functions.ts declares them`);
  return thing;
}
