import type { ActionDefinition } from '#lib/actions/action';
import { readDestinations } from '#lib/actions/migrate-nodes/read-destinations';
import { destinationOf } from '#lib/actions/migrate-nodes/terms';
import { withNodePool } from '#lib/actions/node-pools/node-pool-of';
import { traitsOf } from '#lib/actions/traits';
import { rememberPool } from '#lib/capacity/remember-pool';
import { readWaiting } from '#lib/capacity/wait-list';
import type { Facts } from '#lib/guards/guard';
import type { Invocation } from '#lib/handler/invocation';
import { type PoolRecord, readPoolRecord } from '#lib/ledger/pool-record';
import type { Remediation } from '#lib/ledger/remediation';
import { keepSnapshots } from '#lib/ledger/snapshot/keep-snapshot';
import { withExpectedDrivers } from '#lib/modelarts/reading/expected-drivers';
import { readMissing } from '#lib/modelarts/reading/node-pool-sighting';
import { createPoolReader, ifReadable, nodesOf, type PoolReader } from '#lib/modelarts/reading/pool-reader';
import { type PoolReading, readPool } from '#lib/modelarts/reading/pool-reading';
import { readLeaving } from '#lib/remediation/planning/outgoing-nodes';
import { limitsOf } from '#lib/remediation/record/limits';
import { targetsAsNamed } from '#lib/remediation/record/open';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { PoolRules } from '#lib/rules/rules';
import { windowAt } from '#lib/rules/window';
import { deferOrFail } from './defer.ts';
import type { Member } from './join.ts';

/** The facts that are read once for all commands of a pool. */
export type Reading = Pick<
  Facts,
  'pool' | 'window' | 'poolRecord' | 'waiting' | 'readAtMs' | 'releasesBefore'
> & {
  reading: PoolReading;
  /** Nodes that are being taken out of the pool; grows with every decision. */
  leaving: Map<string, string>;
};

/**
 * Reads the pool, first in the ledger and then from the API, because a reading from before a release may show the node's old state.
 *
 * @returns undefined if the API could not be read. The commands have then failed or been deferred.
 */
export async function readBeforeCall<Body extends Record<string, unknown>>(
  action: ActionDefinition<Body>,
  pool: PoolRules,
  open: readonly Pick<Member, 'remediation' | 'records'>[],
  services: RemediationServices,
  invocation: Invocation,
): Promise<Reading | undefined> {
  const { store, clock } = services;
  const readAtMs = clock.now();
  const record = await readPoolRecord(store, pool.id, readAtMs);
  let reading: PoolReading;
  let reader: PoolReader | undefined;
  try {
    reader = createPoolReader(
      services.modelarts(pool),
      { pool: pool.id, keep: keepSnapshots(services), recent: services.recentWorkloads },
      invocation,
    );
    reading = await readPool(reader, wantedBy(action, open, services));
    if (reading.nodePools) {
      const { nodes, nodePools: items } = reading;
      const asked = open.flatMap(({ remediation }) => withNodePool(remediation, nodes).nodePool ?? []);
      reading = { ...reading, nodePoolsByName: await readMissing(reader, { items }, asked) };
    }
    if (action.reads.includes('destination')) {
      const asked = open.map(({ remediation }) => remediation);
      reading = await readDestinations(reader, pool, asked, reading, services);
    }
  } catch (error) {
    if (reader && traitsOf(action.action).disruptive) await rememberNodes(reader, record, readAtMs, services);
    const untouched = open.map((task) => ({ ...task, targets: targetsAsNamed(task.remediation) }));
    await deferOrFail(untouched, error, services, invocation);
    return undefined;
  }
  warnOfUnreadable(reading, pool, invocation);
  const poolRecord = traitsOf(action.action).disruptive
    ? await rememberPool(record, reading, readAtMs, services)
    : record;
  reading = {
    ...reading,
    nodes: withExpectedDrivers(reading.nodes, poolRecord.driverFlavors ?? [], pool.healthy?.absent),
  };
  const now = clock.now();
  const leaving = action.takesNodesAway
    ? await readLeaving(store, reading, { pool: pool.id, action: action.action }, now)
    : new Map<string, string>();
  const { releases: releasesBefore } = record;
  return {
    pool,
    window: windowAt(pool.windows, now),
    poolRecord,
    waiting: traitsOf(action.action).disruptive ? await readWaiting(pool.id, { store }) : [],
    releasesBefore,
    reading,
    leaving,
    readAtMs,
  };
}

/** Remembers the list of nodes, if that is whole, although another part of the pool could not be read. */
async function rememberNodes(
  reader: PoolReader,
  record: PoolRecord,
  readAtMs: number,
  services: RemediationServices,
): Promise<void> {
  const listed = await ifReadable({}, () => nodesOf(reader));
  if (!listed) return;
  const { items: nodes, unreadable } = listed;
  await rememberPool(record, { nodes, unreadable: { nodes: unreadable } }, readAtMs, services);
}

function wantedBy<Body extends Record<string, unknown>>(
  { reads, changes, disturbs = () => true }: ActionDefinition<Body>,
  open: readonly { remediation: Remediation }[],
  services: RemediationServices,
): Parameters<typeof readPool>[1] {
  // A plan with changes also shows the workloads, even if they may be interrupted.
  const needsWorkloads =
    changes !== undefined ||
    open.some(({ remediation }) => disturbs(remediation) && !mayInterrupt(remediation, services));
  const destinations = open.flatMap(({ remediation }) => destinationOf(remediation) ?? []);
  return {
    parts: new Set(reads.filter((part) => part !== 'workloads' || needsWorkloads)),
    destinations: [...new Set(destinations)],
  };
}

/** The most nodes with unreadable fields that the log names. */
const MAX_TOLD = 10;

function warnOfUnreadable({ nodes }: PoolReading, pool: PoolRules, { log }: Invocation): void {
  const odd = nodes.filter(({ unreadable }) => unreadable !== undefined);
  const named = odd.slice(0, MAX_TOLD).map(({ name, unreadable: fields }) => ({ name, fields }));
  const told = { pool: pool.name, count: odd.length, nodes: named };
  if (odd.length > 0) log.warn('fields of nodes are unreadable and count as unknown', told);
}

/** Whether a command may interrupt workloads. If so, they need not be read. */
function mayInterrupt(remediation: Remediation, { rules }: RemediationServices): boolean {
  return limitsOf(rules, remediation).interruptWorkloads;
}
