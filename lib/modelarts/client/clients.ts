import type { Clock } from '#lib/clock';
import type { Credentials } from '#lib/http/signature';
import type { Logger } from '#lib/log';
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
  project?: string | undefined;
  region?: string | undefined;
  endpoint?: string | undefined;
};

/** One client for each project and endpoint in use, all with the same key. Each try is a line in the log. */
export function createModelArtsClients(
  defaults: DefaultTarget,
  {
    credentials,
    clock,
    random,
    log,
  }: { credentials: Credentials; clock: Clock; random: () => number; log: Logger },
): (pool: PoolTarget) => ModelArtsClient {
  const clients = new Map<string, ModelArtsClient>();
  return function clientFor({ project, region, endpoint }) {
    const projectId = project ?? defaults.projectId;
    const base =
      endpoint ??
      (region === undefined ? defaults.endpoint : undefined) ??
      `https://modelarts.${region ?? defaults.region}.myhuaweicloud.com`;
    const key = JSON.stringify([base, projectId]);
    const known = clients.get(key);
    if (known) return known;
    const client = createModelArtsClient({
      endpoint: base,
      projectId,
      credentials,
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
