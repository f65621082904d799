import * as z from 'zod';
import { fieldProblems } from '#lib/issues';

/** The JWT authorizer of a deployment: the identity provider, and for whom its tokens are. */
export type Authorizer = {
  issuer: string;
  audience: readonly string[];
  /** The variables of the function behind it. */
  variables: Readonly<Record<string, string>>;
};

const Variables = z.object({
  POOLKEEPER_JWT_ISSUER: z.url({ protocol: /^https$/, error: 'must be the https URL of the issuer' }),
  POOLKEEPER_JWT_AUDIENCE: z
    .string('is not set: name the audience of the tokens, several with commas between')
    .transform((text) => text.split(',').map((one) => one.trim()))
    .refine((all) => all.every((one) => one !== ''), 'must be names with commas between'),
  POOLKEEPER_JWT_NAME_CLAIM: z.string().optional(),
  POOLKEEPER_JWT_ROLE_CLAIM: z.string().optional(),
});

/**
 * The JWT authorizer that the environment of a deployment names by `POOLKEEPER_JWT_ISSUER` and the variables beside it. Undefined: none,
 * and people have tokens of Poolkeeper's own.
 *
 * @throws Error naming each variable that is missing or wrong.
 */
export function readAuthorizer(
  environment: Readonly<Record<string, string | undefined>>,
): Authorizer | undefined {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => name.startsWith('POOLKEEPER_JWT_') && value),
  );
  if (Object.keys(given).length === 0) return undefined;
  const parsed = Variables.safeParse(given);
  if (!parsed.success) {
    const problems = fieldProblems(parsed.error.issues).map(({ field, message }) => `${field} ${message}`);
    throw new Error(`The JWT authorizer cannot be declared: ${problems.join('; ')} (docs/deploy.md)`);
  }
  const { POOLKEEPER_JWT_AUDIENCE: audience, ...variables } = parsed.data;
  return {
    issuer: variables.POOLKEEPER_JWT_ISSUER,
    audience,
    variables: Object.fromEntries(
      Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  };
}
