import type * as z from 'zod';
import { type AwsServiceOptions } from '../aws/json-call.ts';
import { readParameters } from '../aws/parameters.ts';
import { readVariables } from '../config.ts';
import { hideFromLogs } from '../log.ts';
import { SECRET_PREFIX, type Secrets } from '../rules/secret-reference.ts';

/** The secrets of the environment itself (as on one machine), and the store of the others. */
export type SecretSource = {
  env: Readonly<Record<string, string | undefined>>;
  aws: AwsServiceOptions;
};

/**
 * Secrets by the names of their variables: from the environment, or else from SSM Parameter Store under
 * `POOLKEEPER_SECRETS_PREFIX`. From then on no logger of the process shows them.
 *
 * @throws ConfigError naming the missing or malformed ones; never a value.
 */
export async function readSecrets<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  { env, aws }: SecretSource,
): Promise<z.output<z.ZodObject<Shape>>> {
  const secrets = readVariables(schema, await readTexts(Object.keys(schema.shape), { env, aws }));
  hideFromLogs(
    Object.values<unknown>(secrets)
      .flat()
      .filter((secret) => typeof secret === 'string'),
  );
  return secrets;
}

/**
 * The secrets that the rules file names, by these names: from `POOLKEEPER_SECRET_<name>` in the environment, or else from the
 * parameter of this name. From then on no logger of the process shows them. A secret that is nowhere, or is empty, is absent.
 *
 * @throws AwsCallError if Parameter Store does not answer, or denies access.
 */
export async function readNamedSecrets(names: readonly string[], source: SecretSource): Promise<Secrets> {
  const texts = await readTexts(
    names.map((name) => SECRET_PREFIX + name),
    source,
  );
  const secrets = Object.fromEntries(
    Object.entries(texts).flatMap(([variable, text]) =>
      text ? [[variable.slice(SECRET_PREFIX.length), text.trim()]] : [],
    ),
  );
  hideFromLogs(Object.values(secrets));
  return secrets;
}

/** SSM's limit of the names in one request. */
const NAMES_AT_ONCE = 10;

async function readTexts(
  names: readonly string[],
  { env, aws }: SecretSource,
): Promise<Record<string, string | undefined>> {
  const absent = names.filter((name) => !env[name]);
  const prefix = env['POOLKEEPER_SECRETS_PREFIX'];
  const texts = Object.fromEntries(names.map((name) => [name, env[name]]));
  if (!prefix) return texts;
  for (let start = 0; start < absent.length; start += NAMES_AT_ONCE)
    Object.assign(texts, await readParameters(prefix, absent.slice(start, start + NAMES_AT_ONCE), aws));
  return texts;
}
