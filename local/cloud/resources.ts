import type {
  CloudDescription,
  FunctionDescription,
  QueueDescription,
  TableDescription,
} from './description.ts';
import { describeMapping, describeRoute, describeRule, describeSchedule } from './event-sources.ts';
import type { Reference } from './intrinsics.ts';
import {
  FunctionProperties,
  QueueProperties,
  readProperties,
  TableProperties,
} from './resource-properties.ts';

/** One resource of the template. Its properties are resolved when asked for: what nobody reads cannot fail. */
export interface ResolvedResource {
  readonly logicalId: string;
  readonly path: string;
  readonly type: string;
  readonly reference: () => Reference;
  readonly properties: () => unknown;
}

type Description = Omit<CloudDescription, 'warnings'>;

/** Turns resources into what the stand-ins carry out. */
export function describeResources(resources: readonly ResolvedResource[]): Description {
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  const functions = ofType('AWS::Lambda::Function').map(describeFunction);
  const queues = ofType('AWS::SQS::Queue').map(describeQueue);
  const integrations = ofType('AWS::ApiGatewayV2::Integration');
  return {
    functions,
    queues,
    tables: ofType('AWS::DynamoDB::Table').map(describeTable),
    mappings: ofType('AWS::Lambda::EventSourceMapping').flatMap((resource) =>
      describeMapping(resource, functions, queues),
    ),
    routes: ofType('AWS::ApiGatewayV2::Route').map((resource) =>
      describeRoute(resource, integrations, functions),
    ),
    schedules: [
      ...ofType('AWS::Events::Rule').flatMap((resource) => describeRule(resource, functions)),
      ...ofType('AWS::Scheduler::Schedule').flatMap((resource) => describeSchedule(resource, functions)),
    ],
  };
}

function describeFunction(resource: ResolvedResource): FunctionDescription {
  const properties = readProperties(FunctionProperties, resource.properties(), resource.path);
  const { ref, attributes } = resource.reference();
  return {
    logicalId: resource.logicalId,
    name: ref,
    arn: attributes['Arn'] ?? '',
    handler: properties.Handler,
    timeoutSeconds: properties.Timeout,
    memoryMb: properties.MemorySize,
    environment: properties.Environment.Variables,
    ...(properties.ReservedConcurrentExecutions !== undefined && {
      reservedConcurrency: properties.ReservedConcurrentExecutions,
    }),
  };
}

function describeQueue(resource: ResolvedResource): QueueDescription {
  const { RedrivePolicy, ...plain } = readProperties(QueueProperties, resource.properties(), resource.path);
  const { ref, attributes } = resource.reference();
  const set = Object.entries(plain).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return {
    logicalId: resource.logicalId,
    name: attributes['QueueName'] ?? '',
    arn: attributes['Arn'] ?? '',
    url: ref,
    attributes: {
      ...Object.fromEntries(set),
      ...(RedrivePolicy && { RedrivePolicy: JSON.stringify(RedrivePolicy) }),
    },
    visibilityTimeoutSeconds: plain.VisibilityTimeout,
  };
}

function describeTable(resource: ResolvedResource): TableDescription {
  const definition = readProperties(TableProperties, resource.properties(), resource.path);
  return { logicalId: resource.logicalId, name: resource.reference().ref, definition };
}
