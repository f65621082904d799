import type { Facts, Verdict } from '#lib/guards/guard';
import { nameOf } from '#lib/guards/name-of';
import { updateAndDecide } from '#lib/ledger/change';
import {
  emptyPoolRecord,
  type Held,
  type PoolRecord,
  poolRecordKey,
  poolRecordKind,
} from '#lib/ledger/pool-record';
import { whyNoRoomToHold } from '#lib/ledger/pool-room';
import type { Member } from '#lib/remediation/execution/join';
import type { RemediationServices } from '#lib/remediation/record/services';
import { DAY_MS } from './budget.ts';
import { LOST_LEASE_MS } from './node-lease.ts';
import { poolGuards } from './pool-guards.ts';
import { takeSlots } from './slots.ts';
import { domainsOf } from './topology.ts';

/** A target without a slot, and the guard that gives the reason. */
export type WithoutSlot = { target: string; verdict: Verdict };

/** The result for the targets of one member: those with a slot, and those without. */
export type Reservation = { member: Member; placed: string[]; unplaced: WithoutSlot[] };

/**
 * Takes a slot in the pool's budget for each target of a call, in their order, by one conditional write, so that concurrent
 * functions never exceed the budget. The nodes must be leased already. A target with a slot keeps it.
 */
export async function reserveSlotsOf(
  members: readonly Member[],
  { facts, deadlineMs }: { facts: ReadonlyMap<string, readonly Facts[]>; deadlineMs: number },
  { store, clock }: RemediationServices,
): Promise<Reservation[]> {
  const [first] = members;
  if (!first) return [];
  const { pool } = first.remediation;
  const { decided } = await updateAndDecide(store, poolRecordKind, poolRecordKey(pool), (current) => {
    const now = clock.now();
    let record: PoolRecord = current ?? emptyPoolRecord(pool, now);
    const result = members.map((member): Reservation => {
      const placed: string[] = [];
      const unplaced: WithoutSlot[] = [];
      for (const fact of facts.get(member.remediation.id) ?? []) {
        const target = nameOf(fact);
        if (!member.targets.includes(target)) continue;
        const place = slotFor({ ...fact, remediation: member.remediation }, deadlineMs, now);
        const refusal =
          refusalOf({ ...fact, poolRecord: record }, now) ?? withoutRoom(record, target, place, now);
        if (refusal) unplaced.push({ target, verdict: refusal });
        else {
          record = takeSlots(record, { [target]: place }, now);
          placed.push(target);
        }
      }
      return { member, placed, unplaced };
    });
    const value = result.some(({ placed }) => placed.length > 0) ? record : undefined;
    return { value, decided: result };
  });
  return decided;
}

function refusalOf(fact: Facts, now: number): Verdict | undefined {
  return poolGuards.map((guard) => guard(fact, now)).find(({ allowed }) => !allowed);
}

/** The document that holds the slots has a bound. A target without room there waits as for a slot. */
function withoutRoom(record: PoolRecord, target: string, place: Held, now: number): Verdict | undefined {
  const today = record.spent.filter(({ at }) => now - Date.parse(at) < DAY_MS);
  const why = whyNoRoomToHold({ held: record.held, spent: today }, target, place);
  return why === undefined ? undefined : { guard: 'budget', allowed: false, defers: true, why };
}

/** A node's slot, held until long after the deadline of its call, like its lease. */
export function slotFor(
  { remediation, node }: Pick<Facts, 'remediation' | 'node'>,
  deadlineMs: number,
  now: number,
): Held {
  return {
    remediation: remediation.id,
    action: remediation.action,
    attempt: remediation.judgements ?? 0,
    since: new Date(now).toISOString(),
    expiresAt: new Date(deadlineMs + LOST_LEASE_MS).toISOString(),
    domains: node ? domainsOf(node) : [],
  };
}
