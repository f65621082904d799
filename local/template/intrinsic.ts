import { isRecord } from '#lib/is-record';

/** An intrinsic function of CloudFormation: `{ Ref: 'Queue' }`, `{ 'Fn::GetAtt': ['Queue', 'Arn'] }`. */
export type Intrinsic = { readonly name: string; readonly argument: unknown };

export function intrinsicIn(value: unknown): Intrinsic | undefined {
  if (!isRecord(value)) return undefined;
  const [first, ...others] = Object.entries(value);
  if (first === undefined || others.length > 0) return undefined;
  const [name, argument] = first;
  return name === 'Ref' || name === 'Condition' || name.startsWith('Fn::') ? { name, argument } : undefined;
}

/** The values that a property can have: both branches of each `Fn::If`. One without a value is absent. */
export function valuesOf(value: unknown): unknown[] {
  const { name, argument } = intrinsicIn(value) ?? {};
  if (name === 'Ref' && argument === 'AWS::NoValue') return [];
  if (name === 'Fn::If' && Array.isArray(argument)) return argument.slice(1).flatMap(valuesOf);
  return [value];
}

/** Values of the pseudo parameters, as long as they can be. */
const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::AccountId': '123456789012',
  'AWS::Partition': 'aws',
  'AWS::Region': 'ap-southeast-1',
  'AWS::StackName': 'poolkeeper-prod',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** The text of a value after the deployment. Undefined: it depends on a resource. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const { name, argument } = intrinsicIn(value) ?? {};
  if (name === 'Ref') return PSEUDO[String(argument)];
  if (name === 'Fn::Sub' && typeof argument === 'string') {
    const text = argument.replaceAll(
      /\$\{([\w:]+)\}/g,
      (whole, variable: string) => PSEUDO[variable] ?? whole,
    );
    return text.includes('${') ? undefined : text;
  }
  if (name === 'Fn::Join' && Array.isArray(argument)) {
    const [separator, parts]: unknown[] = argument;
    const texts = Array.isArray(parts) ? parts.map(textOf) : [undefined];
    return texts.every((text) => text !== undefined) ? texts.join(String(separator)) : undefined;
  }
  return undefined;
}

/** The names in the `${…}` of a text for `Fn::Sub`. `${!…}` stands for itself. */
export function namesInSub(argument: unknown): string[] {
  const [text, own]: unknown[] = Array.isArray(argument) ? argument : [argument];
  const given = isRecord(own) ? Object.keys(own) : [];
  return Array.from(String(text).matchAll(/\$\{([^!}][^}]*)\}/g), ([, name = '']) => name).filter(
    (name) => !given.includes(name),
  );
}
