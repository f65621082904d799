import type { Clock } from '#lib/clock';
import type { Logger } from '#lib/log';
import { type AccessKey, createKeyGuard } from './access-key.ts';
import type { Attempt } from './attempt.ts';
import { createModelArtsClient, type ModelArtsClient } from './client.ts';

/** The project, region and API of pools that name none. */
export type DefaultTarget = {
  projectId: string;
  region: string;
  /** Base address, such as `https://modelarts.cn-north-4.myhuaweicloud.com`. Absent: that of the region. */
  endpoint?: string | undefined;
};

/** The keys of a pool in the rules file that choose its client. */
export type PoolTarget = {
  account?: string | undefined;
  project?: string | undefined;
  region?: string | undefined;
  endpoint?: string | undefined;
};

/**
 * One client for each account, project and endpoint in use. Each try is a line in the log.
 *
 * @param keyOf the access key of an account of the rules file. `undefined`: of the account of pools that name none.
 */
export function createModelArtsClients(
  defaults: DefaultTarget,
  {
    keyOf,
    clock,
    random,
    log,
  }: { keyOf: (account: string | undefined) => AccessKey; clock: Clock; random: () => number; log: Logger },
): (pool: PoolTarget) => ModelArtsClient {
  const clients = new Map<string, ModelArtsClient>();
  return function clientFor({ account, project, region, endpoint }) {
    const projectId = project ?? defaults.projectId;
    const base =
      endpoint ??
      (region === undefined ? defaults.endpoint : undefined) ??
      `https://modelarts.${region ?? defaults.region}.myhuaweicloud.com`;
    const key = JSON.stringify([account, base, projectId]);
    const known = clients.get(key);
    if (known) return known;
    const client = createModelArtsClient({
      endpoint: base,
      projectId,
      key: createKeyGuard(keyOf(account), clock),
      clock,
      random,
      log: (attempt) => logAttempt(log, attempt),
    });
    clients.set(key, client);
    return client;
  };
}

function logAttempt(log: Logger, { outcome, requestId, ...rest }: Attempt): void {
  const fields = { outcome, ...rest, ...(requestId !== undefined && { vendorRequestId: requestId }) };
  if (outcome === 'succeeded') log.info('ModelArts answered', fields);
  else log.warn(`ModelArts: ${outcome}`, fields);
}
