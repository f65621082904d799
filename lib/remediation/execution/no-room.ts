import type { Holding, Refused } from '#lib/capacity/hold-targets';
import { enqueue } from '#lib/capacity/wait-list';
import { largestGroup, waitListEntry } from '#lib/capacity/wait-list-entry';
import type { Facts } from '#lib/guards/guard';
import { nameOf } from '#lib/guards/name-of';
import type { Invocation } from '#lib/handler/invocation';
import { defer } from '#lib/remediation/lifecycle/defer';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { noteWaiting } from '#lib/remediation/lifecycle/note';
import { sendCommand } from '#lib/remediation/messages/send-command';
import { deferrersOf } from '#lib/remediation/planning/verdicts';
import { isUnchanged } from '#lib/remediation/record/outcome';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { Assembling, Parts } from './incomplete-groups.ts';
import type { Member } from './join.ts';

/** The slots that a member needs at once before any of its refused targets can go. */
function neededAtOnce(
  { targets }: Member,
  refused: readonly Refused[],
  facts: readonly Facts[],
  action: Assembling,
): number {
  const asked = facts.filter((fact) => targets.includes(nameOf(fact)));
  const without = asked.filter((fact) => refused.some(({ target }) => target === nameOf(fact)));
  return largestGroup(
    without.map((fact) => ({ facts: fact })),
    asked.map((fact) => ({ facts: fact })),
    action,
  );
}

/** Records the targets of a member without room in the pool. These targets wait, or the whole command if it holds none. */
export async function recordNoRoom(
  member: Member,
  { held, refused }: Holding,
  { facts, action }: Parts,
  services: RemediationServices,
  { log }: Invocation,
): Promise<void> {
  const { remediation, targets } = member;
  const known = facts.get(remediation.id) ?? [];
  const { clock } = services;
  const now = clock.now();
  const why = refused.map(({ verdict }) => verdict.why)[0] ?? '';
  const verdicts = refused.map(({ target, verdict }) => ({ step: 'guard' as const, target, ...verdict }));
  if (held.length > 0) {
    const waiting = refused.map(({ target, verdict }) => ({ target, why: verdict.why }));
    await recordRemediation(services, remediation.id, now, (current) =>
      isUnchanged(remediation, current) ? noteWaiting(current, waiting, verdicts) : undefined,
    );
    return;
  }
  const deferred = refused.flatMap(({ target, verdict }) => {
    const fact = known.find((one) => nameOf(one) === target);
    return fact ? [{ facts: fact, verdicts: [verdict] }] : [];
  });
  const isApproved = remediation.approval !== undefined;
  const needed = isApproved ? targets.length : neededAtOnce(member, refused, known, action);
  const wait = waitListEntry(remediation, deferred, needed, now);
  await enqueue(remediation.pool, [wait], services);
  const until = new Date(wait.comesBackAtMs).toISOString();
  const { stored, written } = await recordRemediation(services, remediation.id, now, (current) =>
    isUnchanged(remediation, current)
      ? defer(current, until, `it waits: ${why}`, { why, ...deferrersOf(deferred) }, { verdicts })
      : undefined,
  );
  if (!written || !stored) return;
  log.info('deferred', { correlationId: remediation.id, until, why });
  await sendCommand(stored, services, until);
}
