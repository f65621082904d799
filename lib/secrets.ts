import type * as z from 'zod';
import { type AwsServiceOptions } from './aws/json-call.ts';
import { readParameters } from './aws/parameters.ts';
import { readVariables } from './config.ts';
import { hideFromLogs } from './log.ts';

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
