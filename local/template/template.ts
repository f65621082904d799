/** A CloudFormation template, as JSON. */
export type Template = {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Outputs?: Readonly<
    Record<string, { readonly Condition?: string } & Readonly<Record<string, unknown>>>
  >;
} & Readonly<Record<string, unknown>>;

export type TemplateResource = {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
} & Readonly<Record<string, unknown>>;

/** A resource with its logical id. */
export type Named = { readonly logicalId: string; readonly resource: TemplateResource };

/** One sentence about a mistake. It names the resource and the property. */
export type Finding = string;

export function namedResources({ Resources }: Template): Named[] {
  return Object.entries(Resources).map(([logicalId, resource]) => ({ logicalId, resource }));
}

/** The resources of a type, each with its properties. */
export function ofType(
  template: Template,
  type: string,
): { logicalId: string; properties: Readonly<Record<string, unknown>> }[] {
  return namedResources(template)
    .filter(({ resource }) => resource.Type === type)
    .map(({ logicalId, resource }) => ({ logicalId, properties: resource.Properties ?? {} }));
}

export function finding(
  { logicalId, resource: { Type } }: Named,
  property: string,
  problem: string,
): Finding {
  const place = property === '' ? '' : `${property} `;
  return `${logicalId} (${Type}): ${place}${problem}`;
}
