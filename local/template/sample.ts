import { isRecord } from '#lib/is-record';
import { intrinsicIn, namesInSub, textOf, valuesOf } from './intrinsic.ts';
import type { Template } from './template.ts';

const ACCOUNT = 'ap-southeast-1:123456789012';
/** The longest physical id that CloudFormation gives a resource without a name, more or less. */
const UNNAMED = 64;

/** By the type: the property with the name, the ARN and the value of `Ref` of a resource that has this name. */
const KINDS: Readonly<
  Record<string, { name: string; arn: (name: string) => string; ref?: (name: string) => string }>
> = {
  'AWS::SQS::Queue': {
    name: 'QueueName',
    arn: (name) => `arn:aws:sqs:${ACCOUNT}:${name}`,
    ref: (name) => `https://sqs.ap-southeast-1.amazonaws.com/123456789012/${name}`,
  },
  'AWS::DynamoDB::Table': { name: 'TableName', arn: (name) => `arn:aws:dynamodb:${ACCOUNT}:table/${name}` },
  'AWS::Lambda::Function': {
    name: 'FunctionName',
    arn: (name) => `arn:aws:lambda:${ACCOUNT}:function:${name}`,
  },
  'AWS::Logs::LogGroup': {
    name: 'LogGroupName',
    arn: (name) => `arn:aws:logs:${ACCOUNT}:log-group:${name}:*`,
  },
  'AWS::SNS::Topic': {
    name: 'TopicName',
    arn: (name) => `arn:aws:sns:${ACCOUNT}:${name}`,
    ref: (name) => `arn:aws:sns:${ACCOUNT}:${name}`,
  },
};

/** A value with texts as long as those of a deployment in the place of its references. */
export function sampleOf(template: Template, value: unknown): unknown {
  const text = textOf(value);
  if (text !== undefined) return text;
  const { name, argument } = intrinsicIn(value) ?? {};
  if (name === undefined) {
    if (Array.isArray(value)) return value.flatMap(valuesOf).map((item) => sampleOf(template, item));
    if (!isRecord(value)) return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, part]) =>
        valuesOf(part)
          .slice(0, 1)
          .map((one) => [key, sampleOf(template, one)]),
      ),
    );
  }
  if (name === 'Ref') return physicalId(template, String(argument), 'ref');
  if (name === 'Fn::GetAtt')
    return physicalId(template, String([argument].flat()[0]).split('.')[0] ?? '', 'arn');
  if (name === 'Fn::Sub') {
    const whole = String([argument].flat()[0]);
    return namesInSub(argument).reduce(
      (replaced, variable) =>
        replaced.replaceAll(
          `\${${variable}}`,
          textOf({ Ref: variable }) ??
            physicalId(template, variable.split('.')[0] ?? '', variable.includes('.') ? 'arn' : 'ref'),
        ),
      whole,
    );
  }
  if (name === 'Fn::Join' && Array.isArray(argument)) {
    const [separator, parts]: unknown[] = argument;
    return [parts]
      .flat()
      .map((part) => String(sampleOf(template, part)))
      .join(String(separator));
  }
  return 'x'.repeat(UNNAMED);
}

function physicalId({ Resources: resources }: Template, logicalId: string, form: 'ref' | 'arn'): string {
  const { Type: type = '', Properties: properties = {} } = resources[logicalId] ?? {};
  const kind = KINDS[type];
  const name = (kind && textOf(properties[kind.name])) ?? 'x'.repeat(UNNAMED);
  if (!kind) return name;
  return form === 'arn' ? kind.arn(name) : (kind.ref?.(name) ?? name);
}
