import { isIP } from 'node:net';
import * as z from 'zod';
import { firstToken, strongestToken } from '#lib/callers';
import {
  ConfigError,
  ConsoleSecrets,
  isOfAccessKey,
  ModelArtsEnvironment,
  ModelArtsSecrets,
  PublicUrlEnvironment,
  readVariables,
  WebhookSecrets,
} from '#lib/config';
import { SECRET_PREFIX } from '#lib/rules/secret-reference';
import { LOOPBACK } from '#local/cloud/listen-address';
import { keepToken, makeToken, type TokenName } from '#local/data/tokens';
import type { SimulatorOptionsInput } from '#local/simulator/options';

/** A bearer token for the functions. */
export type Token = {
  /** The whole variable: one token, or several with commas between them. */
  accepted: string;
  /** The accepted one that programs of this machine use: the first, or of a console the first with the highest role. */
  value: string;
  /** The variable that it comes from. */
  variable?: string;
  /** The file that keeps it from one start to the next. Without a variable or a file it was made for this run, and may be shown. */
  file?: string;
};

/** The ModelArts of this run. `variables` are the functions'. */
export type ModelArts =
  | { kind: 'simulator'; region: string; keys: SimulatorKeys }
  | { kind: 'api'; endpoint: string; variables: Record<string, string> };

export type SimulatorKeys = Pick<
  SimulatorOptionsInput,
  'accessKey' | 'secretKey' | 'securityToken' | 'projectId'
>;

/** Where the log of the functions goes. */
export type LogSettings = {
  /** A file, or `-` for standard output. Undefined: the usual file. */
  target?: string;
  /** A file that would grow beyond this begins anew. */
  maxBytes: number;
  /** How many older files stay. */
  files: number;
};

export type Settings = {
  /** 0: any free port. */
  port: number;
  /** The address on which the HTTP API listens. */
  host: string;
  log: LogSettings;
  /** Host names that the HTTP API accepts besides those of this machine. */
  hosts: readonly string[];
  /** The address under which people reach the console. Undefined: that of this machine. */
  publicUrl?: string;
  /** The rules file. */
  config: string;
  webhookToken: Token;
  consoleToken: Token;
  /** The secrets that a rules file may name, by their variables. */
  secrets: Readonly<Record<string, string>>;
  modelarts: ModelArts;
};

// A flag stands for its variable: the message names both.
const isPort = '(--port) must be a port, 0 to 65535';
const isHost =
  '(--host) must be an IP address of this machine, such as 127.0.0.1, 0.0.0.0 or ::, or localhost';
const isSize = '(--log-size) must be a size of 64 KB or more, such as 500KB, 32MB or 1GB';
const isCount = '(--log-files) must be a whole number, 0 to 999';
const UNITS = { KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 } as const;
const MIN_LOG_BYTES = 64 * 1024;

/** A size such as `32MB`, in bytes. */
const Size = z.string().transform((text, context) => {
  const [, number, unit] = /^(\d+) ?(KB|MB|GB)$/i.exec(text.trim()) ?? [];
  const { data: known } = z.enum(['KB', 'MB', 'GB']).safeParse(unit?.toUpperCase());
  const bytes = known === undefined ? 0 : Number(number) * UNITS[known];
  if (bytes >= MIN_LOG_BYTES) return bytes;
  context.addIssue({ code: 'custom', message: isSize });
  return z.NEVER;
});

const General = z.object({
  PORT: z.coerce.number(isPort).int(isPort).min(0, isPort).max(65_535, isPort).default(3000),
  HOST: z
    .string()
    .refine((host) => isIP(host) !== 0 || host === 'localhost', isHost)
    .default(LOOPBACK),
  POOLKEEPER_LOG: z.string().optional(),
  POOLKEEPER_LOG_SIZE: Size.default(32 * UNITS.MB),
  POOLKEEPER_LOG_FILES: z.coerce.number(isCount).int(isCount).min(0, isCount).max(999, isCount).default(5),
  POOLKEEPER_CONFIG: z.string().default('poolkeeper.yml'),
  POOLKEEPER_HOSTS: z
    .string()
    .transform((text) => text.split(',').map((name) => name.trim().toLowerCase()))
    .default([]),
  ...PublicUrlEnvironment.shape,
  POOLKEEPER_WEBHOOK_TOKEN: WebhookSecrets.shape.POOLKEEPER_WEBHOOK_TOKEN.optional(),
  POOLKEEPER_CONSOLE_TOKEN: ConsoleSecrets.shape.POOLKEEPER_CONSOLE_TOKEN.optional(),
});
const OfModelArts = ModelArtsEnvironment.extend(ModelArtsSecrets.shape);
const WithSimulator = General.extend(OfModelArts.partial().shape);
const WithApi = General.extend(OfModelArts.required({ MODELARTS_ENDPOINT: true }).shape);

/** `https://modelarts.cn-north-4.myhuaweicloud.com` names its region. */
const VENDOR_ENDPOINT = /^https:\/\/modelarts\.([a-z0-9-]+)\.myhuaweicloud\.com/;

