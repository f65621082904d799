import * as z from 'zod';
import { entriesOf, MIN_TOKEN_CHARACTERS, roles, toCaller, toPerson } from './callers.ts';
import { fieldProblems } from './issues.ts';

/** AWS itself. Only stand-ins set the endpoints. */
export const AwsEnvironment = z.object({
  AWS_REGION: z.string(),
  AWS_ENDPOINT_URL_DYNAMODB: z.url().optional(),
  AWS_ENDPOINT_URL_SQS: z.url().optional(),
  AWS_ENDPOINT_URL_SSM: z.url().optional(),
});

/** The folder of the function's archive. Lambda sets it. */
export const LambdaEnvironment = z.object({ LAMBDA_TASK_ROOT: z.string() });

/**
 * Facts about the deployment that people see at the console. The local system sets `POOLKEEPER_SIMULATED` if its API is a simulator.
 */
export const SystemEnvironment = z.object({
  HUAWEICLOUD_SDK_PROJECT_ID: z.string().optional(),
  HUAWEICLOUD_SDK_REGION: z.string().optional(),
  POOLKEEPER_SIMULATED: z.enum(['true', 'false']).default('false'),
});

/**
 * The JWT authorizer of the HTTP API, if the deployment has one. The issuer says that it is on; the others are the claims with the name
 * and the role of a person.
 */
export const JwtEnvironment = z
  .object({
    POOLKEEPER_JWT_ISSUER: z.url().optional(),
    POOLKEEPER_JWT_NAME_CLAIM: z.string().optional(),
    POOLKEEPER_JWT_ROLE_CLAIM: z.string().optional(),
  })
  .transform(({ POOLKEEPER_JWT_ISSUER: issuer, ...claims }) =>
    issuer === undefined
      ? undefined
      : { issuer, name: claims.POOLKEEPER_JWT_NAME_CLAIM, role: claims.POOLKEEPER_JWT_ROLE_CLAIM },
  );

