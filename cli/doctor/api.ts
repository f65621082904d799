import { classify } from '#lib/modelarts/client/classification';
import type { ModelArtsClient, SendOptions } from '#lib/modelarts/client/client';
import { ModelArtsError } from '#lib/modelarts/client/errors';
import { showPool } from '#lib/modelarts/endpoints/show-pool';
import { readAllNodes } from '#lib/modelarts/reading/read';
import { readAllWorkloads } from '#lib/modelarts/reading/workloads';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import type { PoolRules } from '#lib/rules/rules';
import { keyVariables, neededVariables } from '#lib/secrets/access-keys';
import { counted, listed } from '#lib/sentences/english';
import { bad, type Check, good, unknown, warning } from './check.ts';

type PoolToCheck = Pick<PoolRules, 'id' | 'name' | 'account'>;

const PERMISSIONS = 'docs/operate/permissions.md lists the permissions that each function needs.';

/**
 * Checks what the API answers about a pool: the key, the pool, its nodes, their addresses, and its workloads. It only reads.
 */
export async function checkPool(
  client: ModelArtsClient,
  toCheck: PoolToCheck,
  options?: SendOptions,
): Promise<Check[]> {
  const { id, name } = toCheck;
  const about = (what: string): string => `${what} of ${name}`;
  const pool = await attempt(() => client.send(showPool, { path: { pool_name: id } }, options));
  if (!('value' in pool)) {
    return [
      refusal(`pool ${name}`, pool.error, toCheck, 'pool'),
      unknown(about('nodes'), 'not checked, because the pool cannot be read'),
    ];
  }
  const { displayName, phase } = pool.value;
  const found = good(
    `pool ${name}`,
    `found${displayName === undefined ? '' : ` as ${displayName}`}, phase ${phase || 'not shown'}`,
  );
  const [nodes, workloads] = await Promise.all([
    attempt(() => readAllNodes(client, id, options)),
    attempt(() => readAllWorkloads(client, id, options)),
  ]);
  const ofNodes =
    'value' in nodes
      ? [
          good(about('nodes'), `${counted(nodes.value.items.length, 'node')} can be read`),
          checkAddresses(about('addresses'), nodes.value.items),
        ]
      : [
          refusal(about('nodes'), nodes.error, toCheck, 'pool'),
          unknown(about('addresses'), 'not checked, because the nodes cannot be read'),
        ];
  const ofWorkloads =
    'value' in workloads
      ? good(about('workloads'), `${counted(workloads.value.items.length, 'workload')} can be read`)
      : refusal(about('workloads'), workloads.error, toCheck);
  return [found, ...ofNodes, ofWorkloads];
}

/** An alert that names a node by its address needs an address of one node alone. */
export function checkAddresses(name: string, nodes: readonly Pick<PoolNode, 'name' | 'privateIp'>[]): Check {
  const byAddress = Map.groupBy(
    nodes.filter(({ privateIp }) => privateIp !== undefined && privateIp !== ''),
    ({ privateIp = '' }) => privateIp,
  );
  const shared = [...byAddress].filter(([, all]) => new Set(all.map((node) => node.name)).size > 1);
  if (shared.length > 0) {
    const named = shared.map(([address, all]) => `${address} (${listed(all.map((node) => node.name))})`);
    return bad(
      name,
      `several nodes share ${listed(named)}`,
      'Poolkeeper does nothing for an alert about such an address. Have its senders name the node instead.',
    );
  }
  const without = nodes.length - [...byAddress.values()].flat().length;
  if (without > 0) {
    return warning(
      name,
      `${counted(without, 'node')} ${without === 1 ? 'shows' : 'show'} no address`,
      'An alert must name such a node by its name.',
    );
  }
  return good(name, 'each node has its own');
}

type Attempt<Value> = { value: Value } | { error: ModelArtsError };

async function attempt<Value>(read: () => Promise<Value>): Promise<Attempt<Value>> {
  try {
    return { value: await read() };
  } catch (error) {
    if (error instanceof ModelArtsError) return { error };
    throw error;
  }
}

/** @param needed the answer is needed for every call for the pool */
function refusal(name: string, error: ModelArtsError, pool: PoolToCheck, needed?: 'pool'): Check {
  const { transient, status = 0 } = error;
  // An answer that cannot be read may be another one a moment later.
  const lasts = !transient && status >= 400 && status < 500;
  const blocks =
    isKeyRefused(error) || error.code === 'credentials-missing' ? 'all' : lasts ? needed : undefined;
  return bad(name, error.message, adviceFor(error, pool), blocks);
}

/** Codes for a project that the key does not reach: docs/design/modelarts-api.md 5.1, 5.2. */
const OTHER_PROJECT = /^(ModelArts\.0210|API(GW|G)\.0310)$/;

/** Some refusals of the key come with the status of a missing permission. */
function isKeyRefused({ status, code }: ModelArtsError): boolean {
  return (
    code === 'credentials-refused' || (status !== undefined && classify(status, code).credentialsRefused)
  );
}

function adviceFor(error: ModelArtsError, { id, account }: PoolToCheck): string {
  const { status, code } = error;
  if (isKeyRefused(error)) {
    return `The API refuses the key. Check ${listed(keyVariables(account))}, and the clock of this machine.`;
  }
  if (code === 'credentials-missing')
    return `Set ${neededVariables(account)}: the pool is of the account ${account}.`;
  if (status !== undefined && OTHER_PROJECT.test(code ?? '')) {
    return 'The project is not that of the key, or it is not available. Check HUAWEICLOUD_SDK_PROJECT_ID and HUAWEICLOUD_SDK_REGION.';
  }
  if (status === 403) return `The key may not do this. ${PERMISSIONS}`;
  if (status === 404)
    return `Check the id ${id} in the rules file, HUAWEICLOUD_SDK_PROJECT_ID and HUAWEICLOUD_SDK_REGION.`;
  if (error.throttled)
    return 'Another program uses the API with the same key, and asks too often. Ask again in a minute.';
  if (status === undefined) return 'Check MODELARTS_ENDPOINT, and the network and proxy of this machine.';
  return 'Ask again in a minute. If it stays so, give the request id to the support of Huawei Cloud.';
}
