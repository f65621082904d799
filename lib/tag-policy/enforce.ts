import type { Queue } from '#lib/aws/queue';
import { isIdle } from '#lib/guards/node';
import type { Invocation } from '#lib/handler/invocation';
import { change, read } from '#lib/ledger/change';
import { type NodeTags, nodeTagsKey, nodeTagsKind } from '#lib/ledger/node-tags';
import { type PoolTagPolicies, poolTagPoliciesKey, poolTagPoliciesKind } from '#lib/ledger/pool-tag-policies';
import { readMany } from '#lib/ledger/read-many';
import { readAllNodes } from '#lib/modelarts/reading/read';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import { logUnreadable } from '#lib/remediation/messages/report-unreadable';
import { issue } from '#lib/remediation/messages/submit-commands';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { PoolRules } from '#lib/rules/rules';
import { desiredTags, type TagConflict } from './desired.ts';
import { tagDrift } from './drift.ts';
import type { NodeDrift } from './groups.ts';
import { planCommands } from './plan.ts';
import { policiesInForce, type TagPolicyInForce } from './policy.ts';

export type EnforceServices = Omit<RemediationServices, 'follow' | 'commands' | 'newId' | 'notices'> & {
  /** The queue of `update-nodes`. */
  commands: Queue;
};

/**
 * Compares what is known of the tags of a pool's nodes with what its policies ask for, and issues the commands that close the
 * gap. Nodes on which somebody works wait for the next run. Where nothing has changed it only reads; of a pool that never
 * had a policy, nothing but one document of the ledger.
 *
 * @param runMs epoch milliseconds of the run; the same when it is repeated
 */
export async function enforcePool(
  pool: PoolRules,
  runMs: number,
  services: EnforceServices,
  { log, deadlineMs, signal }: Invocation,
): Promise<void> {
  const { store, rules, clock, modelarts, commands } = services;
  const state = await read(store, poolTagPoliciesKind, poolTagPoliciesKey(pool.id));
  const policies = policiesInForce(pool, rules, state);
  if (policies.length === 0 && !state?.enforced) return;

  const { items: nodes } = await readAllNodes(modelarts(pool), pool.id, { deadlineMs, signal });
  const { values, unreadable } = await readMany(
    store,
    nodeTagsKind,
    nodes.map(({ name }) => nodeTagsKey(pool.id, name)),
  );
  logUnreadable(unreadable, log);
  const unknown = new Set(unreadable.map(({ document }) => document.pk));
  // What is applied to a node whose record cannot be read is not known: it is left as it is.
  const idle = nodes.filter(isIdle).filter(({ name }) => !unknown.has(nodeTagsKey(pool.id, name).pk));
  const known = new Map(values.map((tags) => [tags.node, tags]));

  const now = clock.now();
  const conflicts: { conflict: TagConflict; node: string }[] = [];
  const drifts = idle.map((node): NodeDrift => {
    const desired = desiredTags(node, policies);
    conflicts.push(...desired.conflicts.map((conflict) => ({ conflict, node: node.name })));
    const modeOf = (name: string) => policies.find((policy) => policy.name === name)?.mode;
    return {
      node: node.name,
      createdAt: node.createdAt,
      changes: tagDrift(desired, sinceCreated(known.get(node.name), node, now), modeOf, now),
    };
  });
  for (const alike of Map.groupBy(conflicts, ({ conflict }) => JSON.stringify(conflict)).values()) {
    log.warn('two tag policies contradict each other: the first is followed', {
      pool: pool.name,
      ...alike[0]?.conflict,
      nodes: alike.length,
      such: alike[0]?.node,
    });
  }

  const planned = planCommands(pool.id, drifts, { runMs, nowMs: now });
  await noteEnforced(pool, services, hasTraces(policies, [...known.values()]), state);
  const issued = await issue(planned, services, commands);
  log.info('tag policies compared', {
    pool: pool.name,
    policies: policies.length,
    nodes: nodes.length,
    busy: nodes.length - idle.length,
    drifted: drifts.filter(({ changes }) => changes.length > 0).length,
    commands: issued.map(({ id }) => id),
  });
}

/**
 * What is known of a node, unless it was all applied to another of the same name, before this one was created. A time of
 * creation that is yet to come says nothing.
 */
function sinceCreated(
  known: NodeTags | undefined,
  { createdAt = '' }: PoolNode,
  now: number,
): NodeTags | undefined {
  const createdMs = Date.parse(createdAt);
  const isOlder =
    Number.isNaN(createdMs) || createdMs > now || (known && Date.parse(known.updatedAt) >= createdMs);
  return isOlder ? known : undefined;
}

/** Whether there is, or soon will be, a tag on any node that a policy put there. */
function hasTraces(policies: readonly TagPolicyInForce[], known: readonly NodeTags[]): boolean {
  return (
    policies.length > 0 ||
    known.some(({ present }) => Object.values(present).some(({ policy }) => policy !== undefined))
  );
}

/** Before anything is applied: a pool whose last policy goes is then still looked at. */
async function noteEnforced(
  { id }: PoolRules,
  { store }: EnforceServices,
  enforced: boolean,
  state: PoolTagPolicies | undefined,
): Promise<void> {
  if (state?.enforced === enforced) return;
  await change(store, poolTagPoliciesKind, poolTagPoliciesKey(id), (current) => ({
    pool: id,
    sent: current?.sent ?? {},
    enforced,
  }));
}
