import { type Authorizer, readAuthorizer } from '../authorizer.ts';
import type { DeclaredFunction } from '../declaration.ts';
import { asynchronousOf, environmentOf, hasDeadLetters } from '../environment.ts';
import { declaredFunctions } from '../functions.ts';
import { deadLetterQueueId, queueId, roleId } from '../names.ts';
import { type Network, readNetwork } from '../network.ts';
import type { Variables } from '../stage-settings.ts';
import { alarmResources, metricAlarmResources } from './alarms.ts';
import { dashboardResources } from './dashboard.ts';
import { ledgerResources } from './ledger.ts';
import { isInNetwork, networkOutputs, networkResources, networkStatement, vpcSection } from './network.ts';
import { queueResources } from './queues.ts';
import { arn, attribute, type Resources, ref, together } from './resource.ts';
import { roleResources } from './roles.ts';

/** The sections of serverless.yml that derive from the declared functions and from the settings of a deployment. */
export type Sections = {
  functions: Record<string, unknown>;
  /** `provider.httpApi.authorizers` */
  authorizers: Record<string, unknown>;
  resources: { Resources: Resources; Outputs: Record<string, unknown> };
};

/** The settings that the sections depend on. */
type Settings = { variables: Variables; authorizer: Authorizer | undefined; network: Network | undefined };

/**
 * The sections for a deployment.
 *
 * @param variables those of the environment and of the stage's settings file
 * @throws Error naming each variable that is missing or wrong
 */
export function deploymentSections(variables: Variables): Sections {
  const settings = { variables, authorizer: readAuthorizer(variables), network: readNetwork(variables) };
  return {
    functions: Object.fromEntries(
      declaredFunctions.map((declared) => [declared.name, functionSection(declared, settings)]),
    ),
    authorizers: authorizerSection(settings.authorizer),
    resources: {
      Resources: together([
        ledgerResources(),
        metricAlarmResources(),
        dashboardResources(),
        networkResources(settings.network),
        ...declaredFunctions.flatMap((declared) => [
          queueResources(declared),
          roleResources(declared, settings.network && isInNetwork(declared) ? [networkStatement] : []),
          alarmResources(declared),
        ]),
      ]),
      Outputs: together([...declaredFunctions.map(outputs), networkOutputs(settings.network)]),
    },
  };
}

/** The variables of the project. The names are never absent, so that a function says which it misses; the address of the API may be. */
function projectVariables(variables: Variables): Record<string, string | null> {
  return {
    ...projectNames(variables),
    MODELARTS_ENDPOINT: variables['MODELARTS_ENDPOINT'] || null,
  };
}

/** The name of the project, without the address of its API. */
function projectNames(variables: Variables): Record<string, string> {
  const names = ['HUAWEICLOUD_SDK_PROJECT_ID', 'HUAWEICLOUD_SDK_REGION'];
  return Object.fromEntries(names.map((name) => [name, variables[name] ?? '']));
}

/** The name of the authorizer in serverless.yml. */
const AUTHORIZER = 'people';

function authorizerSection(authorizer: Authorizer | undefined): Record<string, unknown> {
  if (!authorizer) return {};
  const { issuer: issuerUrl, audience } = authorizer;
  return {
    [AUTHORIZER]: {
      type: 'jwt',
      identitySource: '$request.header.Authorization',
      issuerUrl,
      audience: [...audience],
    },
  };
}

function functionSection(
  declared: DeclaredFunction,
  { variables: ofDeployment, authorizer, network }: Settings,
) {
  const { name, description, timeoutSeconds, trigger, callsModelArts, namesProject, linksToConsole, files } =
    declared;
  const asynchronous = asynchronousOf(trigger);
  const variables = Object.entries(environmentOf(declared)).map(([variable, value]) => [
    variable,
    typeof value === 'object' ? ref(value.queue) : value,
  ]);
  return {
    description,
    handler: `dist/${name}.handler`,
    role: roleId(name),
    timeout: timeoutSeconds,
    package: { patterns: [`dist/${name}.cjs*`, ...(files === undefined ? [] : [`dist/${files}/**`])] },
    environment: {
      ...(callsModelArts && projectVariables(ofDeployment)),
      ...(namesProject && projectNames(ofDeployment)),
      // A domain of one's own before the HTTP API, or the address of the API itself.
      ...(linksToConsole && {
        POOLKEEPER_PUBLIC_URL: ofDeployment['POOLKEEPER_PUBLIC_URL'] || attribute('HttpApi', 'ApiEndpoint'),
      }),
      ...Object.fromEntries(variables),
      ...(hasPeoplesRoutes(declared) && authorizer?.variables),
    },
    ...(network && isInNetwork(declared) && { vpc: vpcSection(network) }),
    events: events(declared, authorizer),
    // An event whose attempts have all failed goes to the dead-letter queue.
    ...(asynchronous && {
      maximumRetryAttempts: asynchronous.retries,
      destinations: { onFailure: { type: 'sqs', arn: arn(deadLetterQueueId(name)) } },
    }),
  };
}

function hasPeoplesRoutes({ trigger }: DeclaredFunction): boolean {
  return trigger.kind === 'http' && trigger.peoplesRoutes !== undefined;
}

function events(
  { name, trigger }: DeclaredFunction,
  authorizer: Authorizer | undefined,
): Record<string, unknown>[] {
  switch (trigger.kind) {
    case 'http':
      return [
        ...trigger.routes.map((httpApi) => ({ httpApi })),
        ...(trigger.peoplesRoutes ?? []).map((route) => ({
          httpApi: authorizer ? authorizedRoute(route) : route,
        })),
      ];
    case 'clock':
      return [rate(trigger.everyMinutes)];
    case 'queue': {
      const sqs = {
        arn: arn(queueId(name)),
        batchSize: trigger.batchSize,
        maximumBatchingWindow: trigger.batchingWindowSeconds,
        maximumConcurrency: trigger.maximumConcurrency,
        functionResponseType: 'ReportBatchItemFailures',
      };
      return [...(trigger.everyMinutes === undefined ? [] : [rate(trigger.everyMinutes)]), { sqs }];
    }
    case 'schedules':
      // schedules.ts turns each schedule of the rules file into an entry of EventBridge Scheduler.
      return [];
  }
}

function authorizedRoute(route: string): Record<string, unknown> {
  const [method, path] = route.split(' ');
  return { method, path, authorizer: { name: AUTHORIZER } };
}

function rate(minutes: number): Record<string, unknown> {
  return { schedule: `rate(${minutes} minutes)` };
}

function outputs({ name, trigger }: DeclaredFunction): Record<string, unknown> {
  const queues = [
    ...(trigger.kind === 'queue' && trigger.isPublic ? [queueId(name)] : []),
    ...(hasDeadLetters(trigger) ? [deadLetterQueueId(name)] : []),
  ];
  return Object.fromEntries(queues.map((logicalId) => [`${logicalId}Url`, { Value: ref(logicalId) }]));
}
