/** A CloudFormation resource. References have their long form. */
export type CloudFormationResource = {
  Type: string;
  Properties: Record<string, unknown>;
  DependsOn?: string;
  DeletionPolicy?: 'Retain';
  UpdateReplacePolicy?: 'Retain';
};

export type Resources = Record<string, CloudFormationResource>;

export const ref = (logicalId: string) => ({ Ref: logicalId });
export const attribute = (logicalId: string, name: string) => ({ 'Fn::GetAtt': [logicalId, name] });
export const arn = (logicalId: string) => attribute(logicalId, 'Arn');
/** A text in which CloudFormation replaces each `${…}`. */
export const substituted = (text: string) => ({ 'Fn::Sub': text });

/** The stage. The Serverless Framework replaces this text. */
export const STAGE = '${sls:stage}';

/**
 * Joins several sets of resources or outputs.
 *
 * @throws Error if two have the same logical id, because one would hide the other
 */
export function together<Declared>(parts: readonly Record<string, Declared>[]): Record<string, Declared> {
  const entries = parts.flatMap((part) => Object.entries(part));
  const all = Object.fromEntries(entries);
  if (Object.keys(all).length === entries.length) return all;
  const ids = entries.map(([logicalId]) => logicalId);
  const twice = ids.find((logicalId, index) => ids.indexOf(logicalId) !== index);
  throw new Error(`${twice} is declared twice: give one of its functions or metrics another name`);
}
