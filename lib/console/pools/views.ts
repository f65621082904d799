import { excerpt, MAX_NAME_LENGTH } from '#lib/bounds';
import { HttpProblem } from '#lib/handler/problem';
import { UnreadableDocumentError } from '#lib/ledger/change';
import type { Logger } from '#lib/log';
import { isAddress } from '#lib/modelarts/reading/named-node';
import { poolOf } from '#lib/rules/pool';
import type { PoolRules, Rules } from '#lib/rules/rules';
import { readNewest } from './last-outcome.ts';
import { isMentioned, MAX_REMEDIATIONS, readNodeDetails } from './node-details.ts';
import { type PoolFacts, type PoolServices, readPools } from './pool-facts.ts';
import { type NodesQuery, type PoolsQuery, pageOf } from './query.ts';
import { showNode, standingOf } from './shown-node.ts';
import { type ShownPool, showPool } from './shown-pool.ts';

/** A page of the pools of the rules file, by name. A pool whose document this version cannot read says so. */
export async function poolsPage(query: PoolsQuery, services: PoolServices, log: Logger) {
  const { page, next } = pageOf(services.rules.pools, ({ name }) => name, query);
  try {
    const facts = await readPools(page, services, log);
    return { pools: facts.map(showPool), ...(next !== undefined && { next }) };
  } catch (error) {
    if (!(error instanceof UnreadableDocumentError)) throw error;
  }
  const pools = await Promise.all(page.map((pool) => showOrExplain(pool, services, log)));
  return { pools, ...(next !== undefined && { next }) };
}

async function showOrExplain(
  pool: PoolRules,
  services: PoolServices,
  log: Logger,
): Promise<ShownPool | { id: string; name: string; unreadable: string }> {
  try {
    return showPool(await readOne(pool, services, log));
  } catch (error) {
    if (!(error instanceof UnreadableDocumentError)) throw error;
    log.error('a pool cannot be shown', { pool: pool.name, error });
    return { id: pool.id, name: pool.name, unreadable: excerpt(error.message, 1_000) };
  }
}

/**
 * One pool, by its name or id.
 *
 * @throws HttpProblem 404 for a pool that is not in the rules file, 500 with the reason for one with an unreadable document.
 */
export async function poolView(pool: string, services: PoolServices, log: Logger): Promise<ShownPool> {
  return showPool(await readOrRefuse(poolNamed(pool, services.rules), services, log));
}

/**
 * A page of the nodes of a pool, by name.
 *
 * @throws HttpProblem as `poolView` does.
 */
export async function nodesPage(pool: string, query: NodesQuery, services: PoolServices, log: Logger) {
  const facts = await readOrRefuse(poolNamed(pool, services.rules), services, log);
  const { state } = query;
  const all = facts.reading?.nodes ?? [];
  const wanted = state === undefined ? all : all.filter((node) => standingOf(node, facts).state === state);
  const { page, next } = pageOf(wanted, ({ name }) => name, query);
  return { nodes: page.map((node) => showNode(node, facts)), ...(next !== undefined && { next }) };
}

/**
 * One node, by its name or its private address, with its history.
 *
 * @param pool the name or the id of its pool. Undefined: any pool of the rules file.
 * @throws HttpProblem 404 for a node that no reading, no remediation and no delivery has named, or for an unknown pool; 409 for an
 * address that several nodes have; 500 with the reason for an unreadable document of the pool.
 */
export async function nodeView(named: string, pool: string | undefined, services: PoolServices, log: Logger) {
  if (named.length > MAX_NAME_LENGTH) throw unknownNode(named);
  const { rules, store } = services;
  const pools = pool === undefined ? rules.pools : [poolNamed(pool, rules)];
  const all = await Promise.all(pools.map((one) => readOrRefuse(one, services, log)));
  const found = findNode(named, all);
  const name = found?.node.name ?? named;
  const remediations = await readNewest(store, name, MAX_REMEDIATIONS);
  const own = remediations.filter((one) => pools.some(({ id }) => id === one.pool));
  if (!found && own.length === 0 && !(await isMentioned(store, named))) throw unknownNode(named);
  const ofPool = found?.facts.pool.id ?? own[0]?.pool ?? pools[0]?.id ?? '';
  const shown = found
    ? showNode(found.node, found.facts)
    : { node: name, pool: ofPool, state: 'unknown' as const, why: 'no reading of a pool shows the node' };
  const newest = own[0]?.id;
  return {
    ...shown,
    ...(newest !== undefined && { remediation: newest }),
    ...(await readNodeDetails({ pool: ofPool, node: name }, own, services)),
  };
}

/** The node of this name or address in the last readings of pools. */
function findNode(named: string, all: readonly PoolFacts[]) {
  const nodes = all.flatMap((facts) => (facts.reading?.nodes ?? []).map((node) => ({ node, facts })));
  const alike = nodes.filter(({ node }) => node.name === named);
  const bearers =
    alike.length > 0 || !isAddress(named) ? alike : nodes.filter(({ node }) => node.privateIp === named);
  const names = new Set(bearers.map(({ node }) => node.name));
  if (names.size > 1) throw severalNodes(named, [...names]);
  // A node that has moved is missing from its former pool.
  return bearers.find(({ node }) => node.missing === undefined) ?? bearers[0];
}

function poolNamed(pool: string, rules: Rules): PoolRules {
  const found = poolOf(rules, pool);
  if (found) return found;
  const shown = JSON.stringify(excerpt(pool, 128));
  throw new HttpProblem(404, 'Not Found', `The rules file has no pool with the name or id ${shown}`);
}

async function readOne(pool: PoolRules, services: PoolServices, log: Logger): Promise<PoolFacts> {
  const [facts] = await readPools([pool], services, log);
  if (!facts) throw new Error(`There are no facts about pool ${pool.name}`);
  return facts;
}

/** A retry is no use for an unreadable document: a person must correct or delete it. */
async function readOrRefuse(pool: PoolRules, services: PoolServices, log: Logger): Promise<PoolFacts> {
  return readOne(pool, services, log).catch((error: unknown) => {
    if (!(error instanceof UnreadableDocumentError)) throw error;
    throw new HttpProblem(500, 'Internal Server Error', excerpt(error.message, 1_000));
  });
}

function unknownNode(node: string): HttpProblem {
  const shown = JSON.stringify(excerpt(node, 128));
  return new HttpProblem(
    404,
    'Not Found',
    `No reading of a pool, no remediation and no alert of the last 30 days names node ${shown}`,
  );
}

function severalNodes(address: string, names: readonly string[]): HttpProblem {
  const detail = `Several nodes have the address ${address}: ${names.slice(0, 10).join(', ')}. Ask for one by its name`;
  return new HttpProblem(409, 'Conflict', detail);
}
