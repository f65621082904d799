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
 * Holds the targets of the members of a call, by one write. The ledger says of each that is left out why.
 *
 * @returns the members with those of their targets that they hold, in their order.
 */
export async function holdMembers(
  members: readonly Member[],
  parts: Parts,
  services: RemediationServices,
  invocation: Invocation,
): Promise<Member[]> {
  const { facts, deadlineMs } = parts;
  const holdings = await holdTargets(
    members,
    {
      facts,
      deadlineMs,
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

/** What is part of a group goes with all of it. What a person has approved is done as it stands, or not yet. */
function wholesOf({ remediation }: Member, holding: Holding, { facts, action }: Parts): Holding {
  const whole = dropIncompleteGroups(holding, facts.get(remediation.id) ?? [], action);
  const isTorn = remediation.approval !== undefined && whole.refused.length > 0;
  return isTorn ? { ...whole, held: [] } : whole;
}

/** Records which targets of a member were refused: the rest of it goes on, or all of it waits or is over. */
async function leaveOut(
  member: Member,
  { held, refused }: Holding,
  parts: Parts,
  services: RemediationServices,
  invocation: Invocation,
): Promise<void> {
  const { remediation, targets } = member;
  const unused = targets.filter((target) => !held.includes(target));
  // An attempt before this one may have left them held.
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
 * Whether a command waits until other remediations have left its targets alone; otherwise it goes on without them. What a person
 * has approved is judged anew, and where the plan is another now it waits for them.
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
  // An alert goes on firing, and nobody else asks again for it.
  return action.waitsForOthers === true || isOwn || remediation.alerts.length > 0;
}
