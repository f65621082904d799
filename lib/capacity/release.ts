import { updateAndDecide, updateDocument } from '#lib/ledger/change';
import type { NodeRecord } from '#lib/ledger/node-record';
import { type PoolRecord, poolRecordKey, poolRecordKind } from '#lib/ledger/pool-record';
import type { Remediation } from '#lib/ledger/remediation';
import type { ReleasingServices } from '#lib/remediation/record/services';
import { poolOf } from '#lib/rules/pool';
import { tellIncidents } from './incidents.ts';
import { leaseName, releaseNode } from './node-lease.ts';
import { freeSlots, type ReleaseReason, withFailure } from './slots.ts';
import { wakeNext } from './wait-list.ts';

/**
 * A released target. `last`: the finished call, kept for the cooldown; absent if there was none. `left`: the API refused it,
 * or a person releases it.
 */
export type Released = {
  target: string;
  last?: NonNullable<NodeRecord['last']>;
  left?: 'refused' | 'released';
};

/**
 * Releases targets of a remediation: first their slots in the pool's budget, then their leases, so that no slot is ever
 * counted for an unleased node. Targets of another remediation, or of a later attempt of this one, stay. It wakes the
 * commands whose turn it is now. Safe to repeat.
 */
export async function releaseTargets(
  remediation: Remediation,
  targets: readonly Released[],
  services: ReleasingServices,
): Promise<void> {
  if (targets.length === 0) return;
  const { store, rules, clock } = services;
  const { id, pool, nodePool, judgements: attempt = 0 } = remediation;
  const now = clock.now();
  const left = new Map(
    targets.map((released): [string, ReleaseReason] => [released.target, leftAs(released)]),
  );
  let freed = 0;
  if (nodePool === undefined) {
    const limits = poolOf(rules, pool) ?? {};
    const { value, written, decided } = await updateAndDecide(
      store,
      poolRecordKind,
      poolRecordKey(pool),
      (record) => {
        if (!record) return { value: undefined, decided: 0 };
        const changed = freeSlots(record, { remediation: id, attempt }, left, limits, now);
        const places = Object.keys(record.held).length - Object.keys(changed.held).length;
        return { value: changed === record ? undefined : changed, decided: places };
      },
    );
    if (written) freed = decided;
    if (value) await tellIncidents(value, services);
  }
  await Promise.all(
    targets.map(({ target, last }) =>
      releaseNode(store, { pool, node: leaseName(remediation, target), remediation: id, attempt }, last),
    ),
  );
  if (freed > 0) await wakeNext(pool, freed, services);
}

function leftAs({ last, left }: Released): ReleaseReason {
  if (left || !last) return left ?? 'uncalled';
  return last.outcome === 'succeeded' ? 'succeeded' : 'failed';
}

/** Counts a failure that releases no node: a call without a good answer, or a remediation that needs a person. */
export async function countFailure(pool: string, services: ReleasingServices): Promise<void> {
  const { store, rules, clock } = services;
  const { value } = await updateDocument<PoolRecord>(store, poolRecordKind, poolRecordKey(pool), (record) =>
    record ? withFailure(record, poolOf(rules, pool) ?? {}, clock.now()) : undefined,
  );
  if (value) await tellIncidents(value, services);
}
