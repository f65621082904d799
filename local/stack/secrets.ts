import { ConsoleSecrets, isOfAccessKey, WebhookSecrets } from '#lib/config';
import { SECRET_PREFIX } from '#lib/rules/secret-reference';
import { secretsPath } from './names.ts';

const SECRETS: ReadonlySet<string> = new Set(
  [WebhookSecrets, ConsoleSecrets].flatMap(({ shape }) => Object.keys(shape)),
);

/**
 * Takes the secrets out of variables for the functions. As parameters, only the functions get them whose roles allow it.
 *
 * @returns the other variables, and the secrets by the complete names of their parameters
 */
export function secretsApart(
  variables: Readonly<Record<string, string>>,
  stage = 'local',
): { environment: Record<string, string>; parameters: Record<string, string> } {
  const { secret = [], plain = [] } = Object.groupBy(Object.entries(variables), ([name]) =>
    SECRETS.has(name) || name.startsWith(SECRET_PREFIX) || isOfAccessKey(name) ? 'secret' : 'plain',
  );
  return {
    environment: Object.fromEntries(plain),
    parameters: Object.fromEntries(secret.map(([name, value]) => [secretsPath(stage) + name, value])),
  };
}
