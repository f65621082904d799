import { isRecord } from '#lib/is-record';
import { textOf } from './intrinsic.ts';
import { type Finding, ofType, type Template } from './template.ts';

/** The variables that an access log may have. Each is free of secrets: a path, a query, a header or a claim may hold a token. */
const LOGGED: ReadonlySet<string> = new Set([
  'context.requestTime',
  'context.status',
  'context.routeKey',
  'context.requestId',
  'context.identity.sourceIp',
  'context.error.message',
  'context.integrationErrorMessage',
  'context.responseLength',
]);

/**
 * Checks the protection that Poolkeeper promises, and that AWS does not demand: every queue, topic, table and bucket is encrypted, every API is
 * throttled, and its access log has no secrets.
 */
export function checkProtection(template: Template): Finding[] {
  return [
    ...ofType(template, 'AWS::SQS::Queue')
      .filter(
        ({ properties }) => properties['SqsManagedSseEnabled'] !== true && !properties['KmsMasterKeyId'],
      )
      .map(
        ({ logicalId }) =>
          `${logicalId} (AWS::SQS::Queue): SqsManagedSseEnabled must be true: it is not encrypted`,
      ),
    ...ofType(template, 'AWS::SNS::Topic').flatMap(({ logicalId, properties }) =>
      topicProblems(`${logicalId} (AWS::SNS::Topic): KmsMasterKeyId`, properties['KmsMasterKeyId']),
    ),
    ...ofType(template, 'AWS::DynamoDB::Table')
      .filter(({ properties: { SSESpecification: sse } }) => !isRecord(sse) || sse['SSEEnabled'] !== true)
      .map(
        ({ logicalId }) =>
          `${logicalId} (AWS::DynamoDB::Table): SSESpecification.SSEEnabled must be true: it is not encrypted with a key of the account`,
      ),
    ...ofType(template, 'AWS::ApiGatewayV2::Stage').flatMap(({ logicalId, properties }) =>
      stageProblems(`${logicalId} (AWS::ApiGatewayV2::Stage):`, properties),
    ),
  ];
}

function topicProblems(place: string, key: unknown): Finding[] {
  if (key === undefined) return [`${place} is required: the topic is not encrypted`];
  // Its key policy is not ours, and does not let CloudWatch use it (CloudWatch User Guide, "Alarm actions").
  if (textOf(key) === 'alias/aws/sns')
    return [`${place} is the key of AWS, which CloudWatch may not use: its alarms would be lost`];
  return [];
}

function stageProblems(place: string, properties: Readonly<Record<string, unknown>>): Finding[] {
  const { DefaultRouteSettings: settings, AccessLogSettings: log } = properties;
  const limits = isRecord(settings) ? settings : {};
  const unlimited = ['ThrottlingRateLimit', 'ThrottlingBurstLimit'].filter(
    (name) => typeof limits[name] !== 'number' || limits[name] <= 0,
  );
  const { Format: format, DestinationArn: destination } = isRecord(log) ? log : {};
  const logged = Array.from((textOf(format) ?? '').matchAll(/\$([\w.-]+)/g), ([, name = '']) => name);
  return [
    ...unlimited.map((name) => `${place} DefaultRouteSettings.${name} is required: the API is not throttled`),
    ...(destination === undefined ? [`${place} AccessLogSettings.DestinationArn is required`] : []),
    ...logged
      .filter((name) => !LOGGED.has(name))
      .map((name) => `${place} AccessLogSettings.Format has $${name}, which may hold a secret`),
  ];
}
