import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as yaml from 'yaml';
import { together } from '#local/stack/cloudformation/resource';
import { deploymentSections } from '#local/stack/cloudformation/service';

type Declared = Record<string, any>;

export const root = path.resolve(import.meta.dirname, '../..');
export const text = readFileSync(path.join(root, 'serverless.yml'), 'utf8');
const generated: Declared = deploymentSections({});

const shortForms: yaml.Tags = [
  { tag: '!Ref', resolve: (name: string) => ({ Ref: name }) },
  { tag: '!Sub', resolve: (template: string) => ({ 'Fn::Sub': template }) },
  { tag: '!GetAtt', resolve: (attribute: string) => ({ 'Fn::GetAtt': attribute.split('.') }) },
];

const parsed: Declared = yaml.parse(text, {
  merge: true,
  maxAliasCount: -1,
  customTags: shortForms,
  logLevel: 'silent',
});

/**
 * serverless.yml with its included files, with the long form of CloudFormation's short forms, and with the values of `${self:…}`.
 */
export const service: Declared = resolved(parsed);

/** The resources of all parts. No part may hide another. */
export const resources: Declared = together(
  service['resources'].map(({ Resources = {} }: Declared) => Resources),
);

export function resourcesOfType(type: string): [logicalId: string, properties: Declared][] {
  return Object.entries(resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([logicalId, resource]) => [logicalId, resource.Properties]);
}

/** Which resource a `Ref` or `Fn::GetAtt` points at. */
export function target(reference: Declared): string {
  return reference['Ref'] ?? reference['Fn::GetAtt']?.[0];
}

function resolved(value: any): any {
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner)]));
  }
  if (typeof value !== 'string') return value;
  const file = /^\$\{file\(\.\/local\/stack\/serverless\.js\):(\w+)\}$/.exec(value);
  if (file?.[1]) return resolved(generated[file[1]]);
  const whole = /^\$\{self:([\w.-]+)(?:, null)?\}$/.exec(value);
  if (whole?.[1]) return resolved(lookUp(whole[1]));
  return value.replaceAll(/\$\{self:([\w.-]+)\}/g, (_, address: string) => String(resolved(lookUp(address))));
}

function lookUp(address: string): any {
  return address.split('.').reduce((value: any, key) => value[key], parsed);
}
