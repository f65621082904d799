import type { Invocation } from '#lib/handler/invocation';
import type { Remediation } from '#lib/ledger/remediation';
import type { PoolReading } from '#lib/modelarts/pool-reading';
import { destinationOf } from './clusters.ts';
import type { Member } from './join.ts';
import { targetsAsNamed } from './open.ts';
import { failOrPutOff } from './put-off.ts';
import { sendCommand } from './send-command.ts';
import type { RemediationServices } from './services.ts';

/** Sends a command back that was put off and has come too early: delivered twice, or put off for longer than SQS delays. */
export async function waitsOn(remediation: Remediation, services: RemediationServices): Promise<boolean> {
  const { state, deferredUntil } = remediation;
  const now = services.clock.now();
  if (state !== 'deferred' || deferredUntil === undefined || Date.parse(deferredUntil) <= now) return false;
  await sendCommand(remediation, services, deferredUntil);
  return true;
}

/** Those of the commands whose nodes go nowhere else, or to a pool that could be read; the others fail or are put off. */
export async function withinReach<Task extends Pick<Member, 'remediation' | 'records'>>(
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
      await failOrPutOff([untouched], destination.error, services, invocation);
    } else {
      reachable.push(task);
    }
  }
  return reachable;
}
