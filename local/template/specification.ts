import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';
import type { PropertyType, Resource, SpecDatabase } from '@aws-cdk/service-spec-types';
import { once } from '#lib/once';

/** The property of a resource type, or of a part of it. */
export type Property = { readonly type: PropertyType; readonly required?: boolean };

/** The published schema of resource types. */
export type Specification = {
  resource(type: string): Pick<Resource, 'properties' | 'attributes'> | undefined;
  /** The properties of a part of a resource, which a type refers to. */
  properties(type: Extract<PropertyType, { type: 'ref' }>): Readonly<Record<string, Property>>;
};

const database = once(async (): Promise<SpecDatabase> => loadAwsServiceSpec());

/** Loads the schemas that AWS publishes of its resource types. This takes about a second, once. */
export async function loadSpecification(): Promise<Specification> {
  const specs = await database();
  return {
    resource: (type) => specs.lookup('resource', 'cloudFormationType', 'equals', type)[0],
    properties: ({ reference }) => specs.get('typeDefinition', reference).properties,
  };
}
