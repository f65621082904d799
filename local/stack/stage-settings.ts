import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { fieldProblems } from '#lib/issues';
import { nearest } from '#lib/nearest';

/** Variables of the environment, by their names. */
export type Variables = Readonly<Record<string, string | undefined>>;

const Text = z.string().min(1);
/** Numbers in a list of names are a slip: YAML reads `0123` as one. */
const Names = z.array(Text).min(1);

/** The settings file of a stage: the same settings as the variables of a deployment, and no secret. */
const SettingsFile = z.strictObject(
  {
    rules: Text.optional(),
    awsRegion: Text.optional(),
    project: Text.optional(),
    region: Text.optional(),
    endpoint: Text.optional(),
    publicUrl: Text.optional(),
    alarmEmail: Text.optional(),
    alarmPrefix: Text.optional(),
    identityProvider: z
      .strictObject({
        issuer: Text,
        audience: Names,
        nameClaim: Text.optional(),
        roleClaim: Text.optional(),
      })
      .optional(),
    network: z
      .union(
        [
          z.strictObject({ fixedAddress: z.literal(true) }),
          z.strictObject({ subnets: Names, securityGroups: Names }),
        ],
        'must be { fixedAddress: true }, or have subnets and securityGroups',
      )
      .optional(),
  },
  { error: unknownKey },
);

const KEYS = Object.keys(SettingsFile.shape);

function unknownKey(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'unrecognized_keys') return undefined;
  return issue.keys
    .map((key) => {
      const meant = nearest(key, KEYS);
      return meant === undefined
        ? `is not a known setting; the settings are ${KEYS.join(', ')}`
        : `is not a known setting: did you mean "${meant}"?`;
    })
    .join('\n');
}

/** The name of the settings file of a stage, beside serverless.yml. */
export function settingsFileOf(stage: string, variables: Variables = {}): string {
  return variables['POOLKEEPER_SETTINGS'] || `settings.${stage}.yml`;
}

/**
 * The variables of a deployment: those of the stage's settings file, and for every setting that it does not name, those of the environment.
 *
 * @param folder of serverless.yml
 * @throws Error naming each setting that is wrong, or the file of `POOLKEEPER_SETTINGS` that is not there
 */
export function deploymentVariables(stage: string, folder: string, environment: Variables): Variables {
  const file = settingsFileOf(stage, environment);
  const place = path.resolve(folder, file);
  if (!existsSync(place)) {
    if (environment['POOLKEEPER_SETTINGS'])
      throw new Error(`There is no ${file}, which POOLKEEPER_SETTINGS names (docs/deploy.md)`);
    return environment;
  }
  return { ...environment, ...readSettingsFile(readFileSync(place, 'utf8'), file) };
}

/** The settings of a file as variables. */
function readSettingsFile(text: string, file: string): Record<string, string> {
  const parsed = SettingsFile.safeParse(parseYaml(text, file) ?? {});
  if (!parsed.success) {
    const problems = fieldProblems(parsed.error.issues, 'the file').map(
      ({ field, message }) => `${field} ${message}`,
    );
    throw new Error(`${file}: ${problems.join('; ')} (docs/deploy.md)`);
  }
  const { identityProvider: provider, network, ...plain } = parsed.data;
  const variables = {
    POOLKEEPER_CONFIG: plain.rules,
    AWS_REGION: plain.awsRegion,
    HUAWEICLOUD_SDK_PROJECT_ID: plain.project,
    HUAWEICLOUD_SDK_REGION: plain.region,
    MODELARTS_ENDPOINT: plain.endpoint,
    POOLKEEPER_PUBLIC_URL: plain.publicUrl,
    POOLKEEPER_ALARM_EMAIL: plain.alarmEmail,
    POOLKEEPER_ALARM_PREFIX: plain.alarmPrefix,
    POOLKEEPER_JWT_ISSUER: provider?.issuer,
    POOLKEEPER_JWT_AUDIENCE: provider?.audience.join(','),
    POOLKEEPER_JWT_NAME_CLAIM: provider?.nameClaim,
    POOLKEEPER_JWT_ROLE_CLAIM: provider?.roleClaim,
    ...networkVariables(network),
  };
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function networkVariables(network: z.output<typeof SettingsFile>['network']): Record<string, string> {
  if (!network) return {};
  if ('fixedAddress' in network) return { POOLKEEPER_NETWORK: 'fixed-address' };
  return {
    POOLKEEPER_NETWORK: 'own',
    POOLKEEPER_SUBNETS: network.subnets.join(','),
    POOLKEEPER_SECURITY_GROUPS: network.securityGroups.join(','),
  };
}

function parseYaml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
