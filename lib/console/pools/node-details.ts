import { readableAlertsOf } from '#lib/alerts/readable-alerts';
import { inTurn } from '#lib/concurrency';
import { roundsWithin } from '#lib/guards/rounds';
import { mentionPartition } from '#lib/journal/delivery-record';
import { nameIn } from '#lib/journal/entry';
import { listEvents } from '#lib/journal/list-events';
import { readDocument, UnreadableDocumentError } from '#lib/ledger/change';
import { type NodeRecord, nodeRecordKey, nodeRecordKind } from '#lib/ledger/node-record';
import { type NodeTags, nodeTagsKey, nodeTagsKind } from '#lib/ledger/node-tags';
import type { Remediation } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { ruleOf } from '#lib/remediation/record/limits';
import type { PoolServices } from './pool-facts.ts';

/** Limit of the remediations of a node in its view. */
export const MAX_REMEDIATIONS = 20;

/** Limit of the firing alerts of a node in its view, and how many are looked up at the same time. */
const MAX_FIRING = 20;
const LOOKED_UP_AT_ONCE = 5;

/** Whether any delivery of the last thirty days has named a node. */
export async function isMentioned(store: Store, node: string): Promise<boolean> {
  const partition = mentionPartition({ kind: 'node', text: nameIn(node) });
  return (await store.query({ partition, limit: 1 })).length > 0;
}

/** The ledger's knowledge of a node beside its state. An unreadable document is left out. */
export async function readNodeDetails(
  { pool, node }: { pool: string; node: string },
  remediations: readonly Remediation[],
  services: PoolServices,
) {
  const { store, clock } = services;
  const [record, tags, alerts] = await Promise.all([
    ifReadable(() => readDocument(store, nodeRecordKind, nodeRecordKey(pool, node))),
    ifReadable(() => readDocument(store, nodeTagsKind, nodeTagsKey(pool, node))),
    readFiring(remediations, services),
  ]);
  return {
    ...(record?.last && { history: record.last }),
    rounds: roundsOf(record, services, clock.now()),
    alerts,
    remediations: remediations.map(({ id, action, state, why, createdAt }) => ({
      id,
      action,
      state,
      ...(why !== undefined && { why }),
      createdAt,
    })),
    tags: tagsOf(tags),
  };
}

/** The ladders of each rule that count towards its limit for the node. */
function roundsOf(record: NodeRecord | undefined, { rules }: PoolServices, now: number) {
  const all = record?.rounds ?? [];
  return [...new Set(all.map(({ rule }) => rule))].flatMap((rule) => {
    const limits = ruleOf(rules, { rule })?.rounds;
    const begun = roundsWithin(all, rule, limits?.withinMs ?? Number.POSITIVE_INFINITY, now);
    const [oldest] = begun;
    return oldest
      ? [{ rule, used: begun.length, ...(limits && { limit: limits.max }), oldest: oldest.at }]
      : [];
  });
}

/** The firing alerts that speak for remediations of a node, each once. */
async function readFiring(remediations: readonly Remediation[], { store, clock }: PoolServices) {
  const read = await Promise.all(
    remediations.map(async (remediation) => {
      const { values } = await readableAlertsOf(remediation, store);
      return values.filter(({ status }) => status === 'firing').map((alert) => ({ alert, remediation }));
    }),
  );
  const distinct = new Map(read.flat().map((one) => [one.alert.fingerprint, one]));
  const firing = [...distinct.values()].slice(0, MAX_FIRING);
  return inTurn(firing, LOOKED_UP_AT_ONCE, async ({ alert, remediation: { rule } }) => {
    const { fingerprint, startsAt, beganAt = startsAt } = alert;
    const { events } = await listEvents(store, { fingerprint, limit: 1 }, clock.now());
    const [event] = events;
    const labels = event?.alerts.find((one) => one.alert === fingerprint)?.labels ?? {};
    return {
      alert: fingerprint,
      ...(labels['alertname'] !== undefined && { name: labels['alertname'] }),
      ...(rule !== undefined && { rule }),
      since: beganAt,
      ...(event && { delivery: event.delivery }),
    };
  });
}

/** The tags that Poolkeeper has applied, by key. The API shows none. */
function tagsOf(tags: NodeTags | undefined) {
  return Object.fromEntries(Object.entries(tags?.present ?? {}));
}

async function ifReadable<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof UnreadableDocumentError) return undefined;
    throw error;
  }
}
