import { isRecord, type Reference, type Resolve } from './intrinsics.ts';

/** The account that the stand-ins belong to; fauxqs knows no other. */
export const accountId = '000000000000';

/** Where the stand-ins are; the parts of a template's references that only the running system can give. */
export interface Place {
  readonly region: string;
  readonly sqsEndpoint: string;
  readonly httpUrl: string;
}

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** The property that names a resource, by type; the others are named by `Name`, if at all. */
const nameProperties: Readonly<Record<string, string>> = {
  'AWS::SQS::Queue': 'QueueName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::Logs::LogGroup': 'LogGroupName',
};

/** A resource without a name of its own is called by its logical id, where CloudFormation would append random letters. */
export function nameOf(logicalId: string, resource: Resource, resolve: Resolve): string {
  const property = nameProperties[resource.Type] ?? 'Name';
  const name = resolve(resource.Properties[property], `Resources.${logicalId}.Properties.${property}`);
  return typeof name === 'string' ? name : logicalId;
}

export const queueUrl = (sqsEndpoint: string, name: string): string => `${sqsEndpoint}/${accountId}/${name}`;

/** What references to a resource give, as the "Return values" of its type in the CloudFormation reference say. */
export function referenceTo(
  logicalId: string,
  resource: Resource,
  resolve: Resolve,
  place: Place,
): Reference {
  const name = nameOf(logicalId, resource, resolve);
  const arn = (service: string, rest: string) => `arn:aws:${service}:${place.region}:${accountId}:${rest}`;
  switch (resource.Type) {
    case 'AWS::SQS::Queue': {
      const url = queueUrl(place.sqsEndpoint, name);
      return { ref: url, attributes: { Arn: arn('sqs', name), QueueName: name, QueueUrl: url } };
    }
    case 'AWS::DynamoDB::Table': {
      const table = arn('dynamodb', `table/${name}`);
      return { ref: name, attributes: { Arn: table, StreamArn: `${table}/stream/local` } };
    }
    case 'AWS::Lambda::Function':
      return { ref: name, attributes: { Arn: arn('lambda', `function:${name}`) } };
    case 'AWS::Events::Rule':
      return { ref: name, attributes: { Arn: arn('events', `rule/${name}`) } };
    case 'AWS::Scheduler::Schedule': {
      const group = resolve(resource.Properties['GroupName'], `Resources.${logicalId}.Properties.GroupName`);
      return {
        ref: name,
        attributes: {
          Arn: arn('scheduler', `schedule/${typeof group === 'string' ? group : 'default'}/${name}`),
        },
      };
    }
    case 'AWS::SNS::Topic':
      return { ref: arn('sns', name), attributes: { TopicArn: arn('sns', name), TopicName: name } };
    case 'AWS::ApiGatewayV2::Api':
      return { ref: logicalId, attributes: { ApiId: logicalId, ApiEndpoint: place.httpUrl } };
    default:
      return { ref: name, attributes: { Arn: arn(serviceOf(resource.Type), name) } };
  }
}

const serviceOf = (type: string): string => (type.split('::')[1] ?? type).toLowerCase();

export const isResource = (value: unknown): value is { Type: string; Properties?: Record<string, unknown> } =>
  isRecord(value) &&
  typeof value['Type'] === 'string' &&
  (value['Properties'] === undefined || isRecord(value['Properties']));
