import {
  ApiProperties,
  IntegrationProperties,
  MappingProperties,
  RouteProperties,
  RuleProperties,
  readProperties,
  ScheduleProperties,
} from './resource-properties.ts';
import type { ResolvedResource } from './resources.ts';

/** Carried out by the stand-ins. */
const carriedOut =
  /^AWS::(Lambda::(Function|EventSourceMapping)|SQS::Queue|DynamoDB::Table|ApiGatewayV2::(Api|Route|Integration|Stage)|Events::Rule|Scheduler::Schedule)$/;

/** Change nothing for functions that run here: permissions, logs, alarms, versions, names, the bucket of the zips. */
const withoutEffect =
  /^AWS::(IAM|Logs|CloudWatch|S3|KMS|SSM|SecretsManager|CloudFormation|XRay|Budgets|Route53|CertificateManager|SNS)::|^AWS::Lambda::(Permission|Version|Alias|EventInvokeConfig)$|^AWS::SQS::(QueuePolicy|QueueInlinePolicy)$|^AWS::Scheduler::ScheduleGroup$|^AWS::ApiGatewayV2::(DomainName|ApiMapping)$/;

/** One sentence for each declaration that matters and that the stand-ins do not carry out. */
export function warnAboutUnsupported(resources: readonly ResolvedResource[]): string[] {
  const unknown = resources.filter(({ type }) => !carriedOut.test(type) && !withoutEffect.test(type));
  return [
    ...unknown.map(({ logicalId, type }) => `${logicalId} (${type}) is not carried out locally.`),
    ...resources.flatMap((resource) =>
      partsWithoutStandIn(resource).map((part) => `${resource.logicalId}: ${part}.`),
    ),
  ];
}

function partsWithoutStandIn({ type, path, properties }: ResolvedResource): string[] {
  switch (type) {
    case 'AWS::Lambda::EventSourceMapping': {
      const { EventSourceArn, FilterCriteria } = readProperties(MappingProperties, properties(), path);
      return [
        ...(EventSourceArn.startsWith('arn:aws:sqs:')
          ? []
          : [`the source ${EventSourceArn} is not polled locally`]),
        ...(FilterCriteria === undefined
          ? []
          : ['FilterCriteria are not applied locally: the function gets every message']),
      ];
    }
    case 'AWS::ApiGatewayV2::Api': {
      const { CorsConfiguration } = readProperties(ApiProperties, properties(), path);
      return CorsConfiguration === undefined ? [] : ['CorsConfiguration is not applied locally'];
    }
    case 'AWS::ApiGatewayV2::Route': {
      const { AuthorizationType } = readProperties(RouteProperties, properties(), path);
      return AuthorizationType === 'NONE'
        ? []
        : [`the ${AuthorizationType} authorizer is not asked locally: anyone may call`];
    }
    case 'AWS::ApiGatewayV2::Integration': {
      const { PayloadFormatVersion } = readProperties(IntegrationProperties, properties(), path);
      return PayloadFormatVersion === '2.0'
        ? []
        : [`payload format ${PayloadFormatVersion} is sent as 2.0 locally`];
    }
    case 'AWS::Events::Rule': {
      const { ScheduleExpression, Targets } = readProperties(RuleProperties, properties(), path);
      const transforms = Targets.some(
        ({ InputPath, InputTransformer }) => InputPath !== undefined || InputTransformer !== undefined,
      );
      return [
        ...(ScheduleExpression === undefined
          ? ['there is no event bus locally: invoke the function with the event instead']
          : []),
        ...(transforms ? ['InputPath and InputTransformer are not applied locally'] : []),
        ...Targets.flatMap(({ Arn }) => targetWithoutStandIn(Arn)),
      ];
    }
    case 'AWS::Scheduler::Schedule':
      return targetWithoutStandIn(readProperties(ScheduleProperties, properties(), path).Target.Arn);
    default:
      return [];
  }
}

const targetWithoutStandIn = (arn: string): string[] =>
  arn.startsWith('arn:aws:lambda:')
    ? []
    : [`the target ${arn} is not a function: nothing is sent to it locally`];
