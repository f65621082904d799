import { isRecord } from '#lib/is-record';
import { type Intrinsic, intrinsicIn, namesInSub } from './intrinsic.ts';
import type { Specification } from './specification.ts';
import { type Finding, finding, namedResources, type Template } from './template.ts';

/** A reference to a resource: the whole of it, or an attribute. `under`: the conditions of each `Fn::If` around it that holds. */
type Reference = {
  readonly to: string;
  readonly attribute?: string;
  readonly at: string;
  readonly under: readonly string[];
};

const PSEUDO = /^AWS::(AccountId|NotificationARNs|NoValue|Partition|Region|StackId|StackName|URLSuffix)$/;

/**
 * Checks that each reference leads to a resource or parameter, each attribute exists, each condition is declared, no resource depends on
 * itself, and none depends on a resource that a condition may leave out.
 */
export function checkReferences(template: Template, specification: Specification): Finding[] {
  const { Resources: resources, Parameters: parameters = {}, Conditions: conditions = {} } = template;

  function problemsOf({ to, attribute }: Reference): string | undefined {
    if (PSEUDO.test(to) || (attribute === undefined && to in parameters)) return undefined;
    const target = resources[to];
    if (!target) return `refers to ${to}, which is not in the template`;
    if (attribute === undefined) return undefined;
    const { attributes = {} } = specification.resource(target.Type) ?? {};
    if (attribute in attributes || target.Type === 'AWS::CloudFormation::Stack') return undefined;
    return `refers to the attribute ${attribute} of ${to}, which ${target.Type} does not have`;
  }

  const ofResources = namedResources(template).flatMap((named) => {
    const { Condition: condition, DependsOn: dependsOn = [] } = named.resource;
    const own = condition === undefined ? [] : [condition];
    const references = [
      ...referencesIn(named.resource.Properties, '', own),
      ...[dependsOn].flat().map((to): Reference => ({ to, at: 'DependsOn', under: own })),
    ];
    return [
      ...references.flatMap((reference) => {
        const { to, at, under } = reference;
        const problem = problemsOf(reference);
        if (problem !== undefined) return [finding(named, at, problem)];
        const needed = resources[to]?.Condition;
        if (needed === undefined || under.includes(needed)) return [];
        return [finding(named, at, `refers to ${to}, which is absent unless ${needed} holds`)];
      }),
      ...[...own, ...conditionsIn(named.resource.Properties)]
        .filter((name) => !(name in conditions))
        .map((name) => finding(named, '', `has the condition ${name}, which is not in the template`)),
    ];
  });
  const ofOutputs = Object.entries(template.Outputs ?? {}).flatMap(([name, output]) => {
    const under = output.Condition === undefined ? [] : [output.Condition];
    return referencesIn(output, '', under).flatMap((reference) => {
      const problem = problemsOf(reference);
      return problem === undefined ? [] : [`output ${name}: ${reference.at} ${problem}`];
    });
  });
  return [...ofResources, ...ofOutputs, ...circles(template)];
}

function referencesIn(value: unknown, at: string, under: readonly string[]): Reference[] {
  const intrinsic = intrinsicIn(value);
  if (intrinsic) return referencesOf(intrinsic, at, under);
  if (Array.isArray(value))
    return value.flatMap((item, index) => referencesIn(item, `${at}[${index}]`, under));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, part]) =>
    referencesIn(part, at === '' ? name : `${at}.${name}`, under),
  );
}

function referencesOf({ name, argument }: Intrinsic, at: string, under: readonly string[]): Reference[] {
  switch (name) {
    case 'Ref':
      return [{ to: String(argument), at, under }];
    case 'Condition':
      return [];
    case 'Fn::GetAtt': {
      const [to = '', ...rest] = Array.isArray(argument) ? argument.map(String) : String(argument).split('.');
      return [{ to, attribute: rest.join('.'), at, under }];
    }
    case 'Fn::Sub': {
      const own = Array.isArray(argument) ? referencesIn(argument[1], at, under) : [];
      const named = namesInSub(argument).map((text): Reference => {
        const [to = '', ...rest] = text.split('.');
        return { to, ...(rest.length > 0 && { attribute: rest.join('.') }), at, under };
      });
      return [...named, ...own];
    }
    case 'Fn::If': {
      const [condition, then, otherwise]: unknown[] = Array.isArray(argument) ? argument : [];
      return [
        ...referencesIn(then, at, [...under, String(condition)]),
        ...referencesIn(otherwise, at, under),
      ];
    }
    default:
      return referencesIn(argument, at, under);
  }
}

/** The conditions that the `Fn::If` of a value name. */
function conditionsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(conditionsIn);
  if (!isRecord(value)) return [];
  const { name, argument } = intrinsicIn(value) ?? {};
  const own = name === 'Fn::If' && Array.isArray(argument) ? [String(argument[0])] : [];
  return [...own, ...Object.values(value).flatMap(conditionsIn)];
}

/** One finding for each resource that depends on itself, over others or directly. A circle is one finding, from its first resource. */
function circles(template: Template): Finding[] {
  const next = new Map(
    namedResources(template).map(({ logicalId, resource }) => [
      logicalId,
      [
        ...referencesIn(resource.Properties, '', []).map(({ to }) => to),
        ...[resource.DependsOn ?? []].flat(),
      ].filter((to) => to in template.Resources),
    ]),
  );
  const done = new Set<string>();
  const found: Finding[] = [];

  function walk(id: string, path: readonly string[]): void {
    const since = path.indexOf(id);
    if (since >= 0) {
      found.push(
        `${[...path.slice(since), id].join(' → ')}: these resources depend on each other in a circle`,
      );
      return;
    }
    if (done.has(id)) return;
    for (const to of new Set(next.get(id))) walk(to, [...path, id]);
    done.add(id);
  }

  for (const id of next.keys()) walk(id, []);
  return found;
}
