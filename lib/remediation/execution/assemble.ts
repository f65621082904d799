import { giveBack } from '#lib/capacity/give-back';
import { poolGuards } from '#lib/capacity/pool-guards';
import type { Facts } from '#lib/guards/guard';
import { nameOf } from '#lib/guards/name-of';
import type { Invocation } from '#lib/handler/invocation';
import { guardsOf } from '#lib/remediation/planning/disruption';
import { readLeaving } from '#lib/remediation/planning/outgoing-nodes';
import { rungsBefore } from '#lib/remediation/record/ladder';
import type { RemediationServices } from '#lib/remediation/record/services';
import { claimRemediation } from './call.ts';
import { deferOrFail, TargetBusyError } from './defer.ts';
import { type Assembling, dropIncompleteGroups, type Parts, recordRefused } from './incomplete-groups.ts';
import type { Member } from './join.ts';
import { leaseTargets, restsOnRecord } from './lease-targets.ts';
import { reserveSlots } from './reserve-slots.ts';

/**
 * Leases the targets, takes a place in the pool's budget for each, and claims the remediations for a call. Those that lose a
 * race are left out, and the ledger says why.
 *
 * @returns the members of the call, in the order of `candidates`, each with the targets that are its own now.
 */
export async function assemble(
  candidates: readonly Member[],
  parts: Parts,
  services: RemediationServices,
  invocation: Invocation,
): Promise<Member[]> {
  const leased = await Promise.all(
    candidates.map((member) => leaseMember(member, parts, services, invocation)),
  );
  const placed = await reserveSlots(present(leased), parts, services, invocation);
  const claimed = await Promise.all(placed.map((member) => claimMember(member, parts, services, invocation)));
  return present(claimed);
}

function present<Value>(values: readonly (Value | undefined)[]): Value[] {
  return values.filter((value) => value !== undefined);
}

/** A member with those of its targets that could be leased; undefined where none could, or not all of an approved plan. */
async function leaseMember(
  member: Member,
  { facts, deadlineMs, action }: Parts,
  services: RemediationServices,
  invocation: Invocation,
): Promise<Member | undefined> {
  const { remediation } = member;
  const known = facts.get(remediation.id) ?? [];
  const { leased, refused } = dropIncompleteGroups(
    await leaseTargets(member, known, guardsOf(action, remediation), deadlineMs, services),
    known,
    action,
  );
  if (refused.length === 0) return leased.length === 0 ? undefined : { ...member, targets: leased };

  // What a person has approved is done as it stands: it is judged anew, and where the plan is another now it waits for them.
  const isTorn = remediation.approval !== undefined && leased.length > 0;
  const kept = isTorn ? [] : leased;
  const unused = member.targets.filter((target) => !kept.includes(target));
  await giveBack(remediation, 'unused', services, unused);
  const own = rungsBefore(remediation);
  const isOwn = refused.every(({ holder }) => holder !== undefined && own.includes(holder));
  // An alert goes on firing, and nobody else asks again for it.
  const isAlert = remediation.alerts.length > 0 && !refused.every(({ verdict }) => verdict.handsOver);
  if (isTorn || ((action.waitsForOthers || isOwn || isAlert) && leased.length === 0)) {
    const why = refused.map(({ verdict }) => verdict.why).join('; ');
    await deferOrFail([member], new TargetBusyError(why), services, invocation);
  } else {
    await recordRefused(member, refused, leased.length === 0, services);
  }
  return kept.length === 0 ? undefined : { ...member, targets: kept };
}

/** A member that is part of the call now; undefined where another process has it, or others were faster to take nodes away. */
async function claimMember(
  member: Member,
  { facts, callId, action }: Parts,
  services: RemediationServices,
  invocation: Invocation,
): Promise<Member | undefined> {
  const { store, clock } = services;
  const { remediation, targets } = member;
  const inTheWay = await takenMeanwhile(facts.get(remediation.id) ?? [], targets, action, services);
  if (inTheWay !== undefined) {
    await deferOrFail([member], new Error(inTheWay), services, invocation);
    return undefined;
  }
  const { claimed } = await claimRemediation(store, { remediation, targets }, callId, clock.now());
  if (claimed) return { ...member, remediation: { ...remediation, callId } };
  invocation.log.info('another process is at work on it', { correlationId: remediation.id });
  await giveBack(remediation, 'unused', services, targets);
  return undefined;
}

/**
 * Asks the guards again with what others have leased by now: of two commands that take nodes out of a pool at the same
 * moment, at least the one that leased last sees the other.
 *
 * @returns why the command has to wait; undefined where nothing is in its way.
 */
async function takenMeanwhile(
  facts: readonly Facts[],
  targets: readonly string[],
  definition: Assembling,
  { store, clock }: RemediationServices,
): Promise<string | undefined> {
  const [first] = facts;
  const { action, takesNodesAway } = definition;
  if (!takesNodesAway || !first) return undefined;
  const { remediation, reading } = first;
  const now = clock.now();
  const leaving = await readLeaving(store, reading, { pool: remediation.pool, action }, now);
  const refusal = facts
    .filter((fact) => targets.includes(nameOf(fact)))
    .flatMap((fact) =>
      guardsOf(definition, remediation)
        .filter((guard) => !restsOnRecord(guard) && !poolGuards.includes(guard))
        .map((guard) => guard({ ...fact, leaving }, now)),
    )
    .find(({ allowed }) => !allowed);
  return refusal && `another command was faster: ${refusal.why}`;
}
