/** A statement of a role's policy, with every reference resolved. */
export type Statement = {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  /** Values by operator and key, such as `{ StringLike: { 'dynamodb:LeadingKeys': ['pool#*'] } }`. */
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
};

/** One question to a role: may its holder do this? One request to a service can ask several. */
export type Call = {
  /** `dynamodb:Query` */
  readonly action: string;
  /** The ARN of the table, index, queue, parameter or function; `*` for an action without a resource. */
  readonly resource: string;
  /** The values of condition keys, by the key in small letters. */
  readonly context?: Readonly<Record<string, readonly string[]>>;
};

/** The role of a function: its name, and the statements of all its policies. */
export type Role = {
  readonly name: string;
  readonly statements: readonly Statement[];
};

export function listOf(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}
