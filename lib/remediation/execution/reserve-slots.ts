import { takesOutOfService } from '#lib/actions/traits';
import { giveBack } from '#lib/capacity/give-back';
import { reserveSlotsOf } from '#lib/capacity/reserve';
import { enqueue } from '#lib/capacity/wait-list';
import { largestGroup, waitListEntry } from '#lib/capacity/wait-list-entry';
import type { Facts } from '#lib/guards/guard';
import { nameOf } from '#lib/guards/name-of';
import type { Invocation } from '#lib/handler/invocation';
import { defer } from '#lib/remediation/lifecycle/defer';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { noteWaiting } from '#lib/remediation/lifecycle/note';
import { sendCommand } from '#lib/remediation/messages/send-command';
import { isUnchanged } from '#lib/remediation/record/outcome';
import type { RemediationServices } from '#lib/remediation/record/services';
import { type Assembling, dropIncompleteGroups, type Parts } from './incomplete-groups.ts';
import type { Member } from './join.ts';
import type { Refused } from './lease-targets.ts';

/** The members with those of their targets for which the pool's budget has a place; the others wait. */
export async function reserveSlots(
  members: readonly Member[],
  { facts, deadlineMs, action }: Parts,
  services: RemediationServices,
  invocation: Invocation,
): Promise<Member[]> {
  // Commands that share a call ask for the same.
  if (!members.some(({ remediation }) => takesOutOfService(remediation))) return [...members];
  const reserved = await reserveSlotsOf(members, { facts, deadlineMs }, services);
  const all: Member[] = [];
  for (const { member, placed, unplaced } of reserved) {
    const known = facts.get(member.remediation.id) ?? [];
    const { leased, refused } = dropIncompleteGroups({ leased: placed, refused: unplaced }, known, action);
    if (refused.length === 0) {
      all.push(member);
      continue;
    }
    const isApproved = member.remediation.approval !== undefined;
    // What a person has approved is done as it stands, or not yet.
    const kept = isApproved ? [] : leased;
    const unused = member.targets.filter((target) => !kept.includes(target));
    await giveBack(member.remediation, 'unused', services, unused);
    const needed = isApproved ? member.targets.length : neededAtOnce(member, refused, known, action);
    await recordUnplaced(
      member,
      refused,
      kept.length === 0 ? needed : undefined,
      known,
      services,
      invocation,
    );
    if (kept.length > 0) all.push({ ...member, targets: kept });
  }
  return all;
}

/** How many places a member needs for any of its targets to go that have none. */
function neededAtOnce(
  { targets }: Member,
  unplaced: readonly Refused[],
  facts: readonly Facts[],
  action: Assembling,
): number {
  const asked = facts.filter((fact) => targets.includes(nameOf(fact)));
  const without = asked.filter((fact) => unplaced.some(({ target }) => target === nameOf(fact)));
  return largestGroup(
    without.map((fact) => ({ facts: fact })),
    asked.map((fact) => ({ facts: fact })),
    action,
  );
}

/**
 * Records for which targets there was no place after all: the whole command waits, or those that are left of it.
 *
 * @param needed how many places the whole command waits for; undefined where the rest of it goes on.
 */
async function recordUnplaced(
  { remediation }: Member,
  unplaced: readonly Refused[],
  needed: number | undefined,
  facts: readonly Facts[],
  services: RemediationServices,
  { log }: Invocation,
): Promise<void> {
  const { store, clock } = services;
  const now = clock.now();
  const why = unplaced.map(({ verdict }) => verdict.why)[0] ?? '';
  const verdicts = unplaced.map(({ target, verdict }) => ({ step: 'guard' as const, target, ...verdict }));
  if (needed === undefined) {
    const waiting = unplaced.map(({ target, verdict }) => ({ target, why: verdict.why }));
    await recordRemediation(store, remediation.id, now, (current) =>
      isUnchanged(remediation, current) ? noteWaiting(current, waiting, verdicts) : undefined,
    );
    return;
  }
  const deferred = unplaced.flatMap(({ target, verdict }) => {
    const fact = facts.find((known) => nameOf(known) === target);
    return fact ? [{ facts: fact, verdicts: [verdict] }] : [];
  });
  const wait = waitListEntry(remediation, deferred, needed, now);
  await enqueue(remediation.pool, [wait], services);
  const until = new Date(wait.comesBackAtMs).toISOString();
  const { stored, written } = await recordRemediation(store, remediation.id, now, (current) =>
    isUnchanged(remediation, current)
      ? defer(current, until, `it waits: ${why}`, { why }, { verdicts })
      : undefined,
  );
  if (!written || !stored) return;
  log.info('deferred', { correlationId: remediation.id, until, why });
  await sendCommand(stored, services, until);
}
