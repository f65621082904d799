import { destinationOf } from '#lib/actions/migrate-nodes/terms';
import { alertsAbout, readRuleOnNode } from '#lib/alerts/rule-on-node';
import { unseenIn } from '#lib/capacity/capacity';
import { holdName, holdOf } from '#lib/capacity/holds';
import type { Facts, Limits } from '#lib/guards/guard';
import { nameOf } from '#lib/guards/name-of';
import type { NodeLadder } from '#lib/guards/node-ladder';
import type { AlertRecord } from '#lib/ledger/alert-document';
import { type NodeRecord, nodeRecordKey, nodeRecordKind } from '#lib/ledger/node-record';
import type { Hold, PoolRecord } from '#lib/ledger/pool-record';
import { type ReadMany, readMany, type Unreadable } from '#lib/ledger/read-many';
import type { Remediation } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { nodesOfNodePool, type PoolReading } from '#lib/modelarts/reading/pool-reading';
import { readNodeLadder } from '#lib/remediation/record/end-of-ladder';
import { limitsOf } from '#lib/remediation/record/limits';
import type { RemediationServices } from '#lib/remediation/record/services';
import { poolOf } from '#lib/rules/pool';
import type { Rules } from '#lib/rules/rules';
import { targetsOf } from './targets.ts';

/** The facts that are the same for every command of a batch. */
type Seen = Pick<
  Facts,
  'pool' | 'window' | 'poolRecord' | 'waiting' | 'readAtMs' | 'releasesBefore' | 'reading'
> & {
  leaving: ReadonlyMap<string, string>;
};

/**
 * The facts for every target of every remediation, in the order of `remediations` and their targets. It leaves out the targets that
 * an earlier call of the same remediation has finished.
 */
export async function gatherFacts(
  { store, rules, clock }: Pick<RemediationServices, 'store' | 'rules' | 'clock'>,
  remediations: readonly Remediation[],
  seen: Seen,
): Promise<Map<string, Facts[]>> {
  const { reading } = seen;
  // Read before the histories, so that they contain everything that was released since.
  const { held } = seen.poolRecord;
  const found = remediations.map((remediation) => ({
    remediation,
    targets: targetsOf(remediation, reading, unseenIn(reading, seen.poolRecord)),
  }));
  const records = await readRecords(store, found);
  const pastOf = (remediation: Remediation, target: Pick<Facts, 'target' | 'node'>) => {
    const { pool } = remediation;
    const node = holdName(remediation, nameOf(target));
    const holder = holdOf({ held }, node, clock.now());
    const record = records.values.find((one) => one.node === node && one.pool === pool);
    return { holder, record: withRound(record, holder, { pool, node }) };
  };
  const ladders = await readLadders({ store, rules, clock }, found, pastOf);
  const alerts = await readAlerts(store, remediations, clock.now());
  const atWork = nodesAtWork(remediations, reading, { held }, clock.now());
  return new Map(
    found.map(({ remediation, targets }) => [
      remediation.id,
      targets.map(
        (target): Facts => ({
          remediation,
          limits: limitsFor(remediation, target.target, rules),
          waits: rules.waits,
          privileged: seen.pool.privileged,
          destinationPool: poolOf(rules, destinationOf(remediation) ?? ''),
          ...pastOf(remediation, target),
          alerts: alerts.get(remediation.id)?.values ?? [],
          nodeLadder: ladders.get(remediation.id),
          unreadable: [
            ...unreadableOf(records, remediation, target),
            ...(alerts.get(remediation.id)?.unreadable ?? []),
          ],
          ...seen,
          nodesAtWork: atWork.get(target.target) ?? new Map(),
          ...target,
        }),
      ),
    ]),
  );
}

/** The phase that a rule demands holds for the reported nodes, and not for nodes that only go along with their supernode. */
function limitsFor(remediation: Remediation, target: string, rules: Rules): Limits {
  const { phase, ...limits } = limitsOf(rules, remediation);
  const { whole } = remediation;
  const goesAlong = whole !== undefined && !whole.parts && whole.nodes.includes(target);
  return { ...limits, ...(phase && !goesAlong && { phase }) };
}

