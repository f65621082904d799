import { isRecord } from '#lib/is-record';
import { intrinsicIn, textOf, valuesOf } from './intrinsic.ts';
import published from './limits.json' with { type: 'json' };
import { type Finding, finding, type Named, namedResources, type Template } from './template.ts';

/** The limits of one property. */
type Limits = {
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly enum?: readonly unknown[];
};

/** A range of addresses of a network or a subnet: /16 to /28 (EC2, CreateVpc and CreateSubnet). */
const CIDR: Limits = { pattern: '^(?:\\d{1,3}\\.){3}\\d{1,3}/(?:1[6-9]|2[0-8])$' };

/**
 * Limits that the services check, although their published schemas do not say so: the names of queues (SQS, CreateQueue), tables (DynamoDB,
 * CreateTable), topics (SNS, CreateTopic), functions (Lambda, CreateFunction), roles (IAM, CreateRole), rules (EventBridge, PutRule), APIs and
 * their routes (API Gateway, CreateApi and CreateRoute), networks and security groups (EC2, CreateVpc and CreateSecurityGroup).
 */
const OF_SERVICES: Readonly<Record<string, Readonly<Record<string, Limits>>>> = {
  'AWS::SQS::Queue': { QueueName: { pattern: '^[A-Za-z0-9_-]{1,80}$' } },
  'AWS::DynamoDB::Table': { TableName: { pattern: '^[A-Za-z0-9_.-]{3,255}$' } },
  'AWS::SNS::Topic': { TopicName: { pattern: '^[A-Za-z0-9_-]{1,256}$' } },
  'AWS::Lambda::Function': {
    FunctionName: { pattern: '^[A-Za-z0-9_-]{1,64}$' },
    Timeout: { minimum: 1, maximum: 900 },
  },
  'AWS::EC2::VPC': { CidrBlock: CIDR },
  'AWS::EC2::Subnet': { CidrBlock: CIDR },
  'AWS::EC2::SecurityGroup': {
    GroupDescription: { pattern: '^[A-Za-z0-9 ._:/()#,@+=&;{}!$*\\[\\]-]{1,255}$' },
  },
  'AWS::IAM::Role': { RoleName: { pattern: '^[A-Za-z0-9+=,.@_-]{1,64}$' } },
  'AWS::Events::Rule': { Name: { pattern: '^[A-Za-z0-9_.-]{1,64}$' } },
  'AWS::ApiGatewayV2::Api': { Name: { minLength: 1, maxLength: 128 } },
  'AWS::ApiGatewayV2::Integration': { TimeoutInMillis: { minimum: 50, maximum: 30_000 } },
  'AWS::ApiGatewayV2::Stage': { StageName: { pattern: '^(\\$default|[A-Za-z0-9_-]{1,128})$' } },
};

/** `limits.json` has them by the resource type and by the path of the property. `*` is an item of a list. */
const PUBLISHED: Readonly<Record<string, Readonly<Record<string, Limits>>>> = published;

/**
 * Checks texts, numbers and lists against the limits of the published schemas of CloudFormation and of the services. A value that refers to
 * another resource is not known yet.
 */
export function checkLimits(template: Template): Finding[] {
  return namedResources(template).flatMap((named) => {
    const { Type: type, Properties: properties = {} } = named.resource;
    const limits = PUBLISHED[type];
    if (!limits)
      return [finding(named, 'Type', 'is not in local/template/limits.json: add the limits of its schema')];
    return checkPart(properties, { named, limits: [limits, OF_SERVICES[type] ?? {}], path: '', at: '' });
  });
}

type Place = {
  readonly named: Named;
  readonly limits: readonly Readonly<Record<string, Limits>>[];
  /** The path in `limits`, and the one to show. */
  readonly path: string;
  readonly at: string;
};

function checkPart(value: unknown, place: Place): Finding[] {
  return valuesOf(value).flatMap((one) => {
    const text = textOf(one);
    const own = place.limits.flatMap((limits) =>
      problems(text ?? one, limits[place.path] ?? {}).map((problem) =>
        finding(place.named, place.at, problem),
      ),
    );
    return [...own, ...(intrinsicIn(one) ? [] : checkInside(one, place))];
  });
}

function checkInside(value: unknown, { path, at, ...place }: Place): Finding[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) =>
      checkPart(item, { ...place, path: `${path}.*`, at: `${at}[${index}]` }),
    );
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, part]) => {
    const prefix = (before: string) => (before === '' ? name : `${before}.${name}`);
    return checkPart(part, { ...place, path: prefix(path), at: prefix(at) });
  });
}

function problems(value: unknown, limits: Limits): string[] {
  const found: string[] = [];
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = limits;
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = limits;
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY, pattern } = limits;
  if (typeof value === 'string') {
    if (value.length < minLength || value.length > maxLength)
      found.push(`has ${value.length} characters, but may have ${minLength} to ${maxLength}`);
    if (pattern !== undefined && !new RegExp(pattern).test(value))
      found.push(`${JSON.stringify(value)} does not match ${pattern}`);
  }
  if (typeof value === 'number' && (value < minimum || value > maximum))
    found.push(`is ${value}, but may be ${minimum} to ${maximum}`);
  if (Array.isArray(value) && (value.length < minItems || value.length > maxItems))
    found.push(`has ${value.length} items, but may have ${minItems} to ${maxItems}`);
  if (limits.enum && (typeof value === 'string' || typeof value === 'number') && !limits.enum.includes(value))
    found.push(`is ${JSON.stringify(value)}, but must be one of ${limits.enum.join(', ')}`);
  return found;
}
