import * as z from 'zod';
import type { Clock } from '#lib/clock';
import { ModelArtsSecrets, variableOfAccount } from '#lib/config';
import type { Credentials } from '#lib/http/signature';
import type { AccessKey } from '#lib/modelarts/client/access-key';
import { createRenewable } from '#lib/renewable';
import type { Rules } from '#lib/rules/rules';
import { readSecrets, type SecretSource } from './read-secrets.ts';

/** The accounts that the pools of the rules name, each once, in alphabetical order. */
export function accountsOf({
  pools,
}: {
  pools: readonly Pick<Rules['pools'][number], 'account'>[];
}): string[] {
  return [...new Set(pools.flatMap(({ account }) => account ?? []))].toSorted();
}

/** The variables of an account's access key. `undefined`: the account of the pools that name none. */
export function keyVariables(account: string | undefined): string[] {
  const names = Object.keys(ModelArtsSecrets.shape);
  return account === undefined ? names : names.map((name) => variableOfAccount(name, account));
}

type KeyOptions = { source: SecretSource; clock: Clock; onFailure: (error: unknown) => void };

/**
 * The access keys of accounts. Each is read again from time to time, so that it may be changed without a deployment.
 *
 * @param accounts those of the rules file. The account of pools that name none comes with them.
 * @throws ConfigError if the key of that account is not set. The key of another one may be missing: its pools wait for it.
 */
export async function readAccessKeys(
  accounts: readonly string[],
  options: KeyOptions,
): Promise<(account: string | undefined) => AccessKey> {
  const names = [undefined, ...accounts];
  const keys = new Map(
    await Promise.all(names.map(async (name) => [name, await readAccessKey(name, options)] as const)),
  );
  return function keyOf(account) {
    const key = keys.get(account);
    if (!key) throw new Error(`no pool names the account ${account}`);
    return key;
  };
}

/** The access key of one account. */
export async function readAccessKey(
  account: string | undefined,
  { source, clock, onFailure }: KeyOptions,
): Promise<AccessKey> {
  const read = (): Promise<Credentials | undefined> => readCredentials(account, source);
  return {
    ...createRenewable(await read(), read, { clock, onFailure }),
    variables: neededVariables(account),
  };
}

async function readCredentials(
  account: string | undefined,
  source: SecretSource,
): Promise<Credentials | undefined> {
  if (account === undefined) return credentialsIn(await readSecrets(ModelArtsSecrets, source));
  const variables = keyVariables(account);
  const schema = z.object(Object.fromEntries(variables.map((name) => [name, z.string().optional()])));
  return credentialsIn(await readSecrets(schema, source), account);
}

/** The access key of an account among variables. Undefined: it is not set. */
export function credentialsIn(
  variables: Readonly<Record<string, string | undefined>>,
  account?: string,
): Credentials | undefined {
  const [accessKey, secretKey, securityToken] = keyVariables(account).map((name) => variables[name]);
  if (!accessKey || !secretKey) return undefined;
  return { accessKey, secretKey, ...(securityToken && { securityToken }) };
}

/** The variables that must be set for the key of an account, as words of an error. */
export function neededVariables(account: string | undefined): string {
  return keyVariables(account).slice(0, 2).join(' and ');
}
