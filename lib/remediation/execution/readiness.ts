import { destinationOf } from '#lib/actions/migrate-nodes/terms';
import type { Invocation } from '#lib/handler/invocation';
import type { PoolReading } from '#lib/modelarts/reading/pool-reading';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { noteReturned } from '#lib/remediation/lifecycle/note';
import { sendCommand } from '#lib/remediation/messages/send-command';
import { targetsAsNamed } from '#lib/remediation/record/open';
import type { RemediationServices } from '#lib/remediation/record/services';
import { deferOrFail } from './defer.ts';
import type { Member } from './join.ts';

/**
 * Sends a deferred command back that has come too early, because it was deferred for longer than SQS can delay it. Each return is
 * counted, so that only one of several copies of a message goes on. A message from an earlier deferral is dropped, because the later
 * one has its own message. If the sender of that died, the earlier message is delivered again, and then it goes on.
 *
 * @returns whether the command has come too early.
 */
export async function returnedEarly(
  { remediation, records }: Pick<Member, 'remediation' | 'records'>,
  services: RemediationServices,
): Promise<boolean> {
  const { id, state, deferredUntil, deferrals = 0 } = remediation;
  const { clock } = services;
  const now = clock.now();
  if (state !== 'deferred' || Date.parse(deferredUntil) <= now) return false;
  const isOvertaken = records.every(
    ({ deferral = 0, receiveCount }) => deferral < deferrals && receiveCount === 1,
  );
  if (isOvertaken) return true;
  const { stored, written } = await recordRemediation(services, id, now, (current) =>
    current.phase === 'waiting' &&
    current.deferrals === remediation.deferrals &&
    current.deferredUntil === deferredUntil
      ? noteReturned(current)
      : undefined,
  );
  if (written && stored) await sendCommand(stored, services, deferredUntil);
  return true;
}

/** The commands without a destination, or with a readable one. The others have failed or been deferred. */
export async function withReadableDestination<Task extends Pick<Member, 'remediation' | 'records'>>(
  open: readonly Task[],
  { destinations }: PoolReading,
  services: RemediationServices,
  invocation: Invocation,
): Promise<Task[]> {
  const reachable: Task[] = [];
  for (const task of open) {
    const destination = destinations.get(destinationOf(task.remediation) ?? '');
    if (destination && 'error' in destination) {
      const untouched = { ...task, targets: targetsAsNamed(task.remediation) };
      await deferOrFail([untouched], destination.error, services, invocation);
    } else {
      reachable.push(task);
    }
  }
  return reachable;
}
