import type { PropertyType } from '@aws-cdk/service-spec-types';
import { isRecord } from '#lib/is-record';
import { nearest } from '#lib/nearest';
import { intrinsicIn, valuesOf } from './intrinsic.ts';
import type { Property, Specification } from './specification.ts';
import { type Finding, finding, type Named, namedResources, type Template } from './template.ts';

/** Checks every property of every resource against the published schema: its name, its type, required ones, and listed values. */
export function checkProperties(template: Template, specification: Specification): Finding[] {
  return namedResources(template).flatMap((named) => {
    const { Type: type, Properties: properties = {} } = named.resource;
    const schema = specification.resource(type);
    if (!schema) return [finding(named, 'Type', 'is no resource type of AWS')];
    return checkObject(properties, schema.properties, { named, specification, at: '' });
  });
}

type Place = { readonly named: Named; readonly specification: Specification; readonly at: string };

function checkObject(
  value: Readonly<Record<string, unknown>>,
  schema: Readonly<Record<string, Property>>,
  place: Place,
): Finding[] {
  const { named, at } = place;
  const within = (name: string) => (at === '' ? name : `${at}.${name}`);
  const missing = Object.entries(schema)
    .filter(([name, { required }]) => required && valuesOf(value[name]).every((one) => one === undefined))
    .map(([name]) => finding(named, within(name), 'is required'));
  const found = Object.entries(value).flatMap(([name, part]) => {
    const property = schema[name];
    if (property)
      return valuesOf(part).flatMap((one) => checkValue(one, property.type, { ...place, at: within(name) }));
    const meant = nearest(name, Object.keys(schema));
    const advice = meant === undefined ? '' : `; did you mean ${meant}?`;
    return [finding(named, within(name), `is no property of this type${advice}`)];
  });
  return [...missing, ...found];
}

function checkValue(value: unknown, type: PropertyType, place: Place): Finding[] {
  // The value is known only at the deployment.
  if (intrinsicIn(value)) return [];
  const { named, specification, at } = place;
  const wrong = (wanted: string) => [finding(named, at, `must be ${wanted}, and is ${shown(value)}`)];
  switch (type.type) {
    case 'string':
    case 'integer': {
      if (type.type === 'string' ? typeof value !== 'string' : !Number.isInteger(value))
        return wrong(type.type === 'string' ? 'a text' : 'a whole number');
      const allowed: readonly unknown[] | undefined = type.allowedValues;
      return allowed && !allowed.includes(value) ? wrong(`one of ${allowed.join(', ')}`) : [];
    }
    case 'date-time':
      return typeof value === 'string' ? [] : wrong('a time as text');
    case 'number':
      return typeof value === 'number' ? [] : wrong('a number');
    case 'boolean':
      return typeof value === 'boolean' ? [] : wrong('true or false');
    case 'json':
      return isRecord(value) ? [] : wrong('an object');
    case 'null':
      return value === null ? [] : wrong('null');
    case 'tag':
      return isRecord(value) && typeof value['Key'] === 'string' && value['Value'] !== undefined
        ? []
        : wrong('a tag with Key and Value');
    case 'array':
      return Array.isArray(value)
        ? value.flatMap((one, index) =>
            valuesOf(one).flatMap((item) =>
              checkValue(item, type.element, { ...place, at: `${at}[${index}]` }),
            ),
          )
        : wrong('a list');
    case 'map':
      return isRecord(value)
        ? Object.entries(value).flatMap(([key, one]) =>
            valuesOf(one).flatMap((item) => checkValue(item, type.element, { ...place, at: `${at}.${key}` })),
          )
        : wrong('an object');
    case 'ref':
      return isRecord(value) ? checkObject(value, specification.properties(type), place) : wrong('an object');
    case 'union': {
      const tries = type.types.map((one) => checkValue(value, one, place));
      return tries.find((found) => found.length === 0) ?? tries.toSorted(byLength)[0] ?? [];
    }
  }
}

const byLength = (a: readonly Finding[], b: readonly Finding[]): number => a.length - b.length;

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
