import { type Holding, holdTargets, type Refused } from '#lib/capacity/hold-targets';
import { release } from '#lib/capacity/release';
import type { Invocation } from '#lib/handler/invocation';
import { rungsBefore } from '#lib/remediation/record/ladder';
import type { RemediationServices } from '#lib/remediation/record/services';
import { deferOrFail, TargetBusyError } from './defer.ts';
import { dropIncompleteGroups, type Parts, recordRefused } from './incomplete-groups.ts';
import type { Member } from './join.ts';
import { recordNoRoom } from './no-room.ts';

/**
 * Holds the targets of the members of a call, by one write. For each target that is left out it records the reason.
 *
 * @returns the members with the targets that they hold, in their order.
 */
export async function holdMembers(
  members: readonly Member[],
  parts: Parts,
  services: RemediationServices,
  invocation: Invocation,
): Promise<Member[]> {
  const { facts, deadlineMs, pool } = parts;
  const holdings = await holdTargets(
    members,
    {
      facts,
      deadlineMs,
      pool,
      wholes: (member, holding) => wholesOf(member, holding, parts),
    },
    services,
  );
  const left: Member[] = [];
  for (const { member, holding } of holdings) {
    const { held, refused } = holding;
    if (refused.length > 0) await leaveOut(member, holding, parts, services, invocation);
    if (held.length > 0) left.push(refused.length === 0 ? member : { ...member, targets: held });
  }
  return left;
}

/** Drops incomplete groups. An approved plan runs as a whole or not at all, so with one refused target it holds none. */
function wholesOf({ remediation }: Member, holding: Holding, { facts, action }: Parts): Holding {
  const whole = dropIncompleteGroups(holding, facts.get(remediation.id) ?? [], action);
  const isTorn = remediation.approval !== undefined && whole.refused.length > 0;
  return isTorn ? { ...whole, held: [] } : whole;
}

/** Records the refused targets of a member. Its other targets go on, or the whole member waits or ends. */
async function leaveOut(
  member: Member,
  { held, refused }: Holding,
  parts: Parts,
  services: RemediationServices,
  invocation: Invocation,
): Promise<void> {
  const { remediation, targets } = member;
  const unused = targets.filter((target) => !held.includes(target));
  // An earlier attempt may still hold them.
  await release(remediation, 'unused', services, { targets: unused });
  const { busy = [], 'no-room': noRoom = [] } = Object.groupBy(refused, ({ kind }) => kind);
  const others = targets.filter((target) => !busy.some((one) => one.target === target));
  if (busy.length > 0 && waitsForAll(member, busy, others, parts)) {
    const why = busy.map(({ verdict }) => verdict.why).join('; ');
    await deferOrFail([member], new TargetBusyError(why), services, invocation);
    return;
  }
  if (busy.length > 0) await recordRefused(member, busy, others.length === 0, services);
  if (noRoom.length > 0) await recordNoRoom(member, { held, refused: noRoom }, parts, services, invocation);
}

/**
 * Whether a command waits until other remediations have released its targets. Otherwise it goes on without them. A command with an
 * approval always waits: without these targets it would no longer be the approved plan.
 */
function waitsForAll(
  { remediation }: Member,
  busy: readonly Refused[],
  others: readonly string[],
  { action }: Parts,
): boolean {
  if (others.length > 0) return remediation.approval !== undefined;
  const own = rungsBefore(remediation);
  const isOwn = busy.every(({ holder }) => holder !== undefined && own.includes(holder));
  // While an alert fires, no other command comes for it.
  return action.waitsForOthers === true || isOwn || remediation.alerts.length > 0;
}
