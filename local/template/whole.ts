import { isRecord } from '#lib/is-record';
import { intrinsicIn, textOf } from './intrinsic.ts';
import { type Finding, namedResources, ofType, type Template } from './template.ts';

/** Quotas of a template (CloudFormation User Guide, "Understand CloudFormation quotas"). */
const RESOURCES = 500;
const OUTPUTS = 200;
const BYTES = 1_000_000;
/** API Gateway's quota of the routes of one HTTP API. */
const ROUTES = 300;

/** The property with the name of a resource in the account, by its type. A second one with the same name is refused. */
const NAMES: Readonly<Record<string, string>> = {
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::Events::Rule': 'Name',
  'AWS::Scheduler::Schedule': 'Name',
  'AWS::IAM::Role': 'RoleName',
  'AWS::ApiGatewayV2::Route': 'RouteKey',
};

const ROUTE_KEY =
  /^(\$default|(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|ANY) (\/|(\/([\w.~%-]+|\{[\w.-]+\}))+(\/\{[\w.-]+\+\})?|\/\{[\w.-]+\+\}))$/;

/** Checks the template as a whole: its size, its names, the routes of its API, and the keys of its tables. */
export function checkWhole(template: Template): Finding[] {
  const resources = namedResources(template);
  const bytes = Buffer.byteLength(JSON.stringify(template));
  const outputs = Object.keys(template.Outputs ?? {}).length;
  return [
    ...over(resources.length, RESOURCES, 'resources'),
    ...over(outputs, OUTPUTS, 'outputs'),
    ...over(bytes, BYTES, 'bytes'),
    ...resources
      .filter(({ logicalId }) => !/^[A-Za-z0-9]{1,255}$/.test(logicalId))
      .map(({ logicalId }) => `${logicalId}: a logical id has only letters and digits, 255 at most`),
    ...sameNames(template),
    ...routes(template),
    ...tables(template),
  ];
}

function over(count: number, limit: number, what: string): Finding[] {
  return count > limit ? [`the template has ${count} ${what}, but CloudFormation takes ${limit}`] : [];
}

function sameNames(template: Template): Finding[] {
  return Object.entries(NAMES).flatMap(([type, property]) => {
    const named = ofType(template, type).flatMap(({ logicalId, properties }) => {
      const name = textOf(properties[property]);
      return name === undefined ? [] : [{ logicalId, name }];
    });
    const byName = Map.groupBy(named, ({ name }) => name);
    return [...byName.values()].flatMap(([first, ...others]) =>
      others.map(
        ({ logicalId, name }) =>
          `${logicalId} (${type}): ${property} ${JSON.stringify(name)} is that of ${first?.logicalId ?? ''}, too`,
      ),
    );
  });
}

function routes(template: Template): Finding[] {
  const all = ofType(template, 'AWS::ApiGatewayV2::Route');
  return [
    ...over(all.length, ROUTES, 'routes'),
    ...all.flatMap(({ logicalId, properties }) => {
      const key = textOf(properties['RouteKey']);
      if (key === undefined || ROUTE_KEY.test(key)) return [];
      return [
        `${logicalId} (AWS::ApiGatewayV2::Route): RouteKey ${JSON.stringify(key)} is no method and path`,
      ];
    }),
  ];
}

/** DynamoDB refuses an attribute without a key, and a key without an attribute. */
function tables(template: Template): Finding[] {
  const type = 'AWS::DynamoDB::Table';
  return ofType(template, type).flatMap(({ logicalId, properties }) => {
    const defined = names(properties['AttributeDefinitions']);
    const indexes = [properties['GlobalSecondaryIndexes'], properties['LocalSecondaryIndexes']].flatMap(
      (list) => (Array.isArray(list) ? list : []),
    );
    const keys = new Set(
      [properties, ...indexes].flatMap((part) => (isRecord(part) ? names(part['KeySchema']) : [])),
    );
    const place = `${logicalId} (${type}): AttributeDefinitions`;
    return [
      ...defined.filter((name) => !keys.has(name)).map((name) => `${place} has ${name}, which is in no key`),
      ...[...keys]
        .filter((name) => !defined.includes(name))
        .map((name) => `${place} lacks ${name}, which is in a key`),
    ];
  });
}

function names(list: unknown): string[] {
  if (!Array.isArray(list) || intrinsicIn(list)) return [];
  return list.flatMap((item) => (isRecord(item) ? [String(item['AttributeName'])] : []));
}
