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
 * Sends a command back that was put off and has come too early: put off for longer than SQS delays. Each time is counted, so
 * that of several copies of a message one goes on. A message of an earlier time is dropped: the later one has a message of its
 * own, unless its sender has died over it, after which the earlier is delivered again.
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

/** Those of the commands whose nodes go nowhere else, or to a pool that could be read; the others fail or are put off. */
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
