import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { assertDeployable } from './deployment-rules.ts';
import type { CloudDescription } from './description.ts';
import { createResolver, isRecord } from './intrinsics.ts';
import { accountId, isResource, type Place, type Resource, referenceTo } from './references.ts';
import { describeResources, type ResolvedResource } from './resources.ts';
import { TemplateError } from './template-error.ts';
import { warnAboutUnsupported } from './unsupported.ts';

/** Reads a packaged CloudFormation template, as osls leaves it in `.serverless/`. */
export async function readTemplate(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new TemplateError(path, 'there is no readable template here; package the functions first', {
      cause: error,
    });
  }
}

/**
 * Says what a template declares, with every reference resolved for the given place.
 *
 * @throws {TemplateError} naming the place in the template, for what cannot be read and for what AWS would refuse
 */
export function describeTemplate(template: unknown, place: Place): CloudDescription {
  const resources = declaredResources(template);
  const resolve = createResolver(
    (logicalId) => {
      const resource = resources.get(logicalId);
      return resource && referenceTo(logicalId, resource, resolve, place);
    },
    { ...parameterDefaults(template), ...pseudoParameters(place.region) },
  );

  const resolved = [...resources].map(([logicalId, resource]): ResolvedResource => {
    const path = `Resources.${logicalId}.Properties`;
    return {
      logicalId,
      path,
      type: resource.Type,
      reference: () => referenceTo(logicalId, resource, resolve, place),
      properties: () => resolve(resource.Properties, path),
    };
  });
  const description = describeResources(resolved);
  assertDeployable(description);
  return { ...description, warnings: warnAboutUnsupported(resolved) };
}

function declaredResources(template: unknown): ReadonlyMap<string, Resource> {
  const declared = isRecord(template) ? template['Resources'] : undefined;
  if (!isRecord(declared)) throw new TemplateError('Resources', 'the template declares no resources');
  return new Map(
    Object.entries(declared).map(([logicalId, resource]) => {
      if (!isResource(resource))
        throw new TemplateError(`Resources.${logicalId}`, 'is not a resource with a Type');
      return [logicalId, { Type: resource.Type, Properties: resource.Properties ?? {} }];
    }),
  );
}

const Parameters = z.record(z.string(), z.object({ Default: z.coerce.string().optional() })).default({});

function parameterDefaults(template: unknown): Record<string, string> {
  const parameters = Parameters.parse(isRecord(template) ? template['Parameters'] : undefined);
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, { Default }]) =>
      Default === undefined ? [] : [[name, Default]],
    ),
  );
}

const pseudoParameters = (region: string): Record<string, string> => ({
  'AWS::AccountId': accountId,
  'AWS::Partition': 'aws',
  'AWS::Region': region,
  'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/local/local`,
  'AWS::StackName': 'local',
  'AWS::URLSuffix': 'amazonaws.com',
});
