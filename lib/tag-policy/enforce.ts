import type { Queue } from '#lib/aws/queue';
import { unseenIn } from '#lib/capacity/capacity';
import { isIdle } from '#lib/guards/node';
import type { Invocation } from '#lib/handler/invocation';
import { readDocument } from '#lib/ledger/change';
import { type NodeTags, nodeTagsKey, nodeTagsKind } from '#lib/ledger/node-tags';
import { readPoolRecord } from '#lib/ledger/pool-record';
import {
  noteEnforced,
  noteUntraced,
  poolTagPoliciesKey,
  poolTagPoliciesKind,
} from '#lib/ledger/pool-tag-policies';
import { readMany } from '#lib/ledger/read-many';
import { keepSnapshots } from '#lib/ledger/snapshot/keep-snapshot';
import { createPoolReader, nodesOf } from '#lib/modelarts/reading/pool-reader';
import { logUnreadable } from '#lib/remediation/messages/report-unreadable';
import { submitCommands } from '#lib/remediation/messages/submit-commands';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { PoolRules } from '#lib/rules/rules';
import type { TagConflict } from './comparison/desired.ts';
import { compareNode } from './comparison/node-drift.ts';
import { policiesInForce, type TagPolicyInForce } from './comparison/policy.ts';
import type { NodeDrift } from './groups.ts';
import { planCommands } from './plan.ts';

export type EnforceServices = Omit<RemediationServices, 'follow' | 'commands' | 'newId'> & {
  /** The queue of `update-nodes`. */
  commands: Queue;
};

/**
 * Compares the known tags of a pool's nodes with its policies, and issues the commands that close the gap. Nodes with work
 * in progress wait for the next run. If the reading does not tell whether a policy is about a tag, that tag waits, too.
 * Without any change it only reads. For a pool that never had a policy it reads only one document of the ledger.
 *
 * @param runMs epoch milliseconds of the run, the same in a repeated run
 */
export async function enforcePool(
  pool: PoolRules,
  runMs: number,
  services: EnforceServices,
  invocation: Invocation,
): Promise<void> {
  const { store, rules, clock, modelarts, commands } = services;
  const { log } = invocation;
  const state = await readDocument(store, poolTagPoliciesKind, poolTagPoliciesKey(pool.id));
  const policies = policiesInForce(pool, rules, state);
  if (policies.length === 0 && !state?.enforced) return;

  const reader = createPoolReader(
    modelarts(pool),
    { pool: pool.id, keep: keepSnapshots(services) },
    invocation,
  );
  const listing = await nodesOf(reader);
  const nodes = listing.items;
  const { values, unreadable } = await readMany(
    store,
    nodeTagsKind,
    nodes.map(({ name }) => nodeTagsKey(pool.id, name)),
  );
  logUnreadable(unreadable, log);
  const unknown = new Set(unreadable.map(({ document }) => document.pk));
  // The tags of a node with an unreadable record are unknown, so the node stays as it is.
  const idle = nodes.filter(isIdle).filter(({ name }) => !unknown.has(nodeTagsKey(pool.id, name).pk));
  const known = new Map(values.map((tags) => [tags.node, tags]));

  const now = clock.now();
  const conflicts: { conflict: TagConflict; node: string }[] = [];
  const drifts = idle.map((node): NodeDrift => {
    const { changes, conflicts: found } = compareNode(node, known.get(node.name), policies, { now });
    conflicts.push(...found.map((conflict) => ({ conflict, node: node.name })));
    return { node: node.name, createdAt: node.createdAt, changes };
  });
  for (const alike of Map.groupBy(conflicts, ({ conflict }) => JSON.stringify(conflict)).values()) {
    log.warn('two tag policies contradict each other: the first applies', {
      pool: pool.name,
      ...alike[0]?.conflict,
      nodes: alike.length,
      such: alike[0]?.node,
    });
  }

  const planned = planCommands(pool.id, drifts, { runMs, nowMs: now });
  // A pool without its last policy is checked until a reading shows all of its nodes, and none with a tag of a policy.
  const isTraced = hasTraces(policies, [...known.values()]) || unreadable.length > 0;
  const isOver = !isTraced && (await isWhole(listing, pool, services));
  // Before the first change, because a pool without its last policy must still be checked.
  if (isOver) await noteUntraced(store, pool.id, state, now);
  else if (!state?.enforced || state.untracedAt !== undefined) await noteEnforced(store, pool.id);
  const issued = await submitCommands(planned, services, commands);
  log.info('tag policies compared', {
    pool: pool.name,
    policies: policies.length,
    nodes: nodes.length,
    busy: nodes.length - idle.length,
    drifted: drifts.filter(({ changes }) => changes.length > 0).length,
    commands: issued.map(({ id }) => id),
  });
}

/** Whether any node has, or soon will have, a tag from a policy. */
function hasTraces(policies: readonly TagPolicyInForce[], known: readonly NodeTags[]): boolean {
  return (
    policies.length > 0 ||
    known.some(({ present }) => Object.values(present).some(({ policy }) => policy !== undefined))
  );
}

/** Whether a reading shows every node that the pool is known to have. An empty list shows nothing. */
async function isWhole(
  { items, unreadable }: Awaited<ReturnType<typeof nodesOf>>,
  { id }: PoolRules,
  { store, clock }: EnforceServices,
): Promise<boolean> {
  const poolRecord = await readPoolRecord(store, id, clock.now());
  const reading = { nodes: items, unreadable: { nodes: unreadable } };
  return items.length > 0 && unseenIn(reading, poolRecord) === 0;
}
