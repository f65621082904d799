import type {
  FunctionDescription,
  MappingDescription,
  QueueDescription,
  RouteDescription,
  ScheduleDescription,
} from './description.ts';
import {
  IntegrationProperties,
  MappingProperties,
  RouteProperties,
  RuleProperties,
  readProperties,
  ScheduleProperties,
} from './resource-properties.ts';
import type { ResolvedResource } from './resources.ts';
import { TemplateError } from './template-error.ts';

export function describeMapping(
  resource: ResolvedResource,
  functions: readonly FunctionDescription[],
  queues: readonly QueueDescription[],
): MappingDescription[] {
  const properties = readProperties(MappingProperties, resource.properties(), resource.path);
  const queue = queues.find(({ arn }) => arn === properties.EventSourceArn);
  const target = functions.find(({ arn, name }) => [arn, name].includes(properties.FunctionName));
  if (!properties.Enabled || !queue) return [];
  if (!target) throw new TemplateError(`${resource.path}.FunctionName`, 'is not a function of this template');
  const { MaximumConcurrency } = properties.ScalingConfig;
  return [
    {
      logicalId: resource.logicalId,
      functionName: target.name,
      queueName: queue.name,
      batchSize: properties.BatchSize,
      batchingWindowSeconds: properties.MaximumBatchingWindowInSeconds,
      ...(MaximumConcurrency !== undefined && { maximumConcurrency: MaximumConcurrency }),
      reportsBatchItemFailures: properties.FunctionResponseTypes.includes('ReportBatchItemFailures'),
    },
  ];
}

export function describeRoute(
  resource: ResolvedResource,
  integrations: readonly ResolvedResource[],
  functions: readonly FunctionDescription[],
): RouteDescription {
  const { RouteKey, Target } = readProperties(RouteProperties, resource.properties(), resource.path);
  const integration = integrations.find(({ logicalId }) => Target === `integrations/${logicalId}`);
  if (!integration)
    throw new TemplateError(`${resource.path}.Target`, `"${Target}" is not an integration of this template`);
  const { IntegrationUri, TimeoutInMillis } = readProperties(
    IntegrationProperties,
    integration.properties(),
    integration.path,
  );
  // Either the function's ARN, or the invocation path that holds it.
  const target = functions.find(({ arn }) => IntegrationUri === arn || IntegrationUri.includes(`/${arn}/`));
  if (!target)
    throw new TemplateError(`${integration.path}.IntegrationUri`, 'is not a function of this template');
  return { routeKey: RouteKey, functionName: target.name, timeoutMs: TimeoutInMillis };
}

export function describeRule(
  resource: ResolvedResource,
  functions: readonly FunctionDescription[],
): ScheduleDescription[] {
  const { ScheduleExpression, State, Targets } = readProperties(
    RuleProperties,
    resource.properties(),
    resource.path,
  );
  if (ScheduleExpression === undefined || State === 'DISABLED') return [];
  return Targets.flatMap(({ Arn, Input }) => {
    const target = functions.find(({ arn }) => arn === Arn);
    const { logicalId } = resource;
    const arn = resource.reference().attributes['Arn'] ?? '';
    if (!target) return [];
    return [
      {
        logicalId,
        arn,
        kind: 'rule' as const,
        expression: ScheduleExpression,
        timeZone: 'UTC',
        functionName: target.name,
        ...(Input !== undefined && { input: Input }),
      },
    ];
  });
}

export function describeSchedule(
  resource: ResolvedResource,
  functions: readonly FunctionDescription[],
): ScheduleDescription[] {
  const properties = readProperties(ScheduleProperties, resource.properties(), resource.path);
  const target = functions.find(({ arn }) => arn === properties.Target.Arn);
  if (!target || properties.State === 'DISABLED') return [];
  return [
    {
      logicalId: resource.logicalId,
      arn: resource.reference().attributes['Arn'] ?? '',
      kind: 'schedule',
      expression: properties.ScheduleExpression,
      timeZone: properties.ScheduleExpressionTimezone,
      functionName: target.name,
      ...(properties.Target.Input !== undefined && { input: properties.Target.Input }),
    },
  ];
}