/** A ladder with a hold on the target already counts in its history. The release of the hold writes it there. */
function withRound(
  record: NodeRecord | undefined,
  holder: Hold | undefined,
  named: Pick<NodeRecord, 'pool' | 'node'>,
): NodeRecord | undefined {
  const round = holder?.round && { ...holder.round, at: holder.since };
  const rounds = record?.rounds ?? [];
  if (!round || rounds.some(({ root }) => root === round.root)) return record;
  return { ...named, ...record, rounds: [...rounds, round] };
}

/** The unreadable documents of a target's history. They may hide calls for it. */
function unreadableOf(
  { unreadable }: ReadMany<NodeRecord>,
  remediation: Remediation,
  target: Pick<Facts, 'target' | 'node'>,
): Unreadable[] {
  const { pk } = nodeRecordKey(remediation.pool, holdName(remediation, nameOf(target)));
  return unreadable.filter(({ document }) => document.pk === pk);
}

/** The latest ladder of each remediation's rule for its node. A remediation of an alert has one node. */
async function readLadders(
  services: Pick<RemediationServices, 'store' | 'rules' | 'clock'>,
  found: readonly { remediation: Remediation; targets: readonly Pick<Facts, 'target' | 'node'>[] }[],
  pastOf: (remediation: Remediation, target: Pick<Facts, 'target' | 'node'>) => Pick<Facts, 'record'>,
): Promise<Map<string, NodeLadder | undefined>> {
  const { store, clock } = services;
  type Entry = readonly [string, NodeLadder | undefined];
  const entries = found.map(async ({ remediation, targets: [target] }): Promise<Entry> => {
    const { id, rule, pool } = remediation;
    const ladder =
      target && (await readNodeLadder(services, remediation, pastOf(remediation, target).record));
    if (!ladder || rule === undefined) return [id, undefined];
    if (!ladder.hasEnded) return [id, { ...ladder, alerts: [] }];
    const nodes = [...new Set([target.target, nameOf(target)])];
    // Unreadable documents are left out: they are not about this command.
    const { alerts, lookedBackTo } = await readRuleOnNode(store, { rule, pool, nodes }, clock.now());
    return [id, { ...ladder, alerts, lookedBackTo }];
  });
  return new Map(await Promise.all(entries));
}

async function readRecords(
  store: Store,
  found: readonly { remediation: Remediation; targets: readonly Pick<Facts, 'target' | 'node'>[] }[],
): Promise<ReadMany<NodeRecord>> {
  const keys = found.flatMap(({ remediation, targets }) =>
    targets.map((target) => nodeRecordKey(remediation.pool, holdName(remediation, nameOf(target)))),
  );
  return readMany(store, nodeRecordKind, keys);
}

/** The held nodes of each node pool of a remediation, each with the remediation that works on it. */
function nodesAtWork(
  remediations: readonly Remediation[],
  { nodes }: PoolReading,
  record: Pick<PoolRecord, 'held'>,
  now: number,
): Map<string, Map<string, string>> {
  const nodePools = new Set(remediations.flatMap(({ nodePool }) => nodePool ?? []));
  return new Map(
    [...nodePools].map((nodePool) => {
      const atWork = nodesOfNodePool(nodes, nodePool).flatMap(({ name }) => {
        const hold = holdOf(record, name, now);
        return hold ? [[name, hold.remediation] as const] : [];
      });
      return [nodePool, new Map(atWork)];
    }),
  );
}

async function readAlerts(
  store: Store,
  remediations: readonly Remediation[],
  now: number,
): Promise<Map<string, ReadMany<AlertRecord>>> {
  return new Map(
    await Promise.all(
      remediations.map(
        async (remediation) => [remediation.id, await alertsAbout(remediation, store, now)] as const,
      ),
    ),
  );
}
