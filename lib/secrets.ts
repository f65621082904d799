import type * as z from 'zod';
import { type AwsServiceOptions } from './aws/json-call.ts';
import { readParameters } from './aws/parameters.ts';
import { readVariables } from './config.ts';
import { hideFromLogs } from './log.ts';

/** The secrets that the environment holds itself (as it does on one machine), and where the others are kept. */
export type SecretSource = {
  env: Readonly<Record<string, string | undefined>>;
  aws: AwsServiceOptions;
};

/**
 * Secrets by the names of their variables: from the environment where it has them, otherwise from SSM Parameter Store under
 * `POOLKEEPER_SECRETS_PREFIX`. Read once for each cold start. No logger of the process shows them from then on.
 *
 * @throws ConfigError naming what is missing or malformed; never a value.
 */
export async function readSecrets<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  { env, aws }: SecretSource,
): Promise<z.output<z.ZodObject<Shape>>> {
  const names = Object.keys(schema.shape);
  const absent = names.filter((name) => !env[name]);
  const prefix = env['POOLKEEPER_SECRETS_PREFIX'];
  const stored = prefix && absent.length > 0 ? await readParameters(prefix, absent, aws) : {};
  const secrets = readVariables(schema, {
    ...Object.fromEntries(names.map((name) => [name, env[name]])),
    ...stored,
  });
  hideFromLogs(
    Object.values<unknown>(secrets)
      .flat()
      .filter((secret) => typeof secret === 'string'),
  );
  return secrets;
}