/** The address under which people reach the console, for links in notices. */
export const PublicUrlEnvironment = z.object({
  POOLKEEPER_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be a URL such as https://poolkeeper.example.com' })
    .transform((url) => url.replace(/[#?].*$/, '').replace(/\/+$/, ''))
    .optional(),
});

/** The key of the function's role. Lambda sets it. */
export const RoleEnvironment = z.object({
  AWS_ACCESS_KEY_ID: z.string(),
  AWS_SECRET_ACCESS_KEY: z.string(),
  AWS_SESSION_TOKEN: z.string().optional(),
});

export const LedgerEnvironment = z.object({ POOLKEEPER_TABLE: z.string() });

/** The file in which the local system keeps the counters of metrics. On AWS CloudWatch has them. */
export const CountersEnvironment = z.object({ POOLKEEPER_COUNTERS_FILE: z.string().optional() });

/** How often SQS delivers a message of a function's queue: its redrive policy's `maxReceiveCount`. */
export const QueueEnvironment = z.object({ POOLKEEPER_MAX_RECEIVES: z.coerce.number().int().positive() });

/** The URL of a function's queue is in `POOLKEEPER_QUEUE_RESET_NODES` and the like, that of its dead letters in `POOLKEEPER_DLQ_…`. */
export function queueVariable(kind: 'QUEUE' | 'DLQ', functionName: string): string {
  return `POOLKEEPER_${kind}_${functionName.toUpperCase().replaceAll('-', '_')}`;
}

/** The ModelArts project. The names are those of Huawei's SDKs. */
export const ModelArtsEnvironment = z.object({
  HUAWEICLOUD_SDK_PROJECT_ID: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/, 'must be 1 to 64 letters, digits and hyphens'),
  HUAWEICLOUD_SDK_REGION: z.string().regex(/^[a-z0-9-]+$/, 'must be a region such as cn-north-4'),
  MODELARTS_ENDPOINT: z
    .url({
      protocol: /^https?$/,
      error: 'must be a URL such as https://modelarts.cn-north-4.myhuaweicloud.com',
    })
    .optional(),
});

/** The access key of the account whose pools name none. */
export const ModelArtsSecrets = z.object({
  HUAWEICLOUD_SDK_AK: z.string(),
  HUAWEICLOUD_SDK_SK: z.string(),
  HUAWEICLOUD_SDK_SECURITY_TOKEN: z.string().optional(),
});

/** A variable of `ModelArtsSecrets`, for an account of the rules file: `HUAWEICLOUD_SDK_AK_RESEARCH`. */
export function variableOfAccount(variable: string, account: string): string {
  return `${variable}_${account.toUpperCase().replaceAll('-', '_')}`;
}

/** Whether a variable holds a part of the access key of some account. */
export function isOfAccessKey(variable: string): boolean {
  return /^HUAWEICLOUD_SDK_(?:AK|SK|SECURITY_TOKEN)(?:_[A-Z0-9_]+)?$/.test(variable);
}

/**
 * A stand-in for Huawei SMN on this machine, and the certificate of its authority in PEM format. Only tests and the local system
 * set them.
 */
export const SmnEnvironment = z
  .object({
    POOLKEEPER_SMN_TEST_HOST: z
      .string()
      .regex(/^(?:localhost|127\.0\.0\.1):\d{1,5}$/, 'must be a port of this machine, such as localhost:8443')
      .optional(),
    POOLKEEPER_SMN_TEST_CA: z.string().startsWith('-----BEGIN CERTIFICATE-----').optional(),
  })
  .refine(
    ({ POOLKEEPER_SMN_TEST_HOST: host, POOLKEEPER_SMN_TEST_CA: ca }) =>
      (host === undefined) === (ca === undefined),
    {
      path: ['POOLKEEPER_SMN_TEST_HOST'],
      error: 'and POOLKEEPER_SMN_TEST_CA must be set together',
    },
  )
  .transform(({ POOLKEEPER_SMN_TEST_HOST: host, POOLKEEPER_SMN_TEST_CA: ca }) =>
    host !== undefined && ca !== undefined ? { host, ca } : undefined,
  );

/** The entries of a variable with tokens. `isValid` says whether an entry is one of `forms`. */
function tokens(isValid: (entry: string) => boolean, forms: string) {
  return z.string().transform((text, context) => {
    const entries = entriesOf(text);
    const wrong = entries.findIndex((entry) => !isValid(entry));
    if (wrong === -1) return entries;
    const place = entries.length > 1 ? ` (entry ${wrong + 1} of ${entries.length} is not one)` : '';
    context.addIssue(
      `must be tokens of at least ${MIN_TOKEN_CHARACTERS} characters, or ${forms}, separated by commas${place}; \`openssl rand -base64 32\` makes one`,
    );
    return z.NEVER;
  });
}

/** Bearer tokens of senders of alerts, each with or without the name of its holder; several during a rotation. */
export const WebhookSecrets = z.object({
  POOLKEEPER_WEBHOOK_TOKEN: tokens(
    (entry) => toCaller(entry, '') !== undefined,
    'name:token or name@source:token (the source in small letters, as in its route)',
  ),
});

/** Bearer tokens of people, each with or without the name and the role of its holder. */
export const ConsoleSecrets = z.object({
  POOLKEEPER_CONSOLE_TOKEN: tokens(
    (entry) => toPerson(entry) !== undefined,
    `name:token or name:role:token (the roles are ${roles.join(', ')})`,
  ),
});

/** The environment is wrong. The message names every wrong variable, and never a value. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/**
 * The variables that `schema` names, checked. A variable that is set but empty counts as missing, because deployment tools
 * write it so.
 *
 * @param variables the process's environment, or the content of the secret store.
 * @throws ConfigError
 */
export function readVariables<Schema extends z.ZodType>(
  schema: Schema,
  variables: Readonly<Record<string, string | undefined>>,
): z.output<Schema> {
  const given = Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const found = fieldProblems(parsed.error.issues);
  const isComplete = found.every(({ field }) => field in given);
  const problems = found.map(({ field, message }) =>
    field in given ? `${field} ${message}` : `${field} is not set`,
  );
  const what = isComplete ? 'A setting is wrong' : 'The environment is not complete';
  throw new ConfigError(`${what}: ${problems.join('; ')}`);
}
