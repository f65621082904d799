import * as z from 'zod';
import { type AwsServiceOptions, createJsonCall } from './json-call.ts';

const Answer = z.looseObject({
  Parameters: z.array(z.looseObject({ Name: z.string(), Value: z.string() })),
});

/**
 * Reads secrets from SSM Parameter Store: the parameters `prefix` + name, decrypted, for all existing ones of `names`.
 * Throws SSM's error if access is denied. At most ten names.
 */
export async function readParameters(
  prefix: string,
  names: readonly string[],
  options: AwsServiceOptions,
): Promise<Record<string, string>> {
  const call = createJsonCall('ssm', options);
  const answer = await call('GetParameters', {
    Names: names.map((name) => prefix + name),
    WithDecryption: true,
  });
  return Object.fromEntries(
    Answer.parse(answer).Parameters.map(({ Name, Value }) => [Name.slice(prefix.length), Value]),
  );
}