/**
 * Reads the environment of `npm start`. Only `MODELARTS_ENDPOINT` selects another API than the simulator. With keys but
 * without an endpoint, the simulator demands these keys, and no one else sees them.
 *
 * @throws ConfigError naming every variable that is missing or wrong; never a value.
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const endpoint = environment['MODELARTS_ENDPOINT'];
  return endpoint ? settingsWithApi(environment, endpoint) : settingsWithSimulator(environment);
}

function settingsWithSimulator(environment: Readonly<Record<string, string | undefined>>): Settings {
  const read = readVariables(WithSimulator, environment);
  return {
    ...generalSettings(read, environment),
    modelarts: {
      kind: 'simulator',
      region: read.HUAWEICLOUD_SDK_REGION ?? 'cn-north-4',
      keys: {
        ...(read.HUAWEICLOUD_SDK_AK && { accessKey: read.HUAWEICLOUD_SDK_AK }),
        ...(read.HUAWEICLOUD_SDK_SK && { secretKey: read.HUAWEICLOUD_SDK_SK }),
        ...(read.HUAWEICLOUD_SDK_SECURITY_TOKEN && { securityToken: read.HUAWEICLOUD_SDK_SECURITY_TOKEN }),
        ...(read.HUAWEICLOUD_SDK_PROJECT_ID && { projectId: read.HUAWEICLOUD_SDK_PROJECT_ID }),
      },
    },
  };
}

function settingsWithApi(
  environment: Readonly<Record<string, string | undefined>>,
  endpoint: string,
): Settings {
  // The functions require a region, but do not use it with an endpoint.
  const region = environment['HUAWEICLOUD_SDK_REGION'] || VENDOR_ENDPOINT.exec(endpoint)?.[1] || 'not-used';
  const read = readForApi({ ...environment, HUAWEICLOUD_SDK_REGION: region });
  return {
    ...generalSettings(read, environment),
    modelarts: {
      kind: 'api',
      endpoint,
      variables: {
        MODELARTS_ENDPOINT: read.MODELARTS_ENDPOINT,
        HUAWEICLOUD_SDK_AK: read.HUAWEICLOUD_SDK_AK,
        HUAWEICLOUD_SDK_SK: read.HUAWEICLOUD_SDK_SK,
        ...(read.HUAWEICLOUD_SDK_SECURITY_TOKEN && {
          HUAWEICLOUD_SDK_SECURITY_TOKEN: read.HUAWEICLOUD_SDK_SECURITY_TOKEN,
        }),
        ...keysOfAccounts(environment),
        HUAWEICLOUD_SDK_PROJECT_ID: read.HUAWEICLOUD_SDK_PROJECT_ID,
        HUAWEICLOUD_SDK_REGION: read.HUAWEICLOUD_SDK_REGION,
      },
    },
  };
}

/** @throws ConfigError that also says why the variables of the API are needed */
function readForApi(environment: Readonly<Record<string, string | undefined>>): z.output<typeof WithApi> {
  try {
    return readVariables(WithApi, environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(
      `${error.message}. MODELARTS_ENDPOINT is set, so Poolkeeper calls the real API with an access key ` +
        '(docs/getting-started.md). Without MODELARTS_ENDPOINT it runs with a simulator.',
    );
  }
}

function generalSettings(
  read: z.output<typeof General>,
  environment: Readonly<Record<string, string | undefined>>,
): Omit<Settings, 'modelarts'> {
  const token = (
    variable: 'POOLKEEPER_WEBHOOK_TOKEN' | 'POOLKEEPER_CONSOLE_TOKEN',
    [value]: readonly string[] = [],
    ownTokenIn: (variable: string) => string,
  ): Token => {
    if (value !== undefined) {
      const accepted = environment[variable] ?? value;
      return { accepted, value: ownTokenIn(accepted), variable };
    }
    const random = makeToken();
    return { accepted: random, value: random };
  };
  return {
    port: read.PORT,
    host: read.HOST,
    log: {
      ...(read.POOLKEEPER_LOG !== undefined && { target: read.POOLKEEPER_LOG }),
      maxBytes: read.POOLKEEPER_LOG_SIZE,
      files: read.POOLKEEPER_LOG_FILES,
    },
    hosts: read.POOLKEEPER_HOSTS,
    ...(read.POOLKEEPER_PUBLIC_URL !== undefined && { publicUrl: read.POOLKEEPER_PUBLIC_URL }),
    config: read.POOLKEEPER_CONFIG,
    webhookToken: token('POOLKEEPER_WEBHOOK_TOKEN', read.POOLKEEPER_WEBHOOK_TOKEN, firstToken),
    consoleToken: token('POOLKEEPER_CONSOLE_TOKEN', read.POOLKEEPER_CONSOLE_TOKEN, strongestToken),
    secrets: secretsIn(environment),
  };
}

/** The access keys of the accounts that a rules file may name. */
function keysOfAccounts(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([variable, value]) =>
      isOfAccessKey(variable) && value ? [[variable, value]] : [],
    ),
  );
}

/**
 * The settings with the tokens that a system keeps in place of those that were made for the run. A token of the environment stays.
 *
 * @param folder the folder of the kept tokens
 * @throws DataError
 */
export async function withKeptTokens(
  settings: Settings,
  folder: string,
  report: (line: string) => void,
): Promise<Settings> {
  const kept = async (name: TokenName, token: Token): Promise<Token> => {
    if (token.variable !== undefined) return token;
    const { value, file } = await keepToken(folder, name, report);
    return { accepted: value, value, file };
  };
  return {
    ...settings,
    webhookToken: await kept('webhook', settings.webhookToken),
    consoleToken: await kept('console', settings.consoleToken),
  };
}

function secretsIn(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([variable, value]) =>
      variable.startsWith(SECRET_PREFIX) && value ? [[variable, value]] : [],
    ),
  );
}
