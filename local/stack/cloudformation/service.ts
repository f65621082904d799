import { ModelArtsEnvironment } from '#lib/config';
import type { Authorizer } from '../authorizer.ts';
import type { DeclaredFunction } from '../declaration.ts';
import { asynchronousOf, environmentOf, hasDeadLetters } from '../environment.ts';
import { declaredFunctions } from '../functions.ts';
import { deadLetterQueueId, queueId, roleId } from '../names.ts';
import { alarmResources, metricAlarmResources } from './alarms.ts';
import { dashboardResources } from './dashboard.ts';
import { ledgerResources } from './ledger.ts';
import { queueResources } from './queues.ts';
import { arn, attribute, ref, together } from './resource.ts';
import { roleResources } from './roles.ts';

/** serverless.yml has the origin of their values. A variable without a value is absent from the environment. */
function modelartsVariables(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, `\${self:custom.modelarts.${name}, null}`]));
}

const modelartsProject = modelartsVariables(Object.keys(ModelArtsEnvironment.shape));

/** The name of the project, without the address of its API. */
const projectNames = modelartsVariables(['HUAWEICLOUD_SDK_PROJECT_ID', 'HUAWEICLOUD_SDK_REGION']);

/** A domain of one's own before the HTTP API, or the address of the API itself. */
const publicUrl = process.env['POOLKEEPER_PUBLIC_URL'] || attribute('HttpApi', 'ApiEndpoint');

/** The name of the authorizer in serverless.yml. */
const AUTHORIZER = 'people';

/** The section `functions` of serverless.yml. Undefined: people have tokens of Poolkeeper's own. */
export function functionSections(authorizer: Authorizer | undefined) {
  return Object.fromEntries(
    declaredFunctions.map((declared) => [declared.name, functionSection(declared, authorizer)]),
  );
}

/** The section `provider.httpApi.authorizers` of serverless.yml. */
export function authorizerSection(authorizer: Authorizer | undefined): Record<string, unknown> {
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

/** The resources of the functions, for the section `resources` of serverless.yml. */
export const resources = {
  Resources: together([
    ledgerResources(),
    metricAlarmResources(),
    dashboardResources(),
    ...declaredFunctions.flatMap((declared) => [
      queueResources(declared),
      roleResources(declared),
      alarmResources(declared),
    ]),
  ]),
  Outputs: together(declaredFunctions.map(outputs)),
};

function functionSection(declared: DeclaredFunction, authorizer: Authorizer | undefined) {
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
      ...(callsModelArts && modelartsProject),
      ...(namesProject && projectNames),
      ...(linksToConsole && { POOLKEEPER_PUBLIC_URL: publicUrl }),
      ...Object.fromEntries(variables),
      ...(hasPeoplesRoutes(declared) && authorizer?.variables),
    },
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
