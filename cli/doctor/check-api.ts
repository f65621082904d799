import type { Clock } from '#lib/clock';
import { inTurn } from '#lib/concurrency';
import { ConfigError, ModelArtsEnvironment, ModelArtsSecrets, readVariables } from '#lib/config';
import { createLogger } from '#lib/log';
import { createFixedKey } from '#lib/modelarts/client/access-key';
import { createModelArtsClients } from '#lib/modelarts/client/clients';
import type { Rules } from '#lib/rules/rules';
import { credentialsIn, neededVariables } from '#lib/secrets/access-keys';
import { checkPool } from './api.ts';
import { bad, type Check, unknown } from './check.ts';
import { checkClock } from './machine.ts';

export type ApiToCheck = {
  environment: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  pools: Rules['pools'];
  /** No request lasts longer than this. @default no limit */
  withinMs?: number;
};

const POOLS_AT_ONCE = 4;

/**
 * The checks of the API, for each pool of the rules file. Each request is only a reading.
 *
 * It asks for one pool first: a key that is refused, or a clock that makes every signature wrong, is not tried again, because the API locks a
 * key after a few refusals.
 */
export async function checkApi({ environment, clock, pools, withinMs }: ApiToCheck): Promise<Check[]> {
  try {
    const { clientFor, endpoint } = apiClients(environment, clock);
    const ofClock = await checkClock(endpoint, () => clock.now());
    const options = withinMs === undefined ? {} : { deadlineMs: clock.now() + withinMs };
    const check = (pool: Rules['pools'][number]) => checkPool(clientFor(pool), pool, options);
    if (ofClock.blocks) return [ofClock, ...pools.map((pool) => notAsked(pool, 'the clock is wrong'))];
    const byAccount = [...Map.groupBy(pools, ({ account }) => account).values()];
    const ofAccounts = await inTurn(byAccount, 1, (ofAccount) => checkAccount(ofAccount, check));
    // A refused key of one account says nothing about the pools of another.
    const others = byAccount.length > 1;
    const ofPools = ofAccounts
      .flat()
      .map((one): Check => (others && one.blocks === 'all' ? { ...one, blocks: 'pool' } : one));
    return [ofClock, ...ofPools];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const advice = 'Set the variables: docs/reference/configuration.md lists them.';
    return [bad('ModelArts', error.message, advice, 'all')];
  }
}

/** The pools of one account: one of them first, because the API locks a key after a few refusals. */
async function checkAccount(
  [first, ...others]: Rules['pools'],
  check: (pool: Rules['pools'][number]) => Promise<Check[]>,
): Promise<Check[]> {
  if (first === undefined) return [];
  const ofFirst = await check(first);
  const isRefused = ofFirst.some(({ blocks }) => blocks === 'all');
  const ofOthers = isRefused
    ? others.map((pool) => notAsked(pool, 'the API refuses the key'))
    : (await inTurn(others, POOLS_AT_ONCE, check)).flat();
  return [...ofFirst, ...ofOthers];
}

/**
 * The clients of the API with the keys in the environment, and its base URL. @throws ConfigError naming each variable that is missing
 */
export function apiClients(environment: ApiToCheck['environment'], clock: Clock) {
  const target = readVariables(ModelArtsEnvironment.extend(ModelArtsSecrets.shape), environment);
  const region = target.HUAWEICLOUD_SDK_REGION;
  const endpoint = target.MODELARTS_ENDPOINT ?? `https://modelarts.${region}.myhuaweicloud.com`;
  const clientFor = createModelArtsClients(
    { projectId: target.HUAWEICLOUD_SDK_PROJECT_ID, region, endpoint: target.MODELARTS_ENDPOINT },
    {
      keyOf: (account) => createFixedKey(credentialsIn(environment, account), neededVariables(account)),
      clock,
      random: Math.random,
      log: createLogger({}, { write: () => {} }),
    },
  );
  return { clientFor, endpoint };
}

function notAsked({ name }: { name: string }, why: string): Check {
  return unknown(`pool ${name}`, `not checked, because ${why}`);
}

/** The check that makes it useless to go on: no call can succeed, or none for any of the pools. */
export function blocking(checks: readonly Check[], pools: readonly { name: string }[]): Check | undefined {
  const ofAll = checks.find(({ blocks }) => blocks === 'all');
  if (ofAll) return ofAll;
  const ofPools = checks.filter(({ blocks }) => blocks === 'pool');
  return pools.length > 0 && ofPools.length >= pools.length ? ofPools[0] : undefined;
}
