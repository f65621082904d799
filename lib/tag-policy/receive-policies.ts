import { TagPolicyMessage } from '#events/tag-policy';
import type { Invocation } from '#lib/handler/invocation';
import type { QueueRecord } from '#lib/handler/queue-record';
import { readMessage } from '#lib/handler/read-message';
import { createRedelivery } from '#lib/handler/redelivery';
import { jsonBytes } from '#lib/json-bytes';
import { updateAndDecide } from '#lib/ledger/change';
import { MAX_POLICIES_BYTES } from '#lib/ledger/limits';
import { poolTagPoliciesKey, poolTagPoliciesKind, type SentTagPolicy } from '#lib/ledger/pool-tag-policies';
import { deadLetter } from '#lib/remediation/messages/inbox';
import { atLastDelivery } from '#lib/remediation/messages/last-delivery';
import { poolOf } from '#lib/rules/pool';
import type { PoolRules, Rules } from '#lib/rules/rules';
import { type EnforceServices, enforcePool } from './enforce.ts';
import { demandsOf } from './organization.ts';

/** Limit of the received policies of a pool. An organization can have ten. */
const MAX_SENT = 50;

/** The number of withdrawn policies whose times the ledger keeps. An older message about them may still arrive. */
const MAX_ENDED = 50;

/**
 * Accepts tag policies: stores each, then enforces the policies in force for its pool. A policy without tags withdraws the policy with
 * its name. An unreadable message goes to the dead letters, and does not affect the others.
 *
 * @returns the ids of the messages to deliver again.
 */
export async function receivePolicies(
  records: readonly QueueRecord[],
  services: EnforceServices,
  invocation: Invocation,
): Promise<string[]> {
  const redelivery = createRedelivery(invocation.log, atLastDelivery(services, invocation));
  const stored: { pool: PoolRules; record: QueueRecord }[] = [];
  for (const record of records) {
    await redelivery.orAgain([record], async () => {
      const read = readPolicy(record, services.rules);
      const why = typeof read === 'string' ? read : await store(read, record, services);
      if (why !== undefined || typeof read === 'string') await deadLetter(services, record, why ?? '');
      else stored.push({ pool: read.pool, record });
    });
  }
  const pools = Map.groupBy(stored, (one) => one.pool);
  for (const [pool, members] of pools) {
    await redelivery.orAgain(
      members.map(({ record }) => record),
      () => enforcePool(pool, services.clock.now(), services, invocation),
    );
  }
  return redelivery.messageIds();
}

type Read = { message: TagPolicyMessage; pool: PoolRules };

function readPolicy({ body }: QueueRecord, rules: Rules): Read | string {
  const message = readMessage(body, TagPolicyMessage, 'a tag policy');
  if ('why' in message) return message.why;
  const { pool: named } = message.value.scope;
  const pool = poolOf(rules, named);
  return pool
    ? { message: message.value, pool }
    : `scope.pool: the rules file has no pool with the name or id ${JSON.stringify(named)}`;
}

/** Puts a policy into the ledger, unless a newer one of its name is there. @returns the reason if it cannot be stored. */
async function store(
  { message: { name, scope, policy, mode, updatedAt }, pool }: Read,
  { sentAtMs }: QueueRecord,
  { store: ledger }: EnforceServices,
): Promise<string | undefined> {
  const sent: SentTagPolicy = {
    mode,
    nodes: scope.nodes,
    demands: demandsOf(policy),
    updatedAt: updatedAt ?? new Date(sentAtMs).toISOString(),
  };
  const { decided } = await updateAndDecide(
    ledger,
    poolTagPoliciesKind,
    poolTagPoliciesKey(pool.id),
    (current) => {
      const before = current?.sent ?? {};
      const known = Object.hasOwn(before, name) ? before[name] : undefined;
      const isOutdated = known && Date.parse(known.updatedAt) > Date.parse(sent.updatedAt);
      const inForce = Object.values(before).filter(({ demands }) => demands.length > 0);
      const isInForce = known !== undefined && known.demands.length > 0;
      const isTooMany = sent.demands.length > 0 && !isInForce && inForce.length >= MAX_SENT;
      if (isOutdated || isTooMany) return { value: undefined, decided: { hasRoom: !isTooMany } };
      const after = withoutOldEnds({ ...before, [name]: sent });
      if (jsonBytes(after) > MAX_POLICIES_BYTES) return { value: undefined, decided: { hasRoom: false } };
      return {
        value: { pool: pool.id, sent: after, enforced: current?.enforced ?? false },
        decided: { hasRoom: true },
      };
    },
  );
  return decided.hasRoom
    ? undefined
    : `pool ${pool.name} has no room for another received tag policy: the limit is ${MAX_SENT} policies, or ${MAX_POLICIES_BYTES} bytes. Withdraw one that is no longer needed`;
}

/** All policies in force, and the latest withdrawn ones. */
function withoutOldEnds(policies: Readonly<Record<string, SentTagPolicy>>): Record<string, SentTagPolicy> {
  const [ended, inForce] = [true, false].map((isEnded) =>
    Object.entries(policies).filter(([, { demands }]) => (demands.length === 0) === isEnded),
  );
  const latest = (ended ?? [])
    .toSorted(([, a], [, b]) => Date.parse(b.updatedAt) - Date.parse(a.updatedAt))
    .slice(0, MAX_ENDED)
    .map(
      ([name, { mode, updatedAt }]) =>
        [name, { mode, updatedAt, nodes: { labels: {} }, demands: [] }] as const,
    );
  return Object.fromEntries([...(inForce ?? []), ...latest]);
}
