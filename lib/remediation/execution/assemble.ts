import { poolGuards } from '#lib/capacity/pool-guards';
import { release } from '#lib/capacity/release';
import type { Facts } from '#lib/guards/guard';
import { nameOf } from '#lib/guards/name-of';
import { nodeHistoryGuards } from '#lib/guards/node-history';
import type { Invocation } from '#lib/handler/invocation';
import { isWithdrawn } from '#lib/remediation/lifecycle/withdraw';
import { guardsOf } from '#lib/remediation/planning/disruption';
import { readLeaving } from '#lib/remediation/planning/outgoing-nodes';
import { isUnsent } from '#lib/remediation/record/outcome';
import type { RemediationServices } from '#lib/remediation/record/services';
import { claimRemediation } from './call.ts';
import { deferOrFail } from './defer.ts';
import { holdMembers } from './hold-members.ts';
import type { Assembling, Parts } from './incomplete-groups.ts';
import type { Member } from './join.ts';

/**
 * Holds the targets, and claims the remediations for a call. It leaves out the members that lose a race, and records the reason.
 *
 * @returns the members of the call, in the order of `candidates`, each with the targets that are its own now.
 */
export async function assemble(
  candidates: readonly Member[],
  parts: Parts,
  services: RemediationServices,
  invocation: Invocation,
): Promise<Member[]> {
  const held = await holdMembers(candidates, parts, services, invocation);
  return present(await Promise.all(held.map((member) => claimMember(member, parts, services, invocation))));
}

function present<Value>(values: readonly (Value | undefined)[]): Value[] {
  return values.filter((value) => value !== undefined);
}

/** The member, now part of the call. Undefined: another process has it, or another command took nodes out of the pool first. */
async function claimMember(
  member: Member,
  { facts, callId, action }: Parts,
  services: RemediationServices,
  invocation: Invocation,
): Promise<Member | undefined> {
  const { clock } = services;
  const { remediation, targets } = member;
  const inTheWay = await takenMeanwhile(facts.get(remediation.id) ?? [], targets, action, services);
  if (inTheWay !== undefined) {
    await deferOrFail([member], new Error(inTheWay), services, invocation);
    return undefined;
  }
  const { claimed, stored } = await claimRemediation(services, { remediation, targets }, callId, clock.now());
  if (claimed) return { ...member, remediation: { ...remediation, callId } };
  invocation.log.info('another process is at work on it', { correlationId: remediation.id });
  const isTakenBack = stored !== undefined && isWithdrawn(stored);
  await release(remediation, 'unused', services, {
    targets,
    isUnsent: isTakenBack && isUnsent(remediation),
  });
  return undefined;
}

/**
 * Asks the guards again, with the holds of others at this moment. If two commands take nodes out of a pool at the same moment, at
 * least the one with the later hold sees the other.
 *
 * @returns why the command must wait; undefined if nothing is in its way.
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
        .filter((guard) => !nodeHistoryGuards.includes(guard) && !poolGuards.includes(guard))
        .map((guard) => guard({ ...fact, leaving }, now)),
    )
    .find(({ allowed }) => !allowed);
  return refusal && `another command was faster: ${refusal.why}`;
}
